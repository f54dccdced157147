/**
 * upstream: gRPC calls of bytes.
 *
 *   bytes ── Upstream.call / Upstream.stream
 *     ─> with-limit (open calls) ─> with-own-metadata ─> with-retries (by policy)     where configured
 *     ─> a transport: http2/ (this room's own client) or grpc-js/ (@grpc/grpc-js)
 *          http2: resolver ─> endpoints, one an address ─> connections ─> streams
 *          grpc-js: the same resolver ─> a channel, on sockets that this room makes ready
 *     ── HTTP/2 ──> service
 *   and back: header, messages, and one end with its status and who made it
 *
 * A status with an origin other than "upstream" was made here; its message may name addresses and is for the log only.
 * The same tests run on both transports (test/upstream), so that they may be exchanged in the configuration.
 *
 *   http2/hpack     RFC 7541: tables, Huffman code, encoder, decoder
 *   http2/frame-reader, receiver, sender, output     RFC 9113: frames in, what they mean, frames out in one write a turn
 *   http2/connection, calls, stream-ring, resets, keepalive, flood-guard     one connection, its calls, its limits
 *   http2/calls, handshake, resets, reset-budget     what a connection has open, waits for at its beginning, may reset
 *   http2/rpc-stream, unary-stream, duplex-stream, message-reader, rpc-end     one call: messages, deadline, status
 *   http2/endpoint, balancer, ejection, http2-upstream     the pool
 *
 * It knows targets, connections, TLS, deadlines and how calls end. It does not know messages, schemas or HTTP requests; it
 * logs nothing (`onEvent` tells what there is to log), and keeps no statistics. What only the http2 transport has: outlier
 * ejection, least_request, further connections beyond the upstream's limit of streams, a budget of resets.
 */
export { createUpstream } from "./create-upstream.js";
export { isSendable } from "./sendable.js";
export { type Address, parseTarget, type Target } from "./target.js";
export type {
  Balancing,
  ByteStream,
  Call,
  CallOptions,
  RetryBudget,
  StatusOrigin,
  StreamSink,
  UnaryEnd,
  Upstream,
  UpstreamEvent,
  UpstreamKeepalive,
  UpstreamOptions,
  UpstreamOutliers,
  UpstreamRetry,
  UpstreamState,
  UpstreamTls,
} from "./types.js";
export { type Health, type HealthWatch, watchHealth } from "./watch-health.js";
