import { statSync } from "node:fs";
import { type Fault, FaultsError, quoteValue } from "../../core/index.js";
import { readTls, type TlsFiles } from "../../http/index.js";
import type { ConfigSections } from "./config-schema.js";
import type { KeyPath } from "./key-path.js";
import { readMetadataFile } from "./read-metadata-file.js";
import type { Source } from "./source.js";

/** Notes every file and folder that the configuration names and that is not there. `schema.protos.files` are globs, and left to the schema room. */
export function checkFiles({ server, schema, upstreams, openapi }: ConfigSections, source: Source): void {
  if (server.tls !== null) checkTls(server.tls, source);
  for (const [index, root] of (schema.protos?.roots ?? []).entries()) {
    check(root, "folder", ["schema", "protos", "roots", index], source);
  }
  for (const key of ["descriptorSets", "rules"] as const) {
    for (const [index, file] of schema[key].entries()) check(file, "file", ["schema", key, index], source);
  }
  for (const [index, file] of openapi.overlay.entries()) check(file, "file", ["openapi", "overlay", index], source);
  for (const [name, { tls, ownMetadata }] of Object.entries(upstreams)) {
    for (const key of ["ca", "cert", "key"] as const) {
      const file = tls?.[key] ?? null;
      if (file !== null) check(file, "file", ["upstreams", name, "tls", key], source);
    }
    for (const [entry, { file, prefix }] of Object.entries(ownMetadata)) {
      const at = ["upstreams", name, "ownMetadata", entry, "file"];
      if (file === null) continue;
      check(file, "file", at, source);
      if (source.isBroken(at)) continue;
      const read = readMetadataFile(entry, file, prefix);
      if (read.kind === "fault") source.refuseValue(at, read.message);
    }
  }
}

/** The server's own certificate, also what is in the files: a gateway that cannot show one does not start. */
function checkTls(tls: TlsFiles, source: Source): void {
  const at = ["server", "tls"];
  const keys = ["cert", "key", "clientCa"] as const;
  for (const key of keys) {
    const file: unknown = tls[key];
    // A key that is missing is a fault already.
    if (file === undefined) return;
    if (typeof file === "string") check(file, "file", [...at, key], source);
  }
  if (source.isBroken(at) || keys.some((key) => source.isBroken([...at, key]))) return;
  for (const { subject, message } of faultsOf(() => readTls(tls))) {
    source.refuseValue(subject === null ? at : subject.split("."), message);
  }
}

function faultsOf(read: () => unknown): readonly Fault[] {
  try {
    read();
    return [];
  } catch (error) {
    if (error instanceof FaultsError) return error.faults;
    throw error;
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
