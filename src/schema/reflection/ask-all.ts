import { codeNames, isCode, quoteValue } from "../../core/index.js";
import { WireFault } from "../binary/wire-reader.js";
import type { Answer } from "./answer.js";
import { type FileHead, readFileHead } from "./file-head.js";
import type { Question } from "./question.js";
import { ReflectionError } from "./reflection-error.js";

/** What a server may answer in all; a server that tells more is broken or means ill. */
export interface ReflectionLimits {
  readonly services: number;
  readonly files: number;
  /** Of all files together. */
  readonly bytes: number;
}

/** google-proto-files have 1,966 services in 8,028 files, 83 MiB with their comments, which servers seldom send. */
export const MOST_BYTES = 64 * 1024 * 1024;
export const DEFAULT_LIMITS: ReflectionLimits = { services: 10_000, files: 20_000, bytes: MOST_BYTES };

/** All that a server tells. */
export interface Told {
  /** Those that it lists, without gRPC's own; sorted. */
  readonly services: readonly string[];
  /** Those of them that it does not describe. */
  readonly undescribed: readonly string[];
  /** FileDescriptorProtos by their names, in the order of these. */
  readonly files: ReadonlyMap<string, Buffer>;
  /** Imports that it does not know, by name, with a file that imports each. */
  readonly missing: ReadonlyMap<string, string>;
}

/** Questions under way at a time: each answer may be as long as all files together. */
const AT_A_TIME = 8;

/** Names come into faults and the log, where they are not quoted. */
const SERVICE = /^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*$/;
const FILE = /^[^\p{Cc}]+$/u;

/** What gRPC servers have beside the services that they are there for. */
const OWN = /^grpc\.(reflection|health|channelz)\./;

/** Asks for the services, the file of each, and whatever those import until nothing is unknown. Throws a ReflectionError. */
export async function askAll(ask: (question: Question) => Promise<Answer>, limits: ReflectionLimits): Promise<Told> {
  const services = await listServices(ask, limits);
  const found = new FoundFiles(limits);
  const undescribed: string[] = [];
  await inTurns(services, async (symbol) => {
    const answer = await ask({ kind: "fileOfSymbol", symbol });
    if (answer.kind === "files") found.add(answer.files);
    else if (answer.kind === "error") undescribed.push(symbol);
    else throw unexpected("a file");
  });
  const missing = new Map<string, string>();
  for (let wanted = found.unknownImports(missing); wanted.length > 0; wanted = found.unknownImports(missing)) {
    await inTurns(wanted, async ([name, importer]) => {
      // It may have come with another file since.
      if (found.has(name)) return;
      const answer = await ask({ kind: "fileByName", name });
      if (answer.kind === "files") found.add(answer.files);
      else if (answer.kind !== "error") throw unexpected("a file");
      if (!found.has(name)) missing.set(name, importer);
    });
  }
  return { services, undescribed: undescribed.sort(), files: found.sorted(), missing };
}

async function listServices(
  ask: (question: Question) => Promise<Answer>,
  limits: ReflectionLimits,
): Promise<readonly string[]> {
  const answer = await ask({ kind: "services" });
  if (answer.kind === "error") {
    const code = isCode(answer.code) ? codeNames[answer.code] : String(answer.code);
    throw new ReflectionError("refused", `it does not list its services: ${code}: ${quoteValue(answer.message)}`);
  }
  if (answer.kind !== "services") throw unexpected("the list of its services");
  const services = [...new Set(answer.names)].filter((name) => name !== "" && !OWN.test(name)).sort();
  const odd = services.find((name) => !SERVICE.test(name));
  if (odd !== undefined)
    throw new ReflectionError("broken", `it lists ${quoteValue(odd)}, which is no name of a service`);
  if (services.length > limits.services) throw tooMuch(`${services.length} services`, limits.services);
  return services;
}

/** The files that came, each once. */
class FoundFiles {
  readonly #limits: ReflectionLimits;
  readonly #files = new Map<string, Buffer>();
  /** An importer of each import. */
  readonly #imports = new Map<string, string>();
  #bytes = 0;

  constructor(limits: ReflectionLimits) {
    this.#limits = limits;
  }

  has(name: string): boolean {
    return this.#files.has(name);
  }

  add(files: readonly Buffer[]): void {
    for (const bytes of files) this.#add(bytes);
  }

  /** What is imported, has not come, and is not known to be missing; each with an importer. */
  unknownImports(missing: ReadonlyMap<string, string>): [name: string, importer: string][] {
    return [...this.#imports].filter(([name]) => !this.#files.has(name) && !missing.has(name));
  }

  sorted(): ReadonlyMap<string, Buffer> {
    return new Map([...this.#files].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  #add(bytes: Buffer): void {
    const { name, imports } = headOf(bytes);
    const known = this.#files.get(name);
    if (known !== undefined) {
      if (known.equals(bytes)) return;
      throw new ReflectionError("broken", `it tells two different files ${quoteValue(name)}`);
    }
    this.#bytes += bytes.length;
    if (this.#bytes > this.#limits.bytes) throw tooMuch(`${this.#bytes} bytes of files`, this.#limits.bytes);
    if (this.#files.size === this.#limits.files) throw tooMuch(`${this.#files.size + 1} files`, this.#limits.files);
    // A copy: an answer is not to be kept for one file of it.
    this.#files.set(name, Buffer.from(bytes));
    for (const each of imports) if (!this.#imports.has(each)) this.#imports.set(each, name);
    const names = this.#imports.size;
    if (names > this.#limits.files) throw tooMuch(`imports of ${names} files`, this.#limits.files);
  }
}

function headOf(bytes: Buffer): FileHead {
  const head = readHead(bytes);
  const odd = [head.name, ...head.imports].find((name) => !FILE.test(name));
  if (odd !== undefined) throw new ReflectionError("broken", `it tells of a file ${quoteValue(odd)}, which is no name`);
  return head;
}

function readHead(bytes: Buffer): FileHead {
  try {
    return readFileHead(bytes);
  } catch (error) {
    if (!(error instanceof WireFault)) throw error;
    throw new ReflectionError("broken", `one of its files is no FileDescriptorProto: ${error.message}`);
  }
}

async function inTurns<T>(items: readonly T[], each: (item: T) => Promise<void>): Promise<void> {
  for (let from = 0; from < items.length; from += AT_A_TIME) {
    await Promise.all(items.slice(from, from + AT_A_TIME).map(each));
  }
}

function unexpected(wanted: string): ReflectionError {
  return new ReflectionError("broken", `it was asked for ${wanted} and answered something else`);
}

function tooMuch(what: string, limit: number): ReflectionError {
  return new ReflectionError("broken", `it tells ${what}, of which ${limit} are allowed`);
}
