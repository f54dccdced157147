import { createCodec } from "../codec/index.js";
import { GatewayError, nearest as nearestName } from "../core/index.js";
import { findRoute, splitTarget } from "../http/index.js";
import type { Binding } from "../rules/index.js";
import { type CallPlan, type IncomingRequest, readDeadline } from "../transcode/index.js";
import type { GatewayConfig } from "./config/index.js";
import { createServing } from "./create-serving.js";
import type { ExplainedCapture, ExplainRequest, Explanation } from "./explanation.js";
import { askOnce } from "./reflection/index.js";
import type { Served } from "./serving.js";

/** How many rules are offered where none fits. */
const SUGGESTIONS = 3;

/**
 * What would become of a request: the same matcher and plans as for real ones, up to the call, which is not made.
 * @throws FaultsError where the configuration is wrong
 */
export async function explain(config: GatewayConfig, request: ExplainRequest): Promise<Explanation> {
  const serving = await createServing(config, undefined, await askOnce(config));
  try {
    return explainOn(serving.current, config, request);
  } finally {
    await serving.close(0);
  }
}

function explainOn(served: Served, config: GatewayConfig, request: ExplainRequest): Explanation {
  const headers = headerMap(request.headers);
  // node:http hands a target over as one character a byte, and so the rooms read it.
  const { path, query } = splitTarget(Buffer.from(request.target, "utf8").toString("latin1"), "");
  const found = findRoute(served.table, request.method, path, headers);
  const nearest = nearestBindings(served.loaded.bindings, path);
  if (found instanceof GatewayError) throw found;
  if (found.kind === "method") return { kind: "method", allow: found.allow, nearest };
  if (found.kind === "none") return { kind: "none", nearest };

  const { plan, captures, bodyIs } = found.route;
  const { binding, route } = plan;
  const isQuery = bodyIs === "query" && request.body !== null;
  const incoming: IncomingRequest = {
    httpMethod: request.method,
    captures,
    rawQuery: isQuery ? `${query}&${Buffer.from(request.body).toString("latin1")}` : query,
    headers,
    rawHeaders: request.headers,
    http2: false,
    remoteAddress: "127.0.0.1",
    secure: false,
    requestId: "explain",
    body: isQuery ? null : request.body,
    form: null,
  };
  const explained = explainCaptures(binding, captures);
  try {
    const target = config.upstreams[route.name]?.target ?? "";
    return {
      kind: "call",
      binding,
      captures: explained,
      upstream: { name: route.name, target },
      timeout: readDeadline(headers, route.deadline, 0),
      metadata: plan.readMetadata(incoming),
      message: messageText(served, config, plan, incoming),
    };
  } catch (reason) {
    const error = GatewayError.from(reason);
    return {
      kind: "refused",
      binding,
      captures: explained,
      status: error.httpStatus,
      id: error.id,
      message: error.message,
    };
  }
}

function messageText(served: Served, config: GatewayConfig, plan: CallPlan, incoming: IncomingRequest): string {
  const { schema } = served.loaded;
  const codec = createCodec(schema, { ...config.json, emitDefaults: "none" });
  return codec.decoder(plan.binding.rpc.input)(plan.encodeRequest.message(incoming)).toString();
}

function explainCaptures(binding: Binding, captures: readonly string[]): ExplainedCapture[] {
  return binding.variables.map((variable, i) => ({ field: variable.fieldPath, value: captures[i] ?? "" }));
}

function headerMap(flat: readonly string[]): Record<string, string> {
  const headers: Record<string, string> = Object.create(null);
  for (let i = 0; i < flat.length; i += 2) headers[flat[i] ?? ""] = flat[i + 1] ?? "";
  return headers;
}

/** The rules whose patterns look most like the path: by shared segments from the left, then by spelling. */
function nearestBindings(bindings: readonly Binding[], path: string): Binding[] {
  const segments = path.split("/");
  const scored = bindings.map((binding) => ({ binding, score: likeness(binding, segments) }));
  return scored
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score)
    .slice(0, SUGGESTIONS)
    .map(({ binding }) => binding);
}

function likeness({ template }: Binding, path: readonly string[]): number {
  let score = 0;
  for (const [i, segment] of template.segments.entries()) {
    const given = path[i + 1];
    if (given === undefined) break;
    if (segment.kind !== "literal") score += 1;
    else if (segment.text === given) score += 3;
    else if (nearestName(given, [segment.text]) !== null) score += 2;
    else break;
  }
  return score === 0 ? 0 : score - Math.abs(template.segments.length - (path.length - 1)) / 2;
}
