import { describeSchema, firstDifference, loadDescriptorSet, loadProtoFiles } from "../../../src/schema/index.js";
import { buildSet, copyGoogleFiles, googleRoot, inFolder, writeFiles } from "./build-set.js";

/** What came of comparing the Schema of .proto files with that of a descriptor set which buf made of the same files. */
export interface Comparison {
  readonly files: number;
  /** A line for each file that the two sources read differently. */
  readonly differences: readonly string[];
}

/** What to compare: files of google-proto-files by the names that imports use, or files written out. */
export type Input =
  | { readonly kind: "google"; readonly files: readonly string[]; readonly root?: string }
  | { readonly kind: "written"; readonly files: Readonly<Record<string, string>> };

/** Loads the same files by both ways and compares everything that the two Schemas tell. */
export function compareSources(input: Input, form: "descriptor set" | "image"): Comparison {
  return inFolder((folder) => {
    if (input.kind === "written") writeFiles(folder, input.files);
    const roots = input.kind === "written" ? [folder] : [input.root ?? googleRoot];
    const files = input.kind === "written" ? Object.keys(input.files) : input.files;
    const fromProtos = loadProtoFiles({ roots, files, cwd: folder });
    // buf gets the files themselves and what they import, and nothing of its own.
    copyGoogleFiles(
      folder,
      [...fromProtos.files.keys()].filter((name) => input.kind === "google" || !(name in input.files)),
      input.kind === "google" ? input.root : undefined,
    );
    const fromSet = loadDescriptorSet(buildSet(folder, form));
    const left = describeSchema(fromProtos, "all");
    const right = describeSchema(fromSet, "all");
    const differences: string[] = [];
    for (const name of new Set([...left.keys(), ...right.keys()])) {
      const difference = firstDifference(left.get(name) ?? null, right.get(name) ?? null);
      if (difference !== null) differences.push(`${name}: ${difference}`);
    }
    return { files: left.size, differences };
  });
}

/** Those files of google-proto-files that buf 1.74 can read: it does not know the edition 2026, nor what imports it. */
export function known(files: readonly string[]): string[] {
  const schema = loadProtoFiles({ roots: [googleRoot], files, cwd: googleRoot });
  const reads = (name: string): boolean => {
    const file = schema.files.get(name);
    return file === undefined || (file.edition !== "2026" && file.imports.every(reads));
  };
  return files.filter(reads);
}
