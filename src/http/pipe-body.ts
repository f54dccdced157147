import type { IncomingMessage, ServerResponse } from "node:http";
import { GatewayError } from "../core/index.js";
import type { StreamCall } from "../transcode/index.js";

/**
 * Milliseconds for which the rest of a body is still read and thrown away once the answer is out. Closing at once would
 * reset the connection under a client that is still sending, and the answer could be lost (RFC 9112, 9.6).
 */
const LINGER = 5_000;

/** Hands a body to a stream as it arrives, as fast as the upstream takes it. */
export function pipeBody(request: IncomingMessage, response: ServerResponse, call: StreamCall): void {
  let ended = false;
  request.on("data", (chunk: Buffer) => {
    if (!call.chunk(chunk)) request.pause();
  });
  request.on("end", () => {
    ended = true;
    call.bodyEnd();
  });
  request.on("close", () => {
    if (!ended)
      call.refuse(new GatewayError("GW_BODY_INCOMPLETE", "the connection ended before the body was complete"));
  });
  // The socket's end is told by "close"; without a listener node would throw.
  request.on("error", () => request.destroy());
  response.on("finish", () => {
    if (ended) return;
    request.resume();
    const lingering = setTimeout(() => request.destroy(), LINGER).unref();
    request.on("close", () => clearTimeout(lingering));
  });
}
