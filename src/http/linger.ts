import type { IncomingMessage, ServerResponse } from "node:http";
import { http2StreamOf, stopBody } from "./http2-stream.js";

/**
 * Milliseconds for which the rest of a body is still read and thrown away once the answer is out. Closing at once would
 * reset the connection under a client that is still sending, and the answer could be lost (RFC 9112, 9.6).
 */
const LINGER = 5_000;

/** Bounds what is read of a body after its answer. */
export function linger(request: IncomingMessage, response: ServerResponse): void {
  // A response of node:http2 has "finish" only when the body has ended as well; its stream when the answer is out.
  (http2StreamOf(response) ?? response).on("finish", () => {
    if (request.complete) return;
    request.resume();
    const timer = setTimeout(() => stopBody(request), LINGER).unref();
    request.on("close", () => clearTimeout(timer));
  });
}
