import { isBinaryName, type Metadata } from "../core/index.js";

/**
 * Names that the transport itself writes or that HTTP/2 forbids (RFC 9113 section 8.2.2), so that they can be no metadata
 * of a call. PROTOCOL-HTTP2.md of gRPC reserves the "grpc-" ones.
 */
const reserved: ReadonlySet<string> = new Set([
  "connection",
  "content-length",
  "content-type",
  "grpc-accept-encoding",
  "grpc-encoding",
  "grpc-message",
  "grpc-message-type",
  "grpc-retry-pushback-ms",
  "grpc-status",
  "grpc-status-details-bin",
  "grpc-timeout",
  "host",
  "http2-settings",
  "keep-alive",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "user-agent",
]);

const NAME = /^[0-9a-z_.-]+$/;
const ASCII_VALUE = /^[\x20-\x7e]*$/;
const BASE64_VALUE = /^[A-Za-z0-9+/]*={0,2}$/;

/**
 * Whether gRPC can carry an entry as metadata of a request: Header-Name and ASCII-Value of PROTOCOL-HTTP2.md, and no name
 * that the transport owns. Both transports leave out what it refuses, so a caller that must not lose an entry asks first.
 */
export function isSendable(name: string, value: string): boolean {
  return sendableValues(name)?.test(value) ?? false;
}

/** What the values of a name must look like; null for a name that cannot be sent at all. */
export function sendableValues(name: string): RegExp | null {
  if (reserved.has(name) || !NAME.test(name)) return null;
  return isBinaryName(name) ? BASE64_VALUE : ASCII_VALUE;
}

/** Whether a header or trailer of an answer is metadata of the service, and none of gRPC's or HTTP's own. */
export function isCustom(name: string): boolean {
  return !name.startsWith(":") && !name.startsWith("grpc-") && !reserved.has(name);
}

export const NO_METADATA: Metadata = [];
