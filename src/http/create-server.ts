import { STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import { type FastifyInstance, type FastifyReply, fastify } from "fastify";
import { GatewayError } from "../core/index.js";
import type { ErrorReplies } from "../transcode/index.js";
import { sendReply } from "./send-reply.js";

export interface ServerOptions {
  /** Bytes of the header section and the request line together. */
  readonly maxHeaderBytes: number;
  /** Milliseconds for a whole request to arrive. */
  readonly requestTimeout: number;
  /** For requests that never become one: they have no route and no headers. */
  readonly errors: () => ErrorReplies;
}

/**
 * The gateway's own Fastify server. What node:http refuses before a request exists (431, 408, 400) answers in the same
 * error format as everything else.
 */
export function createServer(options: ServerOptions): FastifyInstance {
  return fastify({
    logger: false,
    // Request ids are the exchange's; Fastify need not make a second one.
    genReqId: () => "",
    requestTimeout: options.requestTimeout,
    // Draining is told by Connection: close on each reply; a request that still arrives is served.
    return503OnClosing: false,
    routerOptions: { maxParamLength: Number.MAX_SAFE_INTEGER },
    http: { maxHeaderSize: options.maxHeaderBytes },
    clientErrorHandler(error, socket) {
      refuseConnection(socket, reasonOf(error), options.errors());
    },
    frameworkErrors(_error, _request, reply) {
      const refusal = new GatewayError("GW_URL_MALFORMED", "the path has a malformed percent escape");
      // The hook's reply is generic over every route's types; a refusal has no route.
      sendReply(reply as unknown as FastifyReply, options.errors().ofGateway(refusal, {}));
    },
  });
}

function reasonOf(error: Error & { readonly code?: string }): GatewayError {
  switch (error.code) {
    case "HPE_HEADER_OVERFLOW":
      return new GatewayError("GW_HEADERS_TOO_LARGE", "the request's headers are larger than the limit");
    case "ERR_HTTP_REQUEST_TIMEOUT":
      return new GatewayError("GW_REQUEST_TIMEOUT", "the request did not arrive in time");
    default:
      return new GatewayError("GW_REQUEST_MALFORMED", "the bytes on the connection are no HTTP/1.1 request", {
        cause: error,
      });
  }
}

/** Writes a whole reply to a connection without a request and closes it, as node:http does with its own. */
function refuseConnection(socket: Duplex, refusal: GatewayError, errors: ErrorReplies): void {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const { status, headers, body } = errors.ofGateway(refusal, {});
  const lines = [`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}`];
  for (let i = 0; i < headers.length; i += 2) lines.push(`${headers[i]}: ${headers[i + 1]}`);
  lines.push(`content-length: ${body.length}`, "connection: close", "", "");
  socket.end(Buffer.concat([Buffer.from(lines.join("\r\n")), body]));
}
