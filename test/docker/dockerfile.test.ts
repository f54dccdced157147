import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Child, startNode } from "../app/support/child.js";
import { closedPort } from "../support/closed-port.js";
import { buildImage, type Image } from "./build-image.js";

/** Ports that nobody has: the health check must know them before the gateway does. */
let port = "";
let adminPort = "";

/** The sample services as the image has them, since it is their configuration that it starts with. */
const SAMPLES = `
  const { startSampleServices } = await import("./dist/examples/index.js");
  console.log("samples at " + (await startSampleServices()).address);
`;

const folder = mkdtempSync(join(tmpdir(), "portico-image-"));
let image: Image;

beforeAll(async () => {
  port = String(await closedPort());
  adminPort = String(await closedPort());
  image = buildImage(process.cwd(), folder);
}, 600_000);
afterAll(() => rmSync(folder, { recursive: true }));

describe("the image", () => {
  test("is run by a user that is not root, and stopped with SIGTERM", () => {
    expect({ user: image.user, stopSignal: image.stopSignal, ports: image.ports, command: image.command }).toEqual({
      user: "node",
      stopSignal: "SIGTERM",
      ports: ["8080", "9090"],
      command: ["node", "--max-semi-space-size=16", "dist/src/app/cli/bin.js", "serve"],
    });
  });

  test("has what it runs on and nothing that only builds or tests", () => {
    const app = join(image.root, image.workdir);
    expect(readdirSync(app).sort()).toEqual([
      "dist",
      "examples",
      "gateway.config.yaml",
      "node_modules",
      "package.json",
      "proto",
    ]);
    const packages = ["fastify", "pino", "typescript", "vitest", "@biomejs/biome", "@bufbuild/buf"];
    expect(packages.map((name) => existsSync(join(app, "node_modules", name)))).toEqual([
      true,
      true,
      false,
      false,
      false,
      false,
    ]);
  });

  test("starts, is healthy, answers a request, and ends with 0 on its stop signal", async () => {
    const app = join(image.root, image.workdir);
    const samples = start(["node", "--input-type=module", "-e", SAMPLES], app, {});
    const [, samplesAddress = ""] = await samples.sees(/^samples at (\S+)$/m);
    const environment = {
      ...image.environment,
      PORTICO_PORT: port,
      PORTICO_ADMIN_PORT: adminPort,
      PORTICO_EXAMPLES: samplesAddress,
    };
    const gateway = start(image.command, app, environment);
    try {
      const [line] = await gateway.sees(/^.*"msg":"listening on .*$/m);
      expect(JSON.parse(line)).toMatchObject({
        address: expect.stringMatching(`:${port}$`),
        admin: `http://0.0.0.0:${adminPort}`,
      });
      expect(health(app, environment)).toBe(0);
      const reply = await fetch(`http://127.0.0.1:${port}/v1/users/ada`);
      expect([reply.status, await reply.json()]).toEqual([200, expect.objectContaining({ name: "users/ada" })]);
      gateway.process.kill(image.stopSignal as NodeJS.Signals);
      expect(await gateway.exit).toEqual({ code: 0, signal: null });
      expect(gateway.stderr()).toBe("");
      expect(health(app, environment)).toBe(1);
    } finally {
      gateway.process.kill("SIGKILL");
      samples.process.kill("SIGKILL");
    }
  });
});

/** Runs a command of the image, whose first word is always node. */
function start([node, ...args]: readonly string[], cwd: string, environment: Readonly<Record<string, string>>): Child {
  expect(node).toBe("node");
  return startNode(args, environment, cwd);
}

function health(cwd: string, environment: Readonly<Record<string, string>>): number | null {
  const [, ...args] = image.healthcheck;
  const { PATH } = process.env;
  return spawnSync(process.execPath, args, { cwd, env: { PATH, ...environment }, timeout: 5000 }).status;
}
