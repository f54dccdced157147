import { isUtf8 } from "node:buffer";
import { readFileSync } from "node:fs";
import path from "node:path";
import { quoteValue } from "../core/index.js";
import type { FileDescriptor } from "./file-descriptor.js";
import { Faults } from "./link/faults.js";
import { glob, isGlob } from "./source/glob.js";
import { parseProto } from "./source/parse-proto.js";
import { isFile, isImportName, ProtoRoots } from "./source/proto-roots.js";

/** Which .proto files to read. */
export interface ProtoFilesOptions {
  /** Folders that imports are resolved in, in this order; behind them the files of google-proto-files. */
  readonly roots: readonly string[];
  /** Paths or patterns (`*`, `**`, `?`, `{a,b}`), from the working directory or from a root. Each file is under a root. */
  readonly files: readonly string[];
  /** The working directory. */
  readonly cwd: string;
}

/** Reads the files asked for and all that they import. Throws a FaultsError. */
export function readProtoFiles(options: ProtoFilesOptions): FileDescriptor[] {
  const roots = new ProtoRoots(options.roots, options.cwd);
  const faults = new Faults();
  const files = new Map<string, FileDescriptor>();
  const queue: { readonly name: string; readonly file: string }[] = [];
  const wanted = new Set<string>();
  const want = (name: string, file: string): void => {
    if (wanted.has(name)) return;
    wanted.add(name);
    queue.push({ name, file });
  };

  for (const pattern of options.files) {
    for (const file of expand(pattern, options.cwd, roots, faults)) {
      const name = nameOf(file, roots, faults);
      if (name !== null) want(name, file);
    }
  }
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const descriptor = readProto(next.name, next.file, roots, faults);
    if (descriptor === null) continue;
    files.set(next.name, descriptor);
    for (const each of descriptor.imports) {
      if (wanted.has(each.name)) continue;
      const file = isImportName(each.name) ? roots.find(each.name) : null;
      if (file !== null) want(each.name, file);
      else if (each.kind !== "weak") {
        const message = `cannot find the import ${quoteValue(each.name)}: looked in ${roots.describe()}`;
        faults.add(descriptor.display, each.position, null, message);
      }
    }
  }
  faults.throwIfAny();
  return [...files.values()];
}

function expand(pattern: string, cwd: string, roots: ProtoRoots, faults: Faults): string[] {
  const bases = [cwd, ...roots.roots];
  if (isGlob(pattern)) {
    for (const base of bases) {
      const found = glob(pattern, base);
      if (found.length > 0) return found;
    }
  } else {
    const found = bases.map((base) => path.resolve(base, pattern)).find(isFile) ?? roots.find(pattern);
    if (found !== null) return [found];
  }
  const what = isGlob(pattern) ? `no file matches ${quoteValue(pattern)}` : `there is no file ${quoteValue(pattern)}`;
  faults.add(null, null, null, `${what}: looked in ${roots.display(cwd) || "."}, ${roots.describe()}`);
  return [];
}

function nameOf(file: string, roots: ProtoRoots, faults: Faults): string | null {
  const name = roots.nameOf(file);
  if (name === null) {
    faults.add(roots.display(file), null, null, `the file is under none of the roots: ${roots.describe()}`);
    return null;
  }
  const found = roots.find(name);
  if (found === null || found === file) return name;
  const message = `the file cannot be reached: ${quoteValue(name)} is ${roots.display(found)}, in a root before its own`;
  faults.add(roots.display(file), null, null, message);
  return null;
}

function readProto(name: string, file: string, roots: ProtoRoots, faults: Faults): FileDescriptor | null {
  const display = roots.display(file);
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    faults.add(display, null, null, `cannot read the file: ${error instanceof Error ? error.message : String(error)}`);
    return null;
  }
  if (!isUtf8(bytes)) {
    faults.add(display, null, null, "the file is not valid UTF-8");
    return null;
  }
  const parsed = parseProto(bytes.toString("utf8"), name, display, roots.isBundled(file));
  faults.addAll(parsed.faults);
  return parsed.file;
}
