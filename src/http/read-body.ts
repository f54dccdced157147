import type { IncomingMessage } from "node:http";
import { GatewayError } from "../core/index.js";
import { http2StreamOf, stopBody } from "./http2-stream.js";

/** Whether a request announces a body (RFC 9112, 6.3; RFC 9113, 8.1). */
export function announcesBody(request: IncomingMessage): boolean {
  const stream = request.httpVersionMajor === 2 ? http2StreamOf(request) : null;
  if (stream !== null) return !stream.endAfterHeaders;
  const { headers } = request;
  return headers["transfer-encoding"] !== undefined || (headers["content-length"] ?? "0") !== "0";
}

/**
 * Reads a whole body and calls `done` once, with its bytes (null for an empty one) or with a refusal:
 * GW_BODY_TOO_LARGE as soon as the limit is passed or announced to be passed, GW_REQUEST_TIMEOUT where it takes longer
 * than the time limit, GW_BODY_INCOMPLETE where the connection ends first.
 */
export function readBody(
  request: IncomingMessage,
  limits: { readonly body: number; readonly requestTimeout: number },
  done: (body: Buffer | null, refusal: GatewayError | null) => void,
): void {
  const limit = limits.body;
  if (Number(request.headers["content-length"] ?? 0) > limit) {
    discard(request);
    done(null, tooLarge(limit));
    return;
  }
  const chunks: Buffer[] = [];
  let length = 0;
  const settle = (body: Buffer | null, refusal: GatewayError | null): void => {
    clearTimeout(tooSlow);
    request.off("data", onData).off("end", onEnd).off("close", onClose);
    if (refusal !== null) discard(request);
    done(body, refusal);
  };
  const onData = (chunk: Buffer): void => {
    length += chunk.length;
    if (length > limit) settle(null, tooLarge(limit));
    else chunks.push(chunk);
  };
  const onEnd = (): void => {
    if (length === 0) settle(null, null);
    else settle(chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks, length), null);
  };
  const onClose = (): void => {
    settle(null, new GatewayError("GW_BODY_INCOMPLETE", "the connection ended before the body was complete"));
  };
  const tooSlow = setTimeout(() => {
    settle(null, late(request));
  }, limits.requestTimeout).unref();
  request.on("data", onData).on("end", onEnd).on("close", onClose);
}

function late(request: IncomingMessage): GatewayError {
  const text = "the request did not arrive in time";
  // HTTP/2 ends the stream alone, and has no such header (RFC 9113, 8.2.2).
  if (request.httpVersionMajor === 2) return new GatewayError("GW_REQUEST_TIMEOUT", text);
  return new GatewayError("GW_REQUEST_TIMEOUT", text, { headers: { connection: "close" } });
}

function tooLarge(limit: number): GatewayError {
  return new GatewayError("GW_BODY_TOO_LARGE", `cannot take the body: it is larger than ${limit} bytes`);
}

/** Milliseconds for which the rest of a refused body is read, as nginx's lingering_timeout. */
const LINGER = 5_000;

/**
 * Throws away the rest of a refused body. A connection that is closed while its client still sends is reset, and the client
 * may then never see the refusal (RFC 9112, 9.6); one that does not come to an end is closed all the same.
 */
function discard(request: IncomingMessage): void {
  const timer = setTimeout(() => stopBody(request), LINGER).unref();
  request
    .on("close", () => clearTimeout(timer))
    // A socket that goes away; "close" follows.
    .on("error", () => request.destroy())
    .resume();
}
