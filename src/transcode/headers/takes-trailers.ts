import type { IncomingRequest } from "../types.js";

/**
 * Whether a client reads HTTP trailers: TE says so (RFC 9110, 6.5.1), as proxies may drop them from anyone else; in HTTP/2 they
 * are a part of every message (RFC 9113, 8.1).
 */
export function takesTrailers({ headers, http2 }: Pick<IncomingRequest, "headers" | "http2">): boolean {
  if (http2) return true;
  const te = headers["te"];
  return te !== undefined && /(^|[,\s])trailers($|[,;\s])/i.test(String(te));
}
