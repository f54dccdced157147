import type { IncomingMessage } from "node:http";
import { GatewayError } from "../core/index.js";
import type { HttpLimits } from "./types.js";

/** `: ` and the line break of a header field. */
const FIELD_OVERHEAD = 4;
const COLON = 0x3a;

/**
 * Why a request's head is refused: its target or its headers are over a limit, or Host is not as it must be (RFC 9112,
 * 3.2: exactly one in HTTP/1.1). Null for nothing.
 */
export function checkHead(request: IncomingMessage, limits: HttpLimits): GatewayError | null {
  const { rawHeaders } = request;
  if ((request.url ?? "").length > limits.url) {
    return new GatewayError("GW_URL_TOO_LONG", `cannot take a URL of more than ${limits.url} bytes`);
  }
  let bytes = 0;
  let hosts = 0;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] ?? "";
    // The request line of HTTP/2 (RFC 9113, 8.3.1).
    if (name.charCodeAt(0) === COLON) continue;
    bytes += name.length + (rawHeaders[i + 1] ?? "").length + FIELD_OVERHEAD;
    if (name.length === 4 && name.toLowerCase() === "host") hosts++;
  }
  if (bytes > limits.headers) {
    return new GatewayError("GW_HEADERS_TOO_LARGE", `cannot take headers of more than ${limits.headers} bytes`);
  }
  if (hosts !== 1 && (hosts > 1 || request.httpVersion === "1.1")) {
    return new GatewayError("GW_REQUEST_MALFORMED", `expected one Host header, got ${hosts}`);
  }
  return null;
}
