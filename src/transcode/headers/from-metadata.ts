import type { Metadata } from "../../core/index.js";
import type { HeaderOptions } from "../types.js";
import { compilePatterns } from "./patterns.js";

/** Metadata that become response headers of the same name: what REST clients and caches look for. */
const PLAIN = [
  "cache-control",
  "content-disposition",
  "content-language",
  "deprecation",
  "etag",
  "expires",
  "last-modified",
  "link",
  "location",
  "ratelimit*",
  "retry-after",
  "sunset",
  "vary",
  "www-authenticate",
  "x-ratelimit-*",
];

/** Never a header: gRPC's own, hop-by-hop fields (RFC 9110, 7.6.1), and what this server says for itself. */
const NEVER = new Set([
  "accept-encoding",
  "connection",
  "content-encoding",
  "content-length",
  "content-type",
  "date",
  "keep-alive",
  "proxy-connection",
  "server",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "user-agent",
  "x-request-id",
]);

/** What gRPC allows as a name (gRPC over HTTP/2, "Custom-Metadata"); anything else would make node:http throw. */
const NAME = /^[0-9a-z_.-]+$/;

/** Metadata → headers or trailers; what is not plain gets the prefix. Appends name, value, … to `out`. */
export type FromMetadata = (metadata: Metadata, prefix: "grpc-metadata-" | "grpc-trailer-", out: string[]) => void;

/** Compiles the policy for metadata → headers. Values of "-bin" names stay base64. */
export function compileFromMetadata(options: HeaderOptions): FromMetadata {
  const plain = compilePatterns([...PLAIN, ...options.fromMetadata]);
  return (metadata, prefix, out) => {
    for (let i = 0; i < metadata.length; i += 2) {
      const name = metadata[i] ?? "";
      if (NEVER.has(name) || name.startsWith("grpc-") || !NAME.test(name)) continue;
      out.push(prefix === "grpc-metadata-" && plain(name) ? name : prefix + name, metadata[i + 1] ?? "");
    }
  };
}
