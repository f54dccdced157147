import { FaultsError } from "../../core/index.js";
import { loadRuleFile, type RuleFile } from "../../rules/index.js";
import { type ReadSources, readSources, type SchemaSource } from "../../schema/index.js";
import type { GatewayConfig } from "../config/index.js";

/** The files that a configuration names, read: nothing that is loaded from them later looks at the files again. */
export interface RouteInputs {
  readonly sources: ReadSources;
  readonly ruleFiles: readonly RuleFile[];
}

/**
 * Files that every Schema has: the errors that the gateway and upstreams speak of (google.rpc.Status and its usual
 * details), which services seldom import.
 */
const ALWAYS: SchemaSource = {
  kind: "protos",
  roots: [],
  files: ["google/rpc/status.proto", "google/rpc/error_details.proto"],
  directory: ".",
};

/**
 * Reads protos, descriptor sets and rule files. What is wrong in rule files by themselves waits for the binding, unless
 * there is no schema to bind them to.
 * @throws FaultsError with all that is wrong
 */
export function readInputs(config: GatewayConfig): RouteInputs {
  const ruleFiles = config.schema.rules.map(loadRuleFile);
  try {
    return { sources: readSources([ALWAYS, ...sourcesOf(config)]), ruleFiles };
  } catch (error) {
    throw withFaultsOf(ruleFiles, error);
  }
}

/** What is thrown for an error: faults together with those that rule files have by themselves. */
export function withFaultsOf(ruleFiles: readonly RuleFile[], error: unknown): unknown {
  if (!(error instanceof FaultsError)) return error;
  return new FaultsError([...error.faults, ...ruleFiles.flatMap(({ faults }) => faults)]);
}

function sourcesOf(config: GatewayConfig): SchemaSource[] {
  const { protos, descriptorSets } = config.schema;
  const sources: SchemaSource[] = descriptorSets.map((file) => ({ kind: "descriptorSet", file }));
  if (protos !== null) {
    sources.unshift({ kind: "protos", roots: protos.roots, files: protos.files, directory: config.directory });
  }
  return sources;
}
