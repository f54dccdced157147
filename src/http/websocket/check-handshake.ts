import type { IncomingHttpHeaders } from "node:http";
import { GatewayError } from "../../core/index.js";

/** Sixteen bytes in base64 (RFC 6455, 4.1). */
const KEY = /^[+/0-9A-Za-z]{22}==$/;

/** Refuses a handshake that is none by its own headers (RFC 6455, 4.2.1), in the format of every other error. */
export function checkHandshake(headers: IncomingHttpHeaders): GatewayError | null {
  if (headers["sec-websocket-version"] !== "13") {
    return new GatewayError("GW_UPGRADE_INVALID", "cannot speak this version of WebSocket: expected version 13", {
      headers: { "sec-websocket-version": "13" },
    });
  }
  if (KEY.test(headers["sec-websocket-key"] ?? "")) return null;
  return new GatewayError("GW_UPGRADE_INVALID", "expected a Sec-WebSocket-Key of 16 bytes in base64");
}
