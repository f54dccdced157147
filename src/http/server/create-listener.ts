import { createServer, type Server, type ServerOptions } from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { GatewayError } from "../../core/index.js";
import type { HttpLimits } from "../types.js";
import { createHttp2Server, type Http2Handlers, type Http2Options } from "./http2-server.js";
import { watchSessions } from "./http2-sessions.js";
import { type OpenConnections, watchConnections } from "./open-connections.js";
import { sortByPreface } from "./preface.js";
import { followTlsFiles, readTls, type TlsFiles } from "./server-tls.js";

/** What a listener speaks, and how. */
export interface ListenerOptions {
  readonly tls: TlsFiles | null;
  readonly http2: Http2Options;
  /** Told of TLS files that changed to something of no use; the certificate before is kept. */
  readonly onTlsUnreadable: (cause: string) => void;
}

/** Who is told of what is no request. */
export interface ListenerHandlers extends Http2Handlers {
  /** Answers a connection that has no request yet, and closes it. */
  refuse(socket: Duplex, refusal: GatewayError): void;
}

export interface Listener {
  readonly server: Server;
  readonly connections: OpenConnections;
}

/** node:http looks for requests that are late this often, unless they must be in sooner. */
const CHECK_INTERVAL = 30_000;
/** As Fastify's own server has it. */
const KEEP_ALIVE = 72_000;

/**
 * One server for HTTP/1.1 and HTTP/2 on one port: TLS clients choose by ALPN (RFC 7301), in cleartext the first bytes of a
 * connection tell (RFC 9113, 3.3). A connection of HTTP/1.1 is looked at once and then node:http's own.
 * @throws FaultsError where TLS files are of no use
 */
export function createListener(limits: HttpLimits, options: ListenerOptions, handlers: ListenerHandlers): Listener {
  const server =
    options.tls === null ? createPlain(limits, handlers) : createSecure(limits, options.tls, options, handlers);
  if (!options.http2.enabled) return { server, connections: watchConnections(server) };

  const http2 = createHttp2Server(limits, options.http2, handlers);
  const takeHttp2 = (socket: Socket): void => {
    // node:http lets a client end its side; one of HTTP/2 that does so has gone.
    socket.allowHalfOpen = false;
    http2.emit("connection", socket);
  };
  if (options.tls === null) {
    const takeHttp1 = takeOver(server, "connection", (socket) =>
      sortByPreface(socket, limits.requestTimeout, { http1: takeHttp1, http2: takeHttp2, late }),
    );
    const late = (socket: Socket): void => {
      handlers.refuse(socket, new GatewayError("GW_REQUEST_TIMEOUT", "the request did not arrive in time"));
    };
  } else {
    const takeHttp1 = takeOver(server, "secureConnection", (socket) => {
      if ("alpnProtocol" in socket && socket.alpnProtocol === "h2") takeHttp2(socket);
      else takeHttp1(socket);
    });
  }
  const connections = watchConnections(server);
  const sessions = watchSessions(http2);
  return {
    server,
    connections: {
      drain() {
        connections.drain();
        sessions.drain();
      },
      cutOff: connections.cutOff,
    },
  };
}

/** Puts a listener in the place of the one that a new server has itself, and gives that one. */
function takeOver(server: Server, event: string, take: (socket: Socket) => void): (socket: Socket) => void {
  const [own] = server.listeners(event) as ((socket: Socket) => void)[];
  if (own === undefined) throw new Error(`node's server does not listen for ${event}`);
  server.off(event, own).on(event, take);
  return (socket) => own.call(server, socket);
}

function createPlain(limits: HttpLimits, { request }: ListenerHandlers): Server {
  return createServer(httpOptions(limits), request);
}

function createSecure(
  limits: HttpLimits,
  files: TlsFiles,
  options: ListenerOptions,
  handlers: ListenerHandlers,
): Server {
  const material = readTls(files);
  const server = createSecureServer(
    {
      ...httpOptions(limits),
      ...material,
      ALPNProtocols: options.http2.enabled ? ["h2", "http/1.1"] : ["http/1.1"],
      requestCert: files.clientCa !== null,
      rejectUnauthorized: files.clientCa !== null,
    },
    handlers.request,
  );
  // node:https takes them for errors of HTTP, but without a handshake there is no HTTP to answer in.
  server.removeAllListeners("tlsClientError").on("tlsClientError", (_error, socket) => socket.destroy());
  followTlsFiles(server, files, material, options.onTlsUnreadable);
  return server;
}

function httpOptions({ headers, url, requestTimeout }: HttpLimits): ServerOptions {
  return {
    headersTimeout: requestTimeout,
    // Bodies have a time limit of their own (read-body.ts), which those of streams do not have.
    requestTimeout: 0,
    keepAliveTimeout: KEEP_ALIVE,
    maxHeaderSize: headers + url,
    connectionsCheckingInterval: Math.max(1, Math.min(CHECK_INTERVAL, Math.floor(requestTimeout / 2))),
    // The handler looks for it: node:http's own answer has no body.
    requireHostHeader: false,
  };
}
