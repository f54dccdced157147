import type { Metadata, RpcStatus } from "../core/index.js";

/** One call, told apart from its bytes. */
export interface CallOptions {
  /** "/pkg.Service/Method". */
  readonly path: string;
  readonly metadata: Metadata;
  /** When the call must have ended, in milliseconds since the epoch; Infinity for no deadline. */
  readonly deadline: number;
  /** A call of the gateway's own, which maxOpenCalls neither counts nor refuses; it carries `ownMetadata`. */
  readonly uncounted?: true;
}

/** How a unary call ended. With status OK `message` is the reply's bytes; else it is null. */
export interface UnaryEnd {
  readonly status: RpcStatus;
  /** The taker's own; large ones are lent (see lendBuffer), for the taker to give back. */
  readonly message: Uint8Array | null;
  /** Initial metadata; empty for a trailers-only answer. */
  readonly header: Metadata;
  readonly trailer: Metadata;
  /**
   * Who made the status: the upstream, or this side of the connection (no connection, deadline passed, cancelled, the
   * answer breaks gRPC or a limit). A status that is made here may name addresses, so its message is for the log only.
   */
  readonly origin: StatusOrigin;
  /** The upstream's grpc-retry-pushback-ms: after so many milliseconds it may be asked again, negative for never. */
  readonly pushback?: number;
}

/**
 * upstream: the service, by grpc-status. All others are this side's:
 * connection: no connection, a lost one, a stream that the upstream reset, an HTTP error that speaks of a passing state
 *   (429, 502, 503, 504); the code is UNAVAILABLE but where RST_STREAM's table has another;
 * deadline, cancelled: by the caller's own word, whoever noticed first;
 * protocol: the answer breaks gRPC or HTTP/2, or is an answer of HTTP without grpc-status (the code is then the one of
 *   gRPC's http-grpc-status-mapping.md);
 * limit: a message or the headers are larger than allowed;
 * overload: maxOpenCalls are open or maxPendingCalls wait, so that nothing was sent; the code is UNAVAILABLE.
 */
export type StatusOrigin = "upstream" | "connection" | "deadline" | "cancelled" | "protocol" | "limit" | "overload";

/** A call under way. */
export interface Call {
  /** Ends the call at once (RST_STREAM CANCEL); `end` is still called, once. Harmless after the end. */
  cancel(): void;
}

/** What a stream tells its caller. Never called before `stream` has returned. */
export interface StreamSink {
  header(metadata: Metadata): void;
  /** The bytes are the sink's own; large ones are lent (see lendBuffer), for the sink to give back. */
  message(bytes: Uint8Array): void;
  /** Room for more after a `write` that answered false. */
  drain(): void;
  /** Once, last. `pushback` as in UnaryEnd. */
  end(status: RpcStatus, trailer: Metadata, origin: StatusOrigin, pushback?: number): void;
}

/** A streaming call of byte messages, with backpressure both ways. */
export interface ByteStream extends Call {
  /** Sends a message. False: hold back until the sink's `drain`. */
  write(bytes: Uint8Array): boolean;
  /** No more messages from this side. */
  closeSend(): void;
  /** Stops, and goes on with, the delivery of messages; flow control reaches the upstream. */
  pause(): void;
  resume(): void;
}

export type UpstreamState = "idle" | "connecting" | "ready" | "failing" | "closed";

/** A named upstream. Every transport is one of these; every test of the room runs on every transport. */
export interface Upstream {
  /**
   * Makes a unary call. Never throws; `end` is called once, never before `call` has returned.
   */
  call(request: Uint8Array, options: CallOptions, end: (end: UnaryEnd) => void): Call;
  /** Opens a streaming call of any of the three streaming kinds. Never throws. */
  stream(options: CallOptions, sink: StreamSink): ByteStream;
  state(): UpstreamState;
  /** Starts connecting without a call. */
  connect(): void;
  /** Lets the calls under way finish, until `deadline` (ms since the epoch), then cancels them. */
  close(deadline: number): Promise<void>;
}

/** TLS towards the upstream; files are PEM. */
export interface UpstreamTls {
  /** Path of the CA file; null for the system's. */
  readonly ca: string | null;
  readonly cert: string | null;
  readonly key: string | null;
  /** The name that the certificate must have; null for the target's host. */
  readonly serverName: string | null;
  /** The oldest version that is spoken; TLS 1.2 if left out. */
  readonly minVersion?: "TLSv1.2" | "TLSv1.3";
}

/**
 * least_request: the less busy of two taken at random; round_robin: one after the other; pick_first: one address, the next
 * ones only when it fails.
 */
export type Balancing = "least_request" | "round_robin" | "pick_first";

/** PING on a connection, in gRPC's terms (A8); servers end connections that ask more often than they allow. */
export interface UpstreamKeepalive {
  /** Milliseconds without a byte after which the upstream is asked. */
  readonly time: number;
  /** Milliseconds within which it must answer. */
  readonly timeout: number;
  /** Also while no call is open. */
  readonly permitWithoutCalls: boolean;
}

