import type { FastifyInstance, FastifyReply, FastifyRequest, HTTPMethods } from "fastify";
import { GatewayError, quoteValue } from "../core/index.js";
import { allowReply } from "./allow-reply.js";
import { Exchange } from "./exchange.js";
import { findRoute } from "./find-route.js";
import { createRequestIds } from "./request-id.js";
import { splitTarget } from "./target.js";
import type { MountOptions } from "./types.js";

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
      url.length > options.limits.url ? tooLong(options.limits.url) : findRoute(table, method, path, raw.headers);
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
