import type { FastifyReply, FastifyRequest } from "fastify";
import { GatewayError } from "../core/index.js";
import { allowReply } from "./allow-reply.js";
import { checkHead } from "./check-head.js";
import { Exchange } from "./exchange.js";
import { findRoute } from "./find-route.js";
import { noMethod, noRule } from "./no-rule.js";
import { createRequestIds } from "./request-id.js";
import { splitTarget } from "./target.js";
import type { MountOptions } from "./types.js";

/** What requests come to, whichever way Fastify hands them over. */
export interface RequestHandler {
  /** Serves a request by its rule, or answers why there is none. */
  serve(request: FastifyRequest, reply: FastifyReply): void;
  /** Answers with a refusal, whatever the request asks for. */
  refuse(request: FastifyRequest, reply: FastifyReply, refusal: GatewayError): void;
}

/** Makes the handler of the routes under a prefix. */
export function createRequestHandler(options: MountOptions, prefix: string): RequestHandler {
  const requestIds = createRequestIds(options.requestId);

  const exchangeOf = (request: FastifyRequest, reply: FastifyReply, path: string): Exchange =>
    new Exchange(request, reply, options, options.table(), path, requestIds(request.raw.headers));

  return {
    serve(request, reply) {
      const { raw } = request;
      const { path, query } = splitTarget(raw.url ?? "/", prefix);
      const method = raw.method ?? "GET";
      const table = options.table();
      const found = checkHead(raw, options.limits) ?? findRoute(table, method, path, raw.headers);
      if (found instanceof GatewayError) {
        exchangeOf(request, reply, path).refuse(found);
      } else if (found.kind === "found") {
        exchangeOf(request, reply, path).serve(found.route, query);
      } else if (found.kind === "method") {
        const exchange = exchangeOf(request, reply, path);
        if (method === "OPTIONS") exchange.answer(allowReply(found.allow));
        else exchange.refuse(noMethod(method, path, found.allow, table));
      } else if (method === "OPTIONS" && path === "*") {
        exchangeOf(request, reply, path).answer(allowReply(table.methods));
      } else if (options.page?.path === path && (method === "GET" || method === "HEAD")) {
        options.page.serve(request, reply);
      } else if (options.unmatched === "answer") {
        exchangeOf(request, reply, path).refuse(noRule(path, table));
      } else {
        reply.callNotFound();
      }
    },
    refuse(request, reply, refusal) {
      const { path } = splitTarget(request.raw.url ?? "/", prefix);
      exchangeOf(request, reply, path).refuse(refusal);
    },
  };
}