/** Which calls are made again, in gRPC's terms (A6). Streams only until something of their answer is there. */
export interface UpstreamRetry {
  /** Codes after which a call is made again, also when this side made them. Only for calls that may be repeated. */
  readonly codes: readonly number[];
  /** Attempts in all, the first included. */
  readonly attempts: number;
  /** Milliseconds before the second attempt; each further pause is twice as long, at random between 0.8 and 1.2 times. */
  readonly initialBackoff: number;
  /** The longest pause in milliseconds. */
  readonly maxBackoff: number;
  /**
   * Milliseconds that one attempt of a unary call may take, counted as DEADLINE_EXCEEDED beyond; Infinity for the call's
   * deadline only.
   */
  readonly perTryTimeout: number;
  /** What ends retries while the upstream fails much; DEFAULT_BUDGET if left out. */
  readonly budget?: RetryBudget;
  /** The calls (their CallOptions.path) that may be made again; all if left out. */
  readonly paths?: ReadonlySet<string>;
}

/** The throttle of gRPC's A6: a failed attempt takes a token; with half of them or fewer left there are no retries. */
export interface RetryBudget {
  readonly tokens: number;
  /** Tokens that a call that succeeds gives back. */
  readonly ratio: number;
}

/** When one of several addresses gets no calls for a while, though its connection is open. The http2 transport has it. */
export interface UpstreamOutliers {
  /** Calls in a row that end as UNAVAILABLE, or by their deadline without a byte from the address since they began. */
  readonly consecutiveFailures: number;
  /** Milliseconds without calls; the n-th time in a row n times as long, up to ten times. */
  readonly ejection: number;
  /** The most that may be left out at a time, as a share of all addresses, 0 to 1; one address always stays. */
  readonly maxShare: number;
}

/**
 * What becomes of an upstream, told when it changes and never for a single call. `address` is null where it is about the
 * target as a whole: a name that does not resolve, and all that grpc-js tells. Causes name addresses: they are for the log.
 *
 * connected: a connection is open, after none was;
 * renewed: a connection took the place of one that ended, without an attempt that failed in between: a server behind it may
 *   be another, or a later version of it;
 * failing: no connection can be made; again when the cause changes, not at each attempt;
 * ejected, returned: the address gets no calls because of its failures, and then some again;
 * tls_unreadable: TLS files that changed cannot be used; those read before stay in use.
 */
export type UpstreamEvent =
  | { readonly kind: "connected"; readonly address: string | null }
  | { readonly kind: "renewed"; readonly address: string | null }
  | { readonly kind: "failing"; readonly address: string | null; readonly cause: string }
  | { readonly kind: "ejected"; readonly address: string }
  | { readonly kind: "returned"; readonly address: string }
  | { readonly kind: "tls_unreadable"; readonly cause: string };

/** What an upstream is made of. */
export interface UpstreamOptions {
  /** "host:port", "dns:///host:port", "unix:/path", "ipv4:a:1,b:2", "ipv6:[::1]:1". */
  readonly target: string;
  readonly transport: "http2" | "grpc-js";
  /** null: cleartext HTTP/2 with prior knowledge. */
  readonly tls: UpstreamTls | null;
  /** Largest reply message in bytes. */
  readonly maxReplyBytes: number;
  /** How calls are spread over several addresses; least_request if left out. grpc-js has round_robin for it. */
  readonly balancing?: Balancing;
  /** Calls made again; none if left out. */
  readonly retry?: UpstreamRetry;
  /** Calls open at a time, waiting ones included; those beyond end as UNAVAILABLE at once. No limit if left out. */
  readonly maxOpenCalls?: number;
  /**
   * Calls that wait for a connection at a time, because none is there yet or all are full; those beyond end as UNAVAILABLE
   * at once. No limit if left out. grpc-js counts those that began since the upstream's last byte.
   */
  readonly maxPendingCalls?: number;
  /** Milliseconds for a socket (but on grpc-js), TLS and the upstream's SETTINGS together; 5000 if left out. */
  readonly connectTimeout?: number;
  /** Milliseconds after which a name is resolved again; 30,000 if left out. */
  readonly dnsRefresh?: number;
  /** Addresses left out for a while; none if left out. */
  readonly outliers?: UpstreamOutliers;
  /** How requests are compressed; identity if left out. Replies may come in gzip whatever this says. */
  readonly compression?: "identity" | "gzip";
  /** Questions on quiet connections; if left out, only when a call ran out of time without a byte from the upstream. */
  readonly keepalive?: UpstreamKeepalive;
  /** What goes with each call of the gateway's own, asked when it begins; nothing if left out. */
  readonly ownMetadata?: () => Metadata;
  /** Told what becomes of it; must not throw. Nobody if left out. */
  readonly onEvent?: (event: UpstreamEvent) => void;
}
