import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Program } from "./program.js";

/**
 * The program behind the command line. Its parts are loaded when they are asked for: `portico --help` need not wait for
 * Fastify, nor `portico routes` for the sample services.
 */
export function createProgram(): Program {
  const { root, version } = findPackage();
  return {
    root,
    version,
    async loadRoutes(config) {
      const [{ askOnce }, { loadRoutes }] = await Promise.all([
        import("./reflection/index.js"),
        import("./routes/index.js"),
      ]);
      return loadRoutes(config, await askOnce(config));
    },
    async createGateway(config, log) {
      return (await import("./create-gateway.js")).createGateway(config, log);
    },
    async explain(config, request) {
      return (await import("./explain.js")).explain(config, request);
    },
    async startSampleServices(options) {
      return (await import("../../examples/index.js")).startSampleServices(options);
    },
  };
}

/** The folder with this package's package.json: two folders up from the source, three from what is built. */
function findPackage(): { readonly root: string; readonly version: string } {
  for (let folder = dirname(fileURLToPath(import.meta.url)); folder !== dirname(folder); folder = dirname(folder)) {
    try {
      const { name, version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
      if (name === "portico") return { root: folder, version: String(version) };
    } catch {
      // No package.json here, or none that can be read: the next folder up may have ours.
    }
  }
  throw new Error("cannot find the package.json of portico");
}
