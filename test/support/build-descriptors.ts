import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bufPath } from "./buf-curl.js";
import { projectRoot } from "./project-root.js";

/** A folder that imports are relative to, and what is wanted of it. */
export interface ProtoModule {
  /** Relative to the project. */
  readonly root: string;
  /** Files or folders below the root, never the root itself. What they import comes along. */
  readonly paths: readonly string[];
}

/** google-proto-files, whose files are found by every import. `paths` are those that are wanted though nothing imports them. */
export const googleProtos = (...paths: readonly string[]): ProtoModule => ({
  root: "node_modules/google-proto-files",
  paths,
});

/**
 * Compiles protos with `buf build`, a compiler that no one here wrote.
 * @returns a FileDescriptorSet with imports, sorted so that a file follows what it imports; comments and places only if
 * `sourceInfo` is set
 */
export function buildDescriptors(
  modules: readonly ProtoModule[],
  { sourceInfo = false }: { readonly sourceInfo?: boolean } = {},
): Uint8Array {
  const folder = mkdtempSync(join(tmpdir(), "portico-descriptors-"));
  const output = join(folder, "set.binpb");
  const roots = new Set([...modules.map((module) => module.root), googleProtos().root]);
  const config = { version: "v2", modules: [...roots].map((path) => ({ path })) };
  const wanted = modules.flatMap(({ root, paths }) => paths.map((path) => join(root, path)));
  try {
    execFileSync(
      process.execPath,
      [
        bufPath,
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
