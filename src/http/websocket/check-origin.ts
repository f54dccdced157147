import type { IncomingHttpHeaders } from "node:http";
import { GatewayError, quoteValue } from "../../core/index.js";

/**
 * Refuses a handshake from a page of another origin (RFC 6455, 10.2): browsers send cookies and whatever else they have
 * with it, and no CORS check keeps a page from reading the answer. Clients that are no browsers send no Origin.
 */
export function checkOrigin(headers: IncomingHttpHeaders, allowed: readonly string[]): GatewayError | null {
  const { origin } = headers;
  if (origin === undefined || allowed.includes("*") || allowed.includes(origin)) return null;
  if (hostOf(origin) === headers.host?.toLowerCase()) return null;
  return new GatewayError("GW_ORIGIN_FORBIDDEN", `cannot connect a page of the origin ${quoteValue(origin)}`);
}

/** Host and port as a browser writes them in Host: default ports left out. */
function hostOf(origin: string): string | null {
  return URL.canParse(origin) ? new URL(origin).host : null;
}
