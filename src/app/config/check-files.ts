import { statSync } from "node:fs";
import { quoteValue } from "../../core/index.js";
import type { ConfigSections } from "./config-schema.js";
import type { KeyPath } from "./key-path.js";
import type { Source } from "./source.js";

/** Notes every file and folder that the configuration names and that is not there. `schema.protos.files` are globs, and left to the schema room. */
export function checkFiles({ schema, upstreams }: ConfigSections, source: Source): void {
  for (const [index, root] of (schema.protos?.roots ?? []).entries()) {
    check(root, "folder", ["schema", "protos", "roots", index], source);
  }
  for (const key of ["descriptorSets", "rules"] as const) {
    for (const [index, file] of schema[key].entries()) check(file, "file", ["schema", key, index], source);
  }
  for (const [name, { tls }] of Object.entries(upstreams)) {
    for (const key of ["ca", "cert", "key"] as const) {
      const file = tls?.[key] ?? null;
      if (file !== null) check(file, "file", ["upstreams", name, "tls", key], source);
    }
  }
}

function check(path: string, wanted: "file" | "folder", at: KeyPath, source: Source): void {
  if (source.isBroken(at)) return;
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) source.refuseValue(at, `cannot find the ${wanted} ${quoteValue(path)}`);
  else if (wanted === "folder" && !found.isDirectory())
    source.refuseValue(at, `expected a folder, got the file ${quoteValue(path)}`);
  else if (wanted === "file" && found.isDirectory())
    source.refuseValue(at, `expected a file, got the folder ${quoteValue(path)}`);
}
