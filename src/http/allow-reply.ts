import { Code } from "../core/index.js";
import type { OutgoingReply } from "../transcode/index.js";

const EMPTY = Buffer.alloc(0);

/** The answer to OPTIONS on a path whose rules have no such method (RFC 9110, 9.3.7): 204 with Allow, no call made. */
export function allowReply(allow: readonly string[]): OutgoingReply {
  const methods = allow.includes("OPTIONS") ? allow : [...allow, "OPTIONS"].sort();
  return {
    status: 204,
    headers: ["allow", methods.join(", ")],
    body: EMPTY,
    trailers: null,
    grpcCode: Code.OK,
    error: null,
  };
}
