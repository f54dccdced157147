import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import {
  CodeGeneratorRequestSchema,
  CodeGeneratorResponseSchema,
  FileDescriptorSetSchema,
} from "@bufbuild/protobuf/wkt";
import { buildDescriptors } from "../../test/support/build-descriptors.js";
import { projectRoot } from "../../test/support/project-root.js";

/** What came of a generator: the text of its document, or why there is none. */
export type Generated =
  | { readonly kind: "document"; readonly text: string; readonly members: Members }
  | { readonly kind: "failed"; readonly reason: string };

/** Plain data, nothing of which need be there. */
export type Members = { readonly [name: string]: Members } & readonly Members[];

/** Proto files of one folder, relative to the project, for both sides of the comparison. */
export function writeProto(name: string, text: string): string {
  const folder = `.tmp/openapi-generators/${name}`;
  rmSync(path.join(projectRoot, folder), { recursive: true, force: true });
  mkdirSync(path.join(projectRoot, folder), { recursive: true });
  writeFileSync(path.join(projectRoot, folder, "library.proto"), text);
  return folder;
}

/** Runs a protoc plugin on library.proto of a folder, without options; one that takes longer than a minute has failed. */
export function runGenerator(plugin: string, folder: string): Generated {
  const set = buildDescriptors([{ root: folder, paths: ["library.proto"] }], { sourceInfo: true });
  const { file } = fromBinary(FileDescriptorSetSchema, set);
  const request = create(CodeGeneratorRequestSchema, {
    fileToGenerate: ["library.proto"],
    // Go needs a package of its own for each file.
    parameter: "Mlibrary.proto=example.com/library",
    protoFile: file,
  });
  const { stdout, stderr, status } = spawnSync(plugin, {
    input: toBinary(CodeGeneratorRequestSchema, request),
    maxBuffer: 2 ** 28,
    timeout: 60_000,
  });
  if (status !== 0) return { kind: "failed", reason: stderr.toString() };
  const { error, file: files } = fromBinary(CodeGeneratorResponseSchema, stdout);
  if (error !== "") return { kind: "failed", reason: error };
  const text = files.map(({ content }) => content).join("");
  return { kind: "document", text, members: JSON.parse(text) as Members };
}
