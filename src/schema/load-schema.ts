import { readFileSync } from "node:fs";
import path from "node:path";
import { clip, FaultsError, finish, quoteValue, type Steps, unreachable } from "../core/index.js";
import { readDescriptorSet } from "./binary/read-descriptor-set.js";
import { WireFault } from "./binary/wire-reader.js";
import { builtinOptions } from "./builtin-options.js";
import { describeSchema, firstDifference } from "./describe-schema.js";
import type { FileDescriptor } from "./file-descriptor.js";
import { Faults } from "./link/faults.js";
import { linkSchema } from "./link/link-schema.js";
import { type ProtoFilesOptions, readProtoFiles } from "./read-proto-files.js";
import type { Reflection } from "./reflection/ask-reflection.js";
import { gapsOf, lossesOf, reflectedFiles } from "./reflection/reflected-files.js";
import type { Schema } from "./types.js";

/** A Schema that knows nothing. */
export const emptySchema: Schema = {
  files: new Map(),
  messages: new Map(),
  enums: new Map(),
  services: new Map(),
  extensions: new Map(),
};

/** Where a part of a Schema comes from. */
export type SchemaSource =
  /** .proto files and all that they import; see ProtoFilesOptions. */
  | {
      readonly kind: "protos";
      readonly roots: readonly string[];
      readonly files: readonly string[];
      /** What relative roots and files are relative to. */
      readonly directory: string;
    }
  /** A file that holds a FileDescriptorSet or a Buf image; a relative path is from the working directory. */
  | { readonly kind: "descriptorSet"; readonly file: string }
  /** The bytes of one; `name` is how faults name it. */
  | { readonly kind: "descriptorBytes"; readonly bytes: Uint8Array; readonly name: string }
  /** What upstreams told of themselves. */
  | { readonly kind: "reflections"; readonly reflections: readonly Reflection[] };

/** Sources as read, to be made a Schema of, alone or with others. Whatever becomes of the files, this stays as it is. */
export interface ReadSources {
  /** Files that belong together; no name stands twice in one part. */
  readonly parts: readonly (readonly FileDescriptor[])[];
}

/** The Schema of .proto files and all that they import. Throws a FaultsError with everything that is wrong. */
export function loadProtoFiles(options: ProtoFilesOptions): Schema {
  return finish(linkSchema(readProtoFiles(options), builtinOptions));
}

/**
 * The Schema of a FileDescriptorSet or a Buf image. `name` is how faults name it. It must hold all that its files import
 * (protoc --include_imports; buf build does so). Throws a FaultsError with everything that is wrong.
 */
export function loadDescriptorSet(bytes: Uint8Array, name = "descriptor set"): Schema {
  return finish(linkSchema(filesOfBytes(bytes, name), builtinOptions));
}

/**
 * One Schema of several sources. A file that several of them have must be the same in all, comments and places aside. Two
 * exceptions: a file that came with google-proto-files gives way to any other, and of Google's common files, whose releases
 * are made to be exchangeable, the first is taken. Throws a FaultsError with everything that is wrong.
 */
export function loadSchema(sources: readonly SchemaSource[]): Schema {
  return finish(linkSources(readSources(sources)));
}

/** The first half of `loadSchema`: all that touches the file system. Throws a FaultsError. */
export function readSources(sources: readonly SchemaSource[]): ReadSources {
  const faults = new Faults();
  const parts: (readonly FileDescriptor[])[] = [];
  for (const source of sources) {
    try {
      parts.push(...partsOf(source));
    } catch (error) {
      if (!(error instanceof FaultsError)) throw error;
      faults.addAll(error.faults);
    }
  }
  faults.throwIfAny();
  return { parts };
}

/** The second half: one Schema of everything that was read. Throws a FaultsError. */
export function* linkSources(...sources: readonly ReadSources[]): Steps<Schema> {
  const faults = new Faults();
  const parts = sources.flatMap((source) => source.parts);
  const merged = new Map<string, FileDescriptor>();
  for (const file of parts.flat()) {
    const present = merged.get(file.name);
    if (present === undefined || (present.bundled && !file.bundled)) merged.set(file.name, file);
  }
  const schema = yield* linkSchema([...merged.values()], builtinOptions);
  for (const part of parts) yield* tellConflicts(schema, merged, part, faults);
  faults.throwIfAny();
  return schema;
}

/** As `linkSources`, with what upstreams told. Where that cannot be linked, what they left out may be why, and is told too. */
export function* linkReflections(sources: ReadSources, reflections: readonly Reflection[]): Steps<Schema> {
  if (reflections.length === 0) return yield* linkSources(sources);
  const read: ReadSources = { parts: yield* reflectedFiles(reflections) };
  try {
    return yield* linkSources(sources, read);
  } catch (error) {
    if (!(error instanceof FaultsError)) throw error;
    throw new FaultsError([...lossesOf(reflections), ...error.faults, ...gapsOf(reflections, () => false)]);
  }
}

function partsOf(source: SchemaSource): FileDescriptor[][] {
  switch (source.kind) {
    case "protos":
      return [readProtoFiles({ roots: source.roots, files: source.files, cwd: path.resolve(source.directory) })];
    case "descriptorSet":
      return [filesOfBytes(readBytes(source.file), source.file)];
    case "descriptorBytes":
      return [filesOfBytes(source.bytes, source.name)];
    case "reflections":
      return finish(reflectedFiles(source.reflections));
    default:
      return unreachable(source);
  }
}

function readBytes(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    const message = `cannot read the file: ${error instanceof Error ? error.message : String(error)}`;
    throw new FaultsError([{ file, line: null, column: null, subject: null, message }]);
  }
}

function filesOfBytes(bytes: Uint8Array, name: string): FileDescriptor[] {
  try {
    return readDescriptorSet(bytes).map((file) => ({ ...file, display: `${name}: ${file.name}` }));
  } catch (error) {
    if (!(error instanceof WireFault)) throw error;
    const message = `the bytes are no FileDescriptorSet: ${error.message}`;
    throw new FaultsError([{ file: name, line: null, column: null, subject: null, message }]);
  }
}

/** Google's common protos: two servers seldom have them from the same release. */
const EXCHANGEABLE = /^google\/(protobuf|api|rpc|type|longrunning)\//;

/** Links everything once more with this part's own versions of the files that others have too, and compares those. */
function* tellConflicts(
  schema: Schema,
  merged: ReadonlyMap<string, FileDescriptor>,
  part: readonly FileDescriptor[],
  faults: Faults,
): Steps<void> {
  const others = part.filter((file) => {
    return merged.get(file.name) !== file && !file.bundled && !EXCHANGEABLE.test(file.name);
  });
  if (others.length === 0) return;
  const replaced = new Map([...merged, ...others.map((file) => [file.name, file] as const)]);
  const alternative = describeSchema(yield* linkSchema([...replaced.values()], builtinOptions), "definition");
  const taken = describeSchema(schema, "definition");
  for (const { name, display } of others) {
    const difference = firstDifference(taken.get(name) ?? null, alternative.get(name) ?? null);
    if (difference === null) continue;
    const message = `${quoteValue(name)} is not the same as in ${merged.get(name)?.display}: ${clip(difference)}`;
    faults.add(display, null, null, message);
  }
}
