import type { IncomingHttpHeaders } from "node:http";
import { GatewayError } from "../../core/index.js";

/** The sub-protocol of streams over WebSocket; see docs/streams.md. */
export const PROTOCOL = "portico.v1+json";

/** Before the base64url of an Authorization header, for browsers, which can set no headers on a handshake. */
const AUTHORIZATION = "portico.authorization.";

/** The sub-protocols that a handshake offers (RFC 6455, 11.3.4), in order. */
function offered(headers: IncomingHttpHeaders): readonly string[] {
  const list = headers["sec-websocket-protocol"];
  return list === undefined ? [] : list.split(",").map((item) => item.trim());
}

/** Refuses a handshake that offers sub-protocols, but none that is spoken here. A handshake may offer none at all. */
export function checkProtocol(headers: IncomingHttpHeaders): GatewayError | null {
  const protocols = offered(headers);
  if (protocols.length === 0 || protocols.includes(PROTOCOL)) return null;
  return new GatewayError("GW_UPGRADE_INVALID", `cannot speak any of the sub-protocols offered: expected ${PROTOCOL}`);
}

/** The headers of a handshake as those of a request: without its own, with the authorization that a sub-protocol carries. */
export function requestHeaders(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const request: IncomingHttpHeaders = {};
  for (const [name, value] of Object.entries(headers)) {
    if (!name.startsWith("sec-websocket-")) request[name] = value;
  }
  const carried = offered(headers).find((item) => item.startsWith(AUTHORIZATION));
  if (carried !== undefined && request.authorization === undefined) {
    request.authorization = Buffer.from(carried.slice(AUTHORIZATION.length), "base64url").toString();
  }
  return request;
}
