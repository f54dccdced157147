import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { bufPath } from "../../support/buf-curl.js";

const require = createRequire(import.meta.url);

/** The folder of google-proto-files. */
export const googleRoot = path.dirname(require.resolve("google-proto-files/package.json"));

/** A folder that is gone after `use`. */
export function inFolder<T>(use: (folder: string) => T): T {
  const folder = mkdtempSync(path.join(tmpdir(), "portico-schema-"));
  try {
    return use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Writes files by their names below a folder. */
export function writeFiles(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  }
}

/** Copies files of google-proto-files, or of another root, into a folder, under their names. */
export function copyGoogleFiles(folder: string, names: Iterable<string>, root = googleRoot): void {
  for (const name of names) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    const own = path.join(root, name);
    copyFileSync(existsSync(own) ? own : path.join(googleRoot, name), path.join(folder, name));
  }
}

/** What buf, a compiler that no one here wrote, makes of all protos below a folder. */
export function buildSet(folder: string, form: "descriptor set" | "image"): Buffer {
  return inFolder((out) => {
    const file = path.join(out, "set.binpb");
    const flags = form === "descriptor set" ? ["--as-file-descriptor-set"] : [];
    execFileSync(process.execPath, [bufPath, "build", folder, "-o", file, ...flags], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    return readFileSync(file);
  });
}
