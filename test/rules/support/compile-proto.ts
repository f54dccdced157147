import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { loadProtoFiles, type Schema } from "../../../src/schema/index.js";

/** The Schema of proto texts by file name; imports of google/ are resolved. */
export function compileProto(files: Readonly<Record<string, string>>): Schema {
  const root = mkdtempSync(join(tmpdir(), "portico-rules-"));
  try {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, name)), { recursive: true });
      writeFileSync(join(root, name), text);
    }
    return loadProtoFiles({ roots: [root], files: Object.keys(files), cwd: root });
  } finally {
    rmSync(root, { recursive: true });
  }
}
