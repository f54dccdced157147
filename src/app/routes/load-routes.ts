import { METHODS } from "node:http";
import { type Fault, FaultsError, quoteValue } from "../../core/index.js";
import { type Binding, bindRules, loadRuleFile, type MultiSegmentDecoding, type RuleFile } from "../../rules/index.js";
import { loadSchema, type MethodType, type Schema, type SchemaSource, type ServiceType } from "../../schema/index.js";
import type { MethodFields } from "../../transcode/index.js";
import { claimingUpstream, type GatewayConfig } from "../config/index.js";
import { resolveMethods } from "./resolve-methods.js";

/** What a configuration serves, before anything is connected. */
export interface LoadedRoutes {
  readonly schema: Schema;
  /** Bindings of the services that an upstream claims. */
  readonly bindings: readonly Binding[];
  /** The name of the upstream of each service that one claims. */
  readonly upstreamOf: ReadonlyMap<ServiceType, string>;
  readonly multiSegment: MultiSegmentDecoding;
  /** What `streams.methods` says of methods. */
  readonly methodFields: ReadonlyMap<MethodType, MethodFields>;
  /** What is odd but no fault: a service with rules that no upstream claims, a rule that no request can reach. */
  readonly warnings: readonly Fault[];
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
 * Loads protos, descriptor sets and rule files and binds the rules.
 * @throws FaultsError with all that is wrong
 */
export function loadRoutes(config: GatewayConfig): LoadedRoutes {
  const ruleFiles = config.schema.rules.map(loadRuleFile);
  const schema = loadSchemaBeside(config, ruleFiles);
  const upstreamOf = new Map<ServiceType, string>();
  for (const service of schema.services.values()) {
    const upstream = claimingUpstream(service.fullName, config.upstreams);
    if (upstream !== null) upstreamOf.set(service, upstream);
  }
  const bound = bindRules(schema, {
    ruleFiles,
    unboundMethods: config.schema.unboundMethods,
    services: (service) => upstreamOf.has(service),
  });
  const faults = [...bound.faults];
  const methodFields = resolveMethods(schema, config, faults);
  if (faults.length > 0) throw new FaultsError(faults);
  return {
    schema,
    bindings: bound.bindings,
    upstreamOf,
    methodFields,
    multiSegment: bound.multiSegment ?? config.requests.pathDecoding,
    warnings: [...unclaimed(schema, upstreamOf), ...unservable(bound.bindings)],
  };
}

/** The schema; where it cannot be had, the faults that rule files have by themselves are told with its own. */
function loadSchemaBeside(config: GatewayConfig, ruleFiles: readonly RuleFile[]): Schema {
  try {
    return loadSchema([ALWAYS, ...sourcesOf(config)]);
  } catch (error) {
    if (!(error instanceof FaultsError)) throw error;
    throw new FaultsError([...error.faults, ...ruleFiles.flatMap(({ faults }) => faults)]);
  }
}

function sourcesOf(config: GatewayConfig): SchemaSource[] {
  const { protos, descriptorSets } = config.schema;
  const sources: SchemaSource[] = descriptorSets.map((file) => ({ kind: "descriptorSet", file }));
  if (protos !== null) {
    sources.unshift({ kind: "protos", roots: protos.roots, files: protos.files, directory: config.directory });
  }
  return sources;
}

function unclaimed(schema: Schema, upstreamOf: ReadonlyMap<ServiceType, string>): Fault[] {
  const faults: Fault[] = [];
  for (const service of schema.services.values()) {
    if (upstreamOf.has(service)) continue;
    if (!service.methods.some((method) => Object.hasOwn(method.options, "[google.api.http]"))) continue;
    faults.push({
      ...service.place,
      subject: service.fullName,
      message: "has HTTP rules, but no upstream claims it: it is not served",
    });
  }
  return faults;
}

/** Rules of a custom kind that node:http does not know as a method; it hands CONNECT over as a tunnel. */
function unservable(bindings: readonly Binding[]): Fault[] {
  const faults: Fault[] = [];
  for (const { httpMethod, rpc, pattern, origin } of bindings) {
    if (httpMethod === "*" || (METHODS.includes(httpMethod) && httpMethod !== "CONNECT")) continue;
    const message = `the server cannot receive the method ${quoteValue(httpMethod)} of ${pattern}: no request reaches this rule`;
    faults.push({ ...origin.place, subject: rpc.fullName, message });
  }
  return faults;
}
