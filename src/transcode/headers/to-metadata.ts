import { GatewayError, isBinaryName, type Metadata, quoteValue } from "../../core/index.js";
import type { HeaderOptions, Headers, IncomingRequest } from "../types.js";
import { compilePatterns } from "./patterns.js";

/** Headers that become metadata of the same name without being asked for. */
const ALWAYS = ["authorization", "accept-language", "traceparent", "tracestate", "baggage", "last-event-id"];

/** Prefix of headers that become metadata under the rest of their name (grpc-gateway's convention). */
const PREFIX = "grpc-metadata-";

/**
 * Never metadata, whatever the configuration: the request line of HTTP/2, hop-by-hop fields (RFC 9110, 7.6.1), fields
 * about this hop's body, and the names that gRPC keeps for itself. Those with a handling of their own below are here too.
 */
const NEVER = new Set([
  ":authority",
  ":method",
  ":path",
  ":scheme",
  "accept-encoding",
  "connection",
  "content-encoding",
  "content-length",
  "content-type",
  "cookie",
  "expect",
  "host",
  "http2-settings",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "user-agent",
  "x-forwarded-for",
  "x-forwarded-host",
  "x-forwarded-proto",
  "x-server-timeout",
]);

/** The metadata names that gRPC allows (gRPC over HTTP/2, "Custom-Metadata"). */
const NAME = /^[0-9a-z_.-]+$/;

/** Printable ASCII, the values that gRPC allows outside "-bin". */
const VALUE = /^[\x20-\x7e]*$/;

/** RFC 4648 base64, standard or URL-safe, padding optional. */
const BASE64 = /^[A-Za-z0-9+/_-]*={0,2}$/;

/**
 * Compiles the policy for headers → metadata; the request id goes under its own header's name. A header with a value that
 * metadata cannot carry is left out, as grpc-gateway does; the call goes through.
 * The compiled function throws GatewayError GW_HEADER_INVALID for a "-bin" header that is not base64.
 */
export function compileToMetadata(
  options: HeaderOptions,
  requestIdHeader: string,
): (request: IncomingRequest) => Metadata {
  const wanted = compilePatterns([...ALWAYS, ...options.toMetadata]);
  const forwardedOther = options.forwarded ? "x-forwarded-" : null;

  return (request) => {
    const { headers } = request;
    const out: string[] = [];
    for (const name in headers) {
      if (NEVER.has(name) || name === requestIdHeader) continue;
      if (wanted(name) || (forwardedOther !== null && name.startsWith(forwardedOther))) {
        if (!name.startsWith("grpc-")) append(out, name, headers[name]);
      } else if (name.startsWith(PREFIX)) {
        appendPrefixed(out, name, request.rawHeaders);
      }
    }
    if (headers["user-agent"] !== undefined) append(out, "x-user-agent", headers["user-agent"]);
    if (options.cookies && headers["cookie"] !== undefined) append(out, "cookie", headers["cookie"]);
    if (options.forwarded) appendForwarded(out, headers, request);
    out.push(requestIdHeader, request.requestId);
    return out;
  };
}

function append(out: string[], name: string, value: string | readonly string[] | undefined): void {
  if (typeof value === "string") appendOne(out, name, value);
  else if (value !== undefined) for (const one of value) appendOne(out, name, one);
}

function appendOne(out: string[], name: string, value: string): void {
  if (isBinaryName(name)) appendBinary(out, name, value);
  else if (VALUE.test(value)) out.push(name, value);
}

/** node:http joins repeated headers; their values are taken apart again from the raw list, in their order. */
function appendPrefixed(out: string[], header: string, rawHeaders: readonly string[]): void {
  const name = header.slice(PREFIX.length);
  if (!NAME.test(name) || name.startsWith("grpc-") || NEVER.has(name)) return;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    if (rawHeaders[i]?.toLowerCase() === header) appendOne(out, name, rawHeaders[i + 1] ?? "");
  }
}

/** A "-bin" header may hold several values, separated by commas (gRPC over HTTP/2, "Binary-Header"). */
function appendBinary(out: string[], name: string, values: string): void {
  for (const value of values.split(",")) {
    const text = value.trim();
    if (!BASE64.test(text) || text.replace(/=+$/, "").length % 4 === 1) {
      throw new GatewayError(
        "GW_HEADER_INVALID",
        `cannot read header ${name}: expected base64, got ${quoteValue(text)}`,
      );
    }
    out.push(name, Buffer.from(text, "base64").toString("base64"));
  }
}

/** This hop completes what proxies before it have said (the de-facto X-Forwarded-* convention). */
function appendForwarded(out: string[], headers: Headers, request: IncomingRequest): void {
  // On a Unix socket a client has no address.
  const addresses = [headers["x-forwarded-for"] ?? "", request.remoteAddress].filter((address) => address !== "");
  if (addresses.length > 0) appendOne(out, "x-forwarded-for", addresses.join(", "));
  const host = headers["x-forwarded-host"] ?? headers["host"] ?? headers[":authority"];
  if (host !== undefined) append(out, "x-forwarded-host", host);
  append(out, "x-forwarded-proto", headers["x-forwarded-proto"] ?? (request.secure ? "https" : "http"));
}
