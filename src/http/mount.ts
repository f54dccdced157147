import { METHODS } from "node:http";
import type { FastifyInstance, HTTPMethods } from "fastify";
import { GatewayError, quoteValue } from "../core/index.js";
import { createRequestHandler } from "./request-handler.js";
import type { MountOptions } from "./types.js";
import { mountSockets } from "./websocket/mount-sockets.js";

/**
 * Mounts the gateway on a Fastify instance: one route that takes every method and path under the instance's prefix and
 * asks the table which rule serves it. The rules' own matcher decides rather than Fastify's router, because that one
 * decodes %2F, has no `**` with something after it and no verbs (docs/adr/0001-own-matcher.md).
 */
export function mountGateway(app: FastifyInstance, options: MountOptions): void {
  if (/[:*]/.test(app.prefix)) {
    throw new Error(`cannot mount the gateway under ${quoteValue(app.prefix)}: its prefix must be a fixed path`);
  }
  const handler = createRequestHandler(options, app.prefix);

  // Bodies are read by the exchange, which knows the route's limit and content type: Fastify hands the stream through.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", (_request, payload, done) => done(null, payload));
  addMethods(app, options);
  app.setErrorHandler((error: Error & { readonly code?: string }, request, reply) => {
    // Thrown by hooks of the app, whose error handler is next.
    if (error.code !== "FST_ERR_CTP_INVALID_MEDIA_TYPE" && options.unmatched === "next") throw error;
    handler.refuse(request, reply, refusalOf(error, request.headers["content-type"]));
  });
  mountSockets(app, options, handler);
  app.route({
    method: app.supportedMethods as HTTPMethods[],
    url: "/*",
    exposeHeadRoute: false,
    // It answers by itself; a promise or a reply that is given back would cost one more listener a request.
    handler: (request, reply) => handler.serve(request, reply),
  });
}

/**
 * On a server of its own the gateway takes every method, none with a body as far as Fastify is concerned: its content type
 * need not be parsed twice. In someone's app only those that rules have are added, or all where later rules may have them:
 * Fastify takes none once it serves.
 */
function addMethods(app: FastifyInstance, options: MountOptions): void {
  const own = options.unmatched === "answer";
  const { methods } = options.table();
  const wanted = own || options.changes ? METHODS : METHODS.filter((method) => methods.includes(method));
  for (const method of wanted) {
    if (method === "CONNECT") continue;
    if (own) app.addHttpMethod(method, { hasBody: false, overrideExisting: true });
    else if (!app.supportedMethods.includes(method)) app.addHttpMethod(method, { hasBody: true });
  }
}

function refusalOf(error: Error & { readonly code?: string }, contentType: string | undefined): GatewayError {
  if (error.code !== "FST_ERR_CTP_INVALID_MEDIA_TYPE") return GatewayError.from(error);
  const got = quoteValue(contentType ?? "");
  return new GatewayError("GW_CONTENT_TYPE", `cannot read the body: ${got} is no content type`);
}
