import type { Headers } from "../types.js";

/** Whether a client reads HTTP trailers: TE says so (RFC 9110, 6.5.1); proxies may drop them from anyone else. */
export function takesTrailers(headers: Headers): boolean {
  const te = headers["te"];
  return te !== undefined && /(^|[,\s])trailers($|[,;\s])/i.test(String(te));
}
