import { FaultsError, printFault } from "../../../src/core/index.js";
import { loadProtoFiles, type Schema } from "../../../src/schema/index.js";
import { inFolder, writeFiles } from "./build-set.js";

/** The Schema of protos written out in a test, by their names. */
export function loadText(files: Readonly<Record<string, string>>): Schema {
  return inFolder((folder) => {
    writeFiles(folder, files);
    return loadProtoFiles({ roots: [folder], files: Object.keys(files), cwd: folder });
  });
}

/** What a FaultsError tells, a line each; fails if nothing is refused. */
export function faultsOf(load: () => unknown): string[] {
  try {
    load();
  } catch (error) {
    if (error instanceof FaultsError) return error.faults.map(printFault);
    throw error;
  }
  throw new Error("nothing was refused");
}
