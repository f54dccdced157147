import { type Fault, FaultsError, quoteValue, type Steps } from "../../core/index.js";
import { readFileDescriptor } from "../binary/read-file-descriptor.js";
import { WireFault, WireReader } from "../binary/wire-reader.js";
import type { FileDescriptor } from "../file-descriptor.js";
import { Faults } from "../link/faults.js";
import { readProtoFiles } from "../read-proto-files.js";
import { bundledRoot, isBundledName } from "../source/proto-roots.js";
import type { Reflection } from "./ask-reflection.js";
import { readFileHead } from "./file-head.js";

/**
 * The files of upstreams, a part for each. A file that an earlier one has with the same bytes is left out. An import that
 * the upstream does not know is taken from google-proto-files where those have it; else it is as weak as one that the
 * language calls so: many servers do not know the files that their protos import for options alone, and whatever is needed
 * of it all the same is missed when types are looked up. Throws a FaultsError.
 */
export function* reflectedFiles(reflections: readonly Reflection[]): Steps<FileDescriptor[][]> {
  const faults = new Faults();
  const known = new Map<string, Buffer>();
  const parts: FileDescriptor[][] = [];
  for (const reflection of reflections) {
    const files: FileDescriptor[] = [];
    for (const [name, bytes] of reflection.files) {
      if (known.get(name)?.equals(bytes) === true) continue;
      if (!known.has(name)) known.set(name, bytes);
      const file = yield* readFile(bytes, `upstream ${reflection.upstream}: ${name}`, faults);
      if (file !== null) files.push(file);
      yield;
    }
    const bundled = [...reflection.missing.keys()].filter(isBundledName);
    const gaps = new Set([...reflection.missing.keys()].filter((name) => !bundled.includes(name)));
    const weakened = gaps.size === 0 ? files : files.map((file) => weaken(file, gaps));
    parts.push(bundled.length === 0 ? weakened : [...weakened, ...bundledFiles(bundled, reflection.files)]);
  }
  faults.throwIfAny();
  return parts;
}

/** What upstreams leave out: services that they list and do not describe, and imports that they do not know and no source has. */
export function gapsOf(reflections: readonly Reflection[], isKnown: (file: string) => boolean): readonly Fault[] {
  const at = { line: null, column: null };
  return reflections.flatMap(({ upstream, undescribed, missing }) => [
    ...undescribed.map((service) => {
      const message = "the upstream lists the service and does not describe it: it is not served";
      return { ...at, file: `upstream ${upstream}`, subject: service, message };
    }),
    ...[...missing].flatMap(([name, importer]) => {
      if (isKnown(name) || isBundledName(name)) return [];
      const message = `the upstream does not know the import ${quoteValue(name)}: the file is read without it`;
      return [{ ...at, file: `upstream ${upstream}: ${importer}`, subject: null, message }];
    }),
  ]);
}

/** Upstreams none of whose files imports another. protobufjs 7 makes such descriptors, for @grpc/reflection among others. */
export function lossesOf(reflections: readonly Reflection[]): readonly Fault[] {
  const lost = reflections.filter(({ files }) => {
    return files.size > 1 && [...files.values()].every((bytes) => readFileHead(bytes).imports.length === 0);
  });
  return lost.map(({ upstream }) => {
    const message =
      "its files have lost their imports, as those of @grpc/reflection for Node have: give the gateway the .proto files instead";
    return { file: `upstream ${upstream}`, line: null, column: null, subject: null, message };
  });
}

function* readFile(bytes: Buffer, display: string, faults: Faults): Steps<FileDescriptor | null> {
  try {
    return { ...(yield* readFileDescriptor(new WireReader(bytes))), display };
  } catch (error) {
    if (!(error instanceof WireFault)) throw error;
    faults.add(display, null, null, `the bytes are no FileDescriptorProto: ${error.message}`);
    return null;
  }
}

function weaken(file: FileDescriptor, gaps: ReadonlySet<string>): FileDescriptor {
  if (!file.imports.some(({ name }) => gaps.has(name))) return file;
  return { ...file, imports: file.imports.map((each) => (gaps.has(each.name) ? { ...each, kind: "weak" } : each)) };
}

/** Files of google-proto-files and what they import, but for what the upstream has itself. */
function bundledFiles(names: readonly string[], own: ReadonlyMap<string, Buffer>): FileDescriptor[] {
  try {
    return readProtoFiles({ roots: [], files: names, cwd: bundledRoot() }).filter(({ name }) => !own.has(name));
  } catch (error) {
    if (!(error instanceof FaultsError)) throw error;
    throw new Error(`cannot read google-proto-files: ${error.message}`, { cause: error });
  }
}
