import type { IncomingMessage } from "node:http";
import { GatewayError } from "../core/index.js";
import type { StreamCall } from "../transcode/index.js";

/** Hands a body to a stream as it arrives, as fast as the upstream takes it. */
export function pipeBody(request: IncomingMessage, call: StreamCall): void {
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
}
