import { METHODS } from "node:http";
import { type Fault, FaultsError, finish, quoteValue, type Steps } from "../../core/index.js";
import { type Binding, bindRulesInSteps, type MultiSegmentDecoding } from "../../rules/index.js";
import {
  gapsOf,
  linkReflections,
  type MethodType,
  type Reflection,
  type Schema,
  type ServiceType,
} from "../../schema/index.js";
import type { MethodFields } from "../../transcode/index.js";
import { claimingUpstream, type GatewayConfig } from "../config/index.js";
import { listServices } from "./list-services.js";
import { type RouteInputs, readInputs, withFaultsOf } from "./read-inputs.js";
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
  /** Whether every upstream of `schema.reflection` has told its schema. */
  readonly complete: boolean;
  /** What is odd but no fault: a service with rules that no upstream claims, a rule that no request can reach. */
  readonly warnings: readonly Fault[];
}

/**
 * Loads protos, descriptor sets and rule files and binds the rules.
 * @param reflections what the upstreams of `schema.reflection` told, as far as they are there
 * @throws FaultsError with all that is wrong
 */
export function loadRoutes(config: GatewayConfig, reflections: readonly Reflection[] = []): LoadedRoutes {
  return finish(bindInputs(config, readInputs(config), reflections));
}

/** The part of `loadRoutes` that touches nothing. @throws FaultsError with all that is wrong */
export function* bindInputs(
  config: GatewayConfig,
  { sources, ruleFiles }: RouteInputs,
  reflections: readonly Reflection[],
): Steps<LoadedRoutes> {
  const complete = config.schema.reflection.every((name) => reflections.some(({ upstream }) => upstream === name));
  const schema = yield* linked(sources, ruleFiles, reflections);
  const faults: Fault[] = [];
  const listed = listServices(config, reflections, faults);
  const upstreamOf = new Map<ServiceType, string>();
  for (const service of schema.services.values()) {
    const upstream = claimingUpstream(service.fullName, config.upstreams, listed);
    if (upstream !== null) upstreamOf.set(service, upstream);
  }
  const bound = yield* bindRulesInSteps(schema, {
    ruleFiles,
    unboundMethods: config.schema.unboundMethods,
    services: (service) => upstreamOf.has(service),
    partial: !complete,
  });
  faults.push(...bound.faults);
  const methodFields = resolveMethods(schema, config, complete, faults);
  if (faults.length > 0) throw new FaultsError(faults);
  return {
    schema,
    bindings: bound.bindings,
    upstreamOf,
    methodFields,
    multiSegment: bound.multiSegment ?? config.requests.pathDecoding,
    complete,
    warnings: [
      ...gapsOf(reflections, (file) => schema.files.has(file)),
      ...unclaimed(schema, upstreamOf),
      ...unservable(bound.bindings),
    ],
  };
}

/** The schema; where it has faults, those that rule files have by themselves are told with them. */
function* linked(
  sources: RouteInputs["sources"],
  ruleFiles: RouteInputs["ruleFiles"],
  reflections: readonly Reflection[],
): Steps<Schema> {
  try {
    return yield* linkReflections(sources, reflections);
  } catch (error) {
    throw withFaultsOf(ruleFiles, error);
  }
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
