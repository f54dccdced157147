import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { projectRoot } from "./project-root.js";

const buf = join(createRequire(import.meta.url).resolve("@bufbuild/buf/package.json"), "../bin/buf");

/** What to build; see buildDescriptors. */
export interface BuildOptions {
  /** The folder, relative to the project, that imports are relative to. Imports under google/ are found by themselves. */
  readonly root: string;
  /** Files or folders below the root, never the root itself. What they import comes along. */
  readonly paths: readonly string[];
  /** Files of google-proto-files that are wanted though nothing imports them: "google/rpc/error_details.proto". */
  readonly google?: readonly string[];
  /** Keeps comments and places. Off by default. */
  readonly sourceInfo?: boolean;
}

/**
 * Compiles protos with `buf build`, a compiler that no one here wrote.
 * @returns a FileDescriptorSet with imports, sorted so that a file follows what it imports
 */
export function buildDescriptors({ root, paths, google = [], sourceInfo = false }: BuildOptions): Uint8Array {
  const folder = mkdtempSync(join(tmpdir(), "portico-descriptors-"));
  const output = join(folder, "set.binpb");
  const googleRoot = "node_modules/google-proto-files";
  const config = { version: "v2", modules: [{ path: root }, { path: googleRoot }] };
  const wanted = [...paths.map((path) => join(root, path)), ...google.map((path) => join(googleRoot, path))];
  try {
    execFileSync(
      process.execPath,
      [
        buf,
        "build",
        ".",
        ...["--config", JSON.stringify(config)],
        ...wanted.flatMap((path) => ["--path", path]),
        ...(sourceInfo ? [] : ["--exclude-source-info"]),
        "--as-file-descriptor-set",
        ...["-o", output],
      ],
      { cwd: projectRoot, stdio: ["ignore", "ignore", "pipe"] },
    );
    return readFileSync(output);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
