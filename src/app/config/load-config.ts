import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { type Fault, FaultsError } from "../../core/index.js";
import { checkFiles } from "./check-files.js";
import { checkSections } from "./check-sections.js";
import type { ConfigInput, ConfigSections, GatewayConfig } from "./config-schema.js";
import type { Environment } from "./environment.js";
import { gotText } from "./expected.js";
import { readYaml } from "./read-yaml.js";
import { resolveSections } from "./resolve.js";
import { Source } from "./source.js";
import { validate } from "./validate.js";

/**
 * Reads a configuration file, replaces `${NAME}` from the environment, and checks it, files that it names included.
 * @throws FaultsError with every fault at once, each with file, line, column and key
 */
export function loadConfig(path: string, environment: Environment): GatewayConfig {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    throw new FaultsError([fileFault(path, `cannot read the configuration: ${fileReason(error)}`)]);
  }
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    // The decoder's own error says no more than this.
    throw new FaultsError([fileFault(path, "cannot read the configuration: the file is not UTF-8")]);
  }
  const source = readYaml(text, path, environment);
  return finish(source, dirname(resolve(path)), true);
}

/**
 * As loadConfig, for the text of a file; it asks nothing of the file system.
 * @throws FaultsError with every fault at once
 */
export function parseConfig(text: string, fileName: string, environment: Environment): GatewayConfig {
  return finish(readYaml(text, fileName, environment), dirname(resolve(fileName)), false);
}

/**
 * A configuration given as an object, as the Fastify plugin takes it. Nothing is replaced from the environment.
 * @param directory what relative paths are relative to; the working directory by default
 * @throws FaultsError with every fault at once, by key
 */
export function resolveConfig(input: ConfigInput, directory = "."): GatewayConfig {
  const source = new Source(null);
  source.value = input;
  return finish(source, resolve(directory), false);
}

function finish(source: Source, directory: string, withFiles: boolean): GatewayConfig {
  const sections = check(source, directory, withFiles);
  if (source.faults.length > 0) throw new FaultsError(source.faults.toSorted(byPlace));
  return Object.freeze({ ...sections, file: source.file, directory });
}

function check(source: Source, directory: string, withFiles: boolean): ConfigSections {
  const unreadable = source.isBroken([]);
  // An empty file, or one with comments alone: all defaults.
  if (source.value === undefined || source.value === null) source.value = {};
  if (!unreadable && (typeof source.value !== "object" || Array.isArray(source.value))) {
    source.refuseValue([], `expected a map of sections, got ${gotText(source.value)}`);
  }
  if (!source.isBroken([])) validate(source);
  const sections = withoutClaims(resolveSections(source, { directory }), source);
  if (source.isBroken([])) return sections;
  checkSections(sections, source);
  if (withFiles) checkFiles(sections, source);
  return sections;
}

/** An upstream that tells its services itself serves those, not all, unless the user says otherwise. */
function withoutClaims(sections: ConfigSections, source: Source): ConfigSections {
  const { reflection } = sections.schema;
  if (reflection.length === 0) return sections;
  const upstreams = Object.entries(sections.upstreams).map(([name, upstream]) => {
    const given = source.isGiven(["upstreams", name, "services"]) || !reflection.includes(name);
    return [name, given ? upstream : Object.freeze({ ...upstream, services: [] })] as const;
  });
  return Object.freeze({ ...sections, upstreams: Object.freeze(Object.fromEntries(upstreams)) });
}

function byPlace(a: Fault, b: Fault): number {
  return (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0);
}

function fileFault(file: string, message: string): Fault {
  return { file, line: null, column: null, subject: null, message };
}

/** What people say where Node says ENOENT. */
function fileReason(error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const known: Readonly<Record<string, string>> = {
    ENOENT: "the file does not exist",
    EACCES: "the file may not be read",
    EISDIR: "it is a folder",
  };
  return known[code] ?? (error instanceof Error ? error.message : String(error));
}
