/**
 * upstream: gRPC calls of bytes.
 *
 *   bytes ── Upstream.call / Upstream.stream ──> transport (grpc-js/ or http2/) ── HTTP/2 ──> service
 *
 * It knows targets, connections, TLS, deadlines and how calls end. It does not know messages, schemas or HTTP requests.
 */
export { createUpstream } from "./create-upstream.js";
export { isSendable } from "./sendable.js";
export { type Address, parseTarget, type Target } from "./target.js";
export type {
  Balancing,
  ByteStream,
  Call,
  CallOptions,
  StatusOrigin,
  StreamSink,
  UnaryEnd,
  Upstream,
  UpstreamKeepalive,
  UpstreamOptions,
  UpstreamRetry,
  UpstreamState,
  UpstreamTls,
} from "./types.js";
export { type Health, type HealthWatch, watchHealth } from "./watch-health.js";
