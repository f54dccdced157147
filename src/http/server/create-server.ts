import type { IncomingMessage, RequestListener, Server } from "node:http";
import type { Duplex } from "node:stream";
import { type FastifyInstance, type FastifyReply, fastify } from "fastify";
import type { GatewayError } from "../../core/index.js";
import { malformedPath } from "../../rules/index.js";
import { createRequestHandler } from "../request-handler.js";
import { createRequestIds } from "../request-id.js";
import { splitTarget } from "../target.js";
import type { MountOptions } from "../types.js";
import { createListener, type ListenerOptions } from "./create-listener.js";
import type { OpenConnections } from "./open-connections.js";
import { reasonOf, refuseConnection, unknownMethod, writeReply } from "./refuse-connection.js";

/** The gateway's own Fastify server. */
export interface GatewayServer {
  readonly app: FastifyInstance;
  /** Closes every connection at once, whatever is under way on it. */
  cutOff(): void;
}

/**
 * The gateway's own Fastify server. What node:http or Fastify's router refuse before a route is found (431, 408, 400, 501)
 * answers in the same error format as everything else.
 * @throws FaultsError where TLS files are of no use
 */
export function createServer(mount: MountOptions, options: ListenerOptions): GatewayServer {
  const handler = createRequestHandler(mount, "");
  const requestIds = createRequestIds(mount.requestId);
  // Fastify makes more than one where the host is `localhost`.
  const connections: OpenConnections[] = [];

  const refuse = (socket: Duplex, refusal: GatewayError): void => {
    const { status, headers, body } = mount.table().errors.ofGateway(refusal, {});
    writeReply(socket, status, [...headers, mount.requestId.header, requestIds({})], body);
  };

  /** A method that the parser of node:http, too, would not take, on a stream of HTTP/2. */
  const refuseMethod: RequestListener = (request, response) => {
    const { status, headers, body } = mount.table().errors.ofGateway(unknownMethod(request.method ?? ""), {});
    const length = ["content-length", String(body.length)];
    response.writeHead(status, [...headers, ...length, mount.requestId.header, requestIds({})]);
    response.end(body);
  };

  const serverFactory = (request: RequestListener): Server => {
    const listener = createListener(mount.limits, options, { request, refuse, unknownMethod: refuseMethod });
    connections.push(listener.connections);
    listener.server.on("connect", (connect: IncomingMessage, socket: Duplex) => {
      refuse(socket, unknownMethod(connect.method ?? "CONNECT"));
    });
    listener.server.on("clientError", (error, socket) => {
      refuseConnection(socket, () => refuse(socket, reasonOf(error, mount.limits.url)));
    });
    // RFC 9110, 10.1.1: a server may answer an expectation that it does not know with 417, or go on as if there were none.
    listener.server.on("checkExpectation", request);
    return listener.server;
  };

  const app = fastify({
    logger: false,
    // Request ids are the exchange's; Fastify need not make a second one.
    genReqId: () => "",
    // Draining is told by Connection: close on each reply; a request that still arrives is served.
    return503OnClosing: false,
    routerOptions: { maxParamLength: Number.MAX_SAFE_INTEGER },
    serverFactory,
    // Fastify listens on the first server alone.
    clientErrorHandler: () => undefined,
    // The router could not decode the path. Its reply is generic over every route's types; a refusal has no route.
    frameworkErrors(_error, request, reply) {
      const { path } = splitTarget(request.raw.url ?? "/", "");
      handler.refuse(request, reply as unknown as FastifyReply, malformedPath(path));
    },
  });

  // Targets that are no path, such as `*` of OPTIONS (RFC 9110, 9.3.7).
  app.setNotFoundHandler((request, reply) => handler.serve(request, reply));
  app.addHook("preClose", async () => {
    for (const each of connections) each.drain();
  });
  return {
    app,
    cutOff() {
      for (const each of connections) each.cutOff();
    },
  };
}
