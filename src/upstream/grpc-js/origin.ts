import type { StatusObject } from "@grpc/grpc-js";
import { Code } from "../../core/index.js";
import type { StatusOrigin } from "../types.js";

/**
 * Texts of the statuses that grpc-js 1.14 makes by itself once an answer has begun (subchannel-call.ts, resolving-call.ts,
 * compression-filter.ts). It hands them over in the shape of the upstream's own, so that only the text tells them apart.
 * An upstream that sends one of these texts is taken for this side, which withholds a message and nothing more.
 */
const localTexts: readonly (readonly [RegExp, StatusOrigin])[] = [
  [/^Deadline exceeded(?: after |$)/, "deadline"],
  [/^Received message (?:larger than max|that decompresses to a size larger)/, "limit"],
  [/^Received HTTP status code (?:429|502|503|504)$/, "connection"],
  [/^Received HTTP status code \d+$/, "protocol"],
  [/^No status information received$/, "protocol"],
  [/^Failed to decompress /, "protocol"],
  [/^Received message with unsupported compression|^Received compressed message/, "protocol"],
  [/^Received RST_STREAM with code 0 /, "protocol"],
  [/^Received RST_STREAM with code /, "connection"],
  [/^(?:Connection dropped|Call cancelled|Stream refused by server|Protocol not secure enough)$/, "connection"],
  [/^Bandwidth exhausted or memory limit exceeded$/, "connection"],
  [/^(?:Write error: |Write failed with error |Failed to start HTTP\/2 stream |read E|write E)/, "connection"],
];

/**
 * Who made a status that grpc-js reports. Before any answer it cannot be the upstream's unless it carries the content-type
 * of a trailers-only answer (every gRPC answer has one); after it, its text decides.
 */
export function originOf(status: StatusObject, headerSeen: boolean): StatusOrigin {
  for (const [text, origin] of localTexts) {
    if (text.test(status.details)) return origin;
  }
  if (headerSeen || status.metadata.get("content-type").length > 0) return "upstream";
  return status.code === Code.DEADLINE_EXCEEDED ? "deadline" : "connection";
}
