import type { IncomingMessage } from "node:http";
import { GatewayError } from "../core/index.js";

/** Whether a request announces a body (RFC 9112, 6.3). */
export function announcesBody(request: IncomingMessage): boolean {
  const { headers } = request;
  return headers["transfer-encoding"] !== undefined || (headers["content-length"] ?? "0") !== "0";
}

/**
 * Reads a whole body and calls `done` once, with its bytes (null for an empty one) or with a refusal:
 * GW_BODY_TOO_LARGE as soon as the limit is passed or announced to be passed, GW_BODY_INCOMPLETE where the connection
 * ends first.
 */
export function readBody(
  request: IncomingMessage,
  limit: number,
  done: (body: Buffer | null, refusal: GatewayError | null) => void,
): void {
  if (Number(request.headers["content-length"] ?? 0) > limit) {
    done(null, tooLarge(limit));
    return;
  }
  const chunks: Buffer[] = [];
  let length = 0;
  const settle = (body: Buffer | null, refusal: GatewayError | null): void => {
    request.off("data", onData).off("end", onEnd).off("close", onClose);
    // Nothing more is read of a refused body; errors of a socket that goes away have no further meaning here.
    if (refusal !== null) request.on("error", () => request.destroy()).pause();
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
  request.on("data", onData).on("end", onEnd).on("close", onClose);
}

function tooLarge(limit: number): GatewayError {
  return new GatewayError("GW_BODY_TOO_LARGE", `cannot take the body: it is larger than ${limit} bytes`, {
    headers: { connection: "close" },
  });
}
