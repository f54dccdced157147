import type { IncomingMessage, ServerResponse } from "node:http";
import { constants, type ServerHttp2Stream } from "node:http2";

/**
 * The HTTP/2 stream of a request or a reply; null over HTTP/1.1. Fastify's types know node:http alone; node:http2's own have
 * this beside what both have.
 */
export function http2StreamOf(raw: IncomingMessage | ServerResponse): ServerHttp2Stream | null {
  return "stream" in raw ? (raw.stream as ServerHttp2Stream) : null;
}

/** Whether a reply that has been closed did not reach its client whole. */
export function wasCutShort(raw: ServerResponse): boolean {
  const stream = http2StreamOf(raw);
  if (stream === null) return !raw.writableFinished;
  // node:http2 finishes a stream that is reset as well; its code tells.
  return !raw.writableEnded || stream.rstCode !== constants.NGHTTP2_NO_ERROR;
}

/** Breaks a reply off, so that its client sees that it is not whole. */
export function breakOff(raw: ServerResponse): void {
  const stream = http2StreamOf(raw);
  if (stream === null) raw.destroy();
  else stream.close(constants.NGHTTP2_INTERNAL_ERROR);
}

/** Ends what a client still sends of a body: by its connection, or in HTTP/2 by the stream alone (RFC 9113, 8.1). */
export function stopBody(request: IncomingMessage): void {
  const stream = http2StreamOf(request);
  if (stream === null) request.destroy();
  else stream.close(constants.NGHTTP2_NO_ERROR);
}
