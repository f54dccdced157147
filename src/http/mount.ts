import type { IncomingHttpHeaders } from "node:http";
import type { FastifyInstance, FastifyReply, FastifyRequest, HTTPMethods } from "fastify";
import { GatewayError, quoteValue } from "../core/index.js";
import { type CallPlan, mediaType } from "../transcode/index.js";
import { allowReply } from "./allow-reply.js";
import { Exchange, type Route } from "./exchange.js";
import { createRequestIds } from "./request-id.js";
import { splitTarget } from "./target.js";
import type { MountOptions, RouteTable } from "./types.js";

/**
 * Mounts the gateway on a Fastify instance: one route that takes every method and path under the instance's prefix and
 * asks the table which rule serves it. The rules' own matcher decides rather than Fastify's router, because that one
 * decodes %2F, has no `**` with something after it and no verbs (docs/adr/0001-own-matcher.md).
 */
export function mountGateway(app: FastifyInstance, options: MountOptions, methods: readonly string[]): void {
  const requestIds = createRequestIds(options.requestId);
  const { prefix } = app;

  const handle = (request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const { raw } = request;
    const url = raw.url ?? "/";
    const table = options.table();
    const { path, query } = splitTarget(url, prefix);
    const method = raw.method ?? "GET";
    const found =
      url.length > options.limits.url ? tooLong(options.limits.url) : find(table, method, path, raw.headers);
    if (found instanceof GatewayError || found.kind !== "none" || options.unmatched === "answer") {
      const exchange = new Exchange(request, reply, options, table, path, requestIds(raw.headers));
      if (found instanceof GatewayError) exchange.refuse(found);
      else if (found.kind === "found") exchange.serve(found.route, query);
      else if (found.kind === "none") exchange.refuse(notFound(path));
      else if (method === "OPTIONS") exchange.answer(allowReply(found.allow));
      else exchange.refuse(notAllowed(method, path, found.allow));
    } else {
      reply.callNotFound();
    }
    return reply;
  };

  // Bodies are read by the exchange, which knows the route's limit and content type: Fastify hands the stream through.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", (_request, payload, done) => done(null, payload));
  for (const method of methods) {
    if (!app.supportedMethods.includes(method)) app.addHttpMethod(method, { hasBody: true });
  }
  app.route({
    method: app.supportedMethods as HTTPMethods[],
    url: "/*",
    exposeHeadRoute: false,
    handler: handle,
  });
}

/** What serves a request, or why nothing does. */
type Found =
  | { readonly kind: "found"; readonly route: Route }
  | { readonly kind: "method"; readonly allow: readonly string[] }
  | { readonly kind: "none" };

/**
 * The rule for a request. Where no rule has the method, HEAD is served by the rule for GET (RFC 9110, 9.3.2), and a form
 * sent by POST by the rule for GET as well, if so configured: its body is then the query (grpc-gateway's "path length
 * fallback", for queries longer than URLs may be).
 */
function find(table: RouteTable, method: string, path: string, headers: IncomingHttpHeaders): Found | GatewayError {
  try {
    const match = table.matcher.match(method, path);
    if (match.kind === "found") return foundRoute(match.value, match.captures, "body");
    if (match.kind === "none") return match;
    const isForm = table.formFallback && method === "POST" && mediaType(headers["content-type"]) === FORM_TYPE;
    if (method !== "HEAD" && !isForm) return match;
    const get = table.matcher.match("GET", path);
    return get.kind === "found" ? foundRoute(get.value, get.captures, isForm ? "query" : "body") : match;
  } catch (reason) {
    return GatewayError.from(reason);
  }
}

const FORM_TYPE = "application/x-www-form-urlencoded";

function foundRoute(plan: CallPlan, captures: readonly string[], bodyIs: Route["bodyIs"]): Found {
  return { kind: "found", route: { plan, captures, bodyIs } };
}

function tooLong(limit: number): GatewayError {
  return new GatewayError("GW_URL_TOO_LONG", `cannot take a URL of more than ${limit} bytes`);
}

function notFound(path: string): GatewayError {
  return new GatewayError("GW_PATH_NOT_FOUND", `no rule has the path ${quoteValue(path)}`);
}

function notAllowed(method: string, path: string, allow: readonly string[]): GatewayError {
  return new GatewayError(
    "GW_METHOD_NOT_ALLOWED",
    `the path ${quoteValue(path)} takes ${allow.join(", ")}, not ${quoteValue(method)}`,
    { headers: { allow: allow.join(", ") } },
  );
}
