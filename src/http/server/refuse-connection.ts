import { type IncomingMessage, type OutgoingMessage, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import { GatewayError, quoteValue } from "../../core/index.js";

/** What node:http says of a connection that it cannot read. */
export interface ConnectionError extends Error {
  readonly code?: string;
  /** The bytes that were being read when it went wrong. */
  readonly rawPacket?: unknown;
}

/** Why a connection is refused whose bytes are no request that node:http takes. */
export function reasonOf(error: ConnectionError, urlLimit: number): GatewayError {
  switch (error.code) {
    case "HPE_HEADER_OVERFLOW":
      return hasLongTarget(error.rawPacket, urlLimit)
        ? new GatewayError("GW_URL_TOO_LONG", `cannot take a URL of more than ${urlLimit} bytes`)
        : new GatewayError("GW_HEADERS_TOO_LARGE", "the request's headers are larger than the limit");
    case "ERR_HTTP_REQUEST_TIMEOUT":
      return new GatewayError("GW_REQUEST_TIMEOUT", "the request did not arrive in time");
    case "HPE_INVALID_EOF_STATE":
      return new GatewayError("GW_BODY_INCOMPLETE", "the connection ended before the request was complete");
    case "HPE_INVALID_METHOD": {
      const method = methodOf(error.rawPacket);
      if (method !== null) return unknownMethod(method);
      break;
    }
    default:
  }
  return new GatewayError("GW_REQUEST_MALFORMED", "the bytes on the connection are no HTTP/1.1 request", {
    cause: error,
  });
}

/** Whether these bytes begin with a request line whose target alone is over the limit. */
function hasLongTarget(packet: unknown, limit: number): boolean {
  const [, target] = /^[A-Z-]+ ([^ \r\n]*)/.exec(textOf(packet)) ?? [];
  return target !== undefined && target.length > limit;
}

/** The method of these bytes if they begin with a request line (RFC 9112, 3), else null: other protocols are no method. */
function methodOf(packet: unknown): string | null {
  const [, method] = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+) [^ \r\n]+ HTTP\/1\.[01]\r?\n/.exec(textOf(packet)) ?? [];
  return method ?? null;
}

function textOf(packet: unknown): string {
  return Buffer.isBuffer(packet) ? packet.toString("latin1") : "";
}

/** A method that is in no registry (RFC 9110, 16.1). */
export function unknownMethod(method: string): GatewayError {
  return new GatewayError(
    "GW_METHOD_UNKNOWN",
    `cannot take the method ${quoteValue(method)}: this server does not know it`,
  );
}

/** The reply that node:http is writing, or will write, to a connection. It has no public name for it. */
interface HttpConnection extends Duplex {
  readonly _httpMessage?: (OutgoingMessage & { readonly req: IncomingMessage }) | null;
}

const closing = new WeakSet<Duplex>();

/**
 * Refuses what cannot be read as a request. A reply that the connection still owes goes first: one that is complete keeps
 * its place (RFC 9112, 9.3.2), one that has begun cannot take back its status.
 */
export function refuseConnection(socket: HttpConnection, refuse: () => void): void {
  const reply = socket._httpMessage ?? null;
  if (!socket.writable || (reply?.headersSent === true && !reply.req.complete)) {
    socket.destroy();
  } else if (reply === null || !reply.req.complete) {
    refuse();
  } else if (!closing.has(socket)) {
    closing.add(socket);
    reply.once("finish", () => socket.end());
  }
}

/** Writes a whole reply to a connection without a request and closes it, as node:http does with its own. */
export function writeReply(socket: Duplex, status: number, headers: readonly string[], body: Uint8Array): void {
  const lines = [`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}`];
  for (let i = 0; i < headers.length; i += 2) lines.push(`${headers[i]}: ${headers[i + 1]}`);
  lines.push(`content-length: ${body.length}`, "connection: close", "", "");
  socket.end(Buffer.concat([Buffer.from(lines.join("\r\n")), body]));
}
