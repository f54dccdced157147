import websocket from "@fastify/websocket";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { GatewayError } from "../../core/index.js";
import { checkHead } from "../check-head.js";
import type { RequestHandler } from "../request-handler.js";
import { createRequestIds } from "../request-id.js";
import { splitTarget } from "../target.js";
import type { MountOptions } from "../types.js";
import { checkHandshake } from "./check-handshake.js";
import { checkOrigin } from "./check-origin.js";
import { findSocketRoute, type SocketRoute } from "./find-socket-route.js";
import { SocketExchange } from "./socket-exchange.js";
import { checkProtocol, PROTOCOL } from "./sub-protocol.js";
import { webSocketUpgrades } from "./upgrades.js";

const CONSTRAINT = "porticoUpgrade";
/** RFC 6455, 7.4.1: "going away". */
const GOING_AWAY = 1001;
/** Milliseconds that a client has to answer a close frame when the gateway ends. */
const CLOSE_PATIENCE = 1_000;

/**
 * Serves streams over WebSocket. The handshake goes through Fastify, so that the hooks of an app hold for it, to a route of
 * its own that only upgrades reach: requests that are none pay nothing. A handshake is refused with an HTTP status; once it
 * is done, errors are frames. In someone's app this needs @fastify/websocket to be registered there before; on a server of
 * its own the gateway registers it.
 */
export function mountSockets(app: FastifyInstance, options: MountOptions, handler: RequestHandler): void {
  const registered = app.hasDecorator("websocketServer");
  const own = options.unmatched === "answer";
  if (!options.websocket.enabled || !(registered || own)) return;
  if (!app.hasConstraintStrategy(CONSTRAINT)) app.addConstraintStrategy(upgradeConstraint());
  app.register(async (scope) => {
    if (!registered) await scope.register(websocket, pluginOptions(scope, options));
    mountRoute(scope, app.prefix, options, handler);
  });
}

/** A handshake's route and table, from the hook that found them to the socket. */
interface Handshake {
  readonly route: SocketRoute;
  readonly table: ReturnType<MountOptions["table"]>;
}

function mountRoute(scope: FastifyInstance, prefix: string, options: MountOptions, handler: RequestHandler): void {
  const requestIds = createRequestIds(options.requestId);
  const handshakes = new WeakMap<object, Handshake>();

  const accept = (request: FastifyRequest): Handshake | GatewayError => {
    const { raw } = request;
    const refusal =
      checkHead(raw, options.limits) ??
      checkHandshake(raw.headers) ??
      checkOrigin(raw.headers, options.websocket.origins) ??
      checkProtocol(raw.headers);
    if (refusal !== null) return refusal;
    const table = options.table();
    const route = findSocketRoute(table, splitTarget(raw.url ?? "/", prefix).path, options.websocket.unary);
    return route instanceof GatewayError ? route : { route, table };
  };

  scope.route({
    method: "GET",
    url: "/*",
    exposeHeadRoute: false,
    constraints: { [CONSTRAINT]: "websocket" },
    preValidation(request: FastifyRequest, reply: FastifyReply, done: () => void) {
      const accepted = accept(request);
      if (accepted instanceof GatewayError) {
        handler.refuse(request, reply, accepted);
        return;
      }
      handshakes.set(request.raw, accepted);
      done();
    },
    handler: (request, reply) => handler.serve(request, reply),
    wsHandler(socket, request) {
      const { raw } = request;
      const handshake = handshakes.get(raw);
      if (handshake === undefined) throw new Error("a socket came without its handshake");
      const target = splitTarget(raw.url ?? "/", prefix);
      new SocketExchange(socket, raw, handshake.route, options, handshake.table, target, requestIds(raw.headers));
    },
  });
}

function pluginOptions(scope: FastifyInstance, options: MountOptions): websocket.WebsocketPluginOptions {
  return {
    options: {
      // The plugin listens for `upgrade` on whatever it is given and asks no more of it.
      server: webSocketUpgrades(scope.server) as typeof scope.server,
      maxPayload: options.limits.body,
      perMessageDeflate: false,
      handleProtocols: (protocols) => (protocols.has(PROTOCOL) ? PROTOCOL : false),
    },
    errorHandler(_error, socket) {
      // What ws itself has found wrong it has answered with a close frame of its own by now.
      if (socket.readyState === socket.OPEN) socket.close(1011);
    },
    preClose(done) {
      for (const client of scope.websocketServer.clients) {
        client.close(GOING_AWAY);
        // ws itself waits 30 s for the other side's close frame, and the server for all of its sockets.
        const patience = setTimeout(() => client.terminate(), CLOSE_PATIENCE).unref();
        client.once("close", () => clearTimeout(patience));
      }
      scope.websocketServer.close(() => undefined);
      done();
    },
  };
}

/** Told by node:http: true for requests that came as an `upgrade` event, which no listener but WebSocket's takes. */
function upgradeConstraint(): Parameters<FastifyInstance["addConstraintStrategy"]>[0] {
  return {
    name: CONSTRAINT,
    storage() {
      const stores = new Map<string, unknown>();
      return {
        get: (key: string) => stores.get(key) ?? null,
        set: (key: string, store: unknown) => {
          stores.set(key, store);
        },
      } as ReturnType<Parameters<FastifyInstance["addConstraintStrategy"]>[0]["storage"]>;
    },
    deriveConstraint: (request: { readonly upgrade?: boolean }) => (request.upgrade === true ? "websocket" : undefined),
    validate: () => true,
    mustMatchWhenDerived: false,
  } as Parameters<FastifyInstance["addConstraintStrategy"]>[0];
}
