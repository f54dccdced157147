import { METHODS } from "node:http";
import { createCodec } from "../../codec/index.js";
import type { Steps } from "../../core/index.js";
import type { RouteTable } from "../../http/index.js";
import { type Binding, createMatcher } from "../../rules/index.js";
import {
  type CallPlan,
  compileDownload,
  compileErrorReplies,
  compileFromMetadata,
  compilePlan,
  compileStreams,
  compileToMetadata,
  compileUnary,
  type UpstreamRoute,
} from "../../transcode/index.js";
import type { Upstream } from "../../upstream/index.js";
import type { GatewayConfig } from "../config/index.js";
import type { LoadedRoutes } from "./load-routes.js";

/**
 * Compiles what a configuration serves into the table that requests run on. `upstreams` has every name of the
 * configuration.
 */
export function* compileTable(
  config: GatewayConfig,
  loaded: LoadedRoutes,
  upstreams: ReadonlyMap<string, Upstream>,
): Steps<RouteTable> {
  const { schema } = loaded;
  const codec = createCodec(schema, {
    ...config.json,
    unknownFields: config.requests.unknownFields,
    unknownAny: "base64",
  });
  const readMetadata = compileToMetadata(config.headers, config.server.requestId.header);
  const routes = upstreamRoutes(config, upstreams);
  const entries: { readonly binding: Binding; readonly value: CallPlan }[] = [];
  for (const binding of loaded.bindings) {
    const route = routes.get(loaded.upstreamOf.get(binding.rpc.service) ?? "");
    if (route === undefined) throw new Error(`no upstream for ${binding.rpc.fullName}`);
    const fields = loaded.methodFields.get(binding.rpc);
    entries.push({ binding, value: compilePlan(binding, route, codec, config.requests, readMetadata, fields) });
    yield;
  }
  const errors = compileErrorReplies(schema, codec, config.errors.format);
  const fromMetadata = compileFromMetadata(config.headers);
  return {
    matcher: createMatcher(entries, {
      multiSegment: loaded.multiSegment,
      ignoreTrailingSlash: config.server.ignoreTrailingSlash,
    }),
    unary: compileUnary(errors, fromMetadata, config.headers, compileDownload(config.downloads)),
    streams: compileStreams(errors, fromMetadata, {
      framing: config.streams.default,
      maxMessageBytes: config.server.limits.body,
      chunkBytes: config.streams.chunk,
      deadline: { default: config.streams.deadline, max: config.streams.maxDeadline },
      idleTimeout: config.streams.idleTimeout,
      heartbeat: config.streams.heartbeat,
      trailers: config.headers.trailers,
    }),
    errors,
    formFallback: config.requests.formFallback,
    methods: methodsOf(loaded.bindings),
    complete: loaded.complete,
  };
}

/** A rule of kind `*` has every method that node:http can receive. */
function methodsOf(bindings: readonly Binding[]): readonly string[] {
  const methods = new Set(bindings.map((binding) => binding.httpMethod));
  if (methods.has("*")) return METHODS.filter((method) => method !== "CONNECT");
  if (methods.has("GET")) methods.add("HEAD");
  return [...methods].sort();
}

function upstreamRoutes(
  config: GatewayConfig,
  upstreams: ReadonlyMap<string, Upstream>,
): ReadonlyMap<string, UpstreamRoute> {
  const routes = new Map<string, UpstreamRoute>();
  for (const [name, { deadline, maxDeadline }] of Object.entries(config.upstreams)) {
    const upstream = upstreams.get(name);
    if (upstream !== undefined) routes.set(name, { name, upstream, deadline: { default: deadline, max: maxDeadline } });
  }
  return routes;
}
