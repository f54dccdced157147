import { Code } from "../../core/index.js";
import { closedStatus, localEnd } from "../ends.js";
import { type Lookup, Resolver, type ResolverSink } from "../resolver.js";
import { NO_METADATA } from "../sendable.js";
import { type Address, printAddress, type Target } from "../target.js";
import type { SocketTls, TlsSource } from "../tls-source.js";
import type {
  Balancing,
  ByteStream,
  Call,
  CallOptions,
  StreamSink,
  UnaryEnd,
  Upstream,
  UpstreamEvent,
  UpstreamOutliers,
  UpstreamState,
} from "../types.js";
import { AddressTurns } from "./address-turns.js";
import { type Choose, createBalancer } from "./balancer.js";
import type { Http2Connection } from "./connection.js";
import type { ConnectionOptions } from "./connection-owner.js";
import { DeadlineWheel } from "./deadline-wheel.js";
import { DuplexStream } from "./duplex-stream.js";
import { Endpoint } from "./endpoint.js";
import type { EndpointOwner } from "./endpoint-owner.js";
import { IdleLatch } from "./idle-latch.js";
import { localRpcEnd, type RpcEnd } from "./rpc-end.js";
import type { RpcStream, StreamOwner } from "./rpc-stream.js";
import { StreamQueue } from "./stream-queue.js";
import { UnaryStream } from "./unary-stream.js";

export interface Http2UpstreamOptions {
  readonly target: Target;
  readonly tls: TlsSource | null;
  readonly maxReplyBytes: number;
  readonly balancing: Balancing;
  readonly lookup: Lookup;
  /** Milliseconds after which a name is resolved again. */
  readonly dnsRefresh: number;
  readonly connection: ConnectionOptions;
  readonly outliers: UpstreamOutliers | null;
  readonly maxPendingCalls: number;
  readonly onEvent: (event: UpstreamEvent) => void;
}

/**
 * An upstream on this room's own HTTP/2 connections.
 *
 *   call ─> pick a ready endpoint ─> a connection with room ─> its stream
 *             └ none is ready: wait in the queue while one is connecting, else end as unavailable at once
 */
export class Http2Upstream implements Upstream, StreamOwner, EndpointOwner, ResolverSink {
  readonly wheel = new DeadlineWheel();
  readonly maxReplyBytes: number;
  readonly compresses: boolean;
  readonly connectionOptions: ConnectionOptions;
  readonly outliers: UpstreamOutliers | null;
  readonly onEvent: (event: UpstreamEvent) => void;
  readonly #name: string;
  readonly #tls: TlsSource | null;
  readonly #resolver: Resolver;
  readonly #choose: Choose;
  /** pick_first's; null where all addresses are connected to. */
  readonly #turns: AddressTurns | null;
  readonly #queue = new StreamQueue();
  readonly #parked = new Set<RpcStream>();
  #endpoints: Endpoint[] = [];
  /** Endpoints that left the target and finish their calls. */
  #former: Endpoint[] = [];
  #ready: Endpoint[] = [];
  #started = false;
  #closed = false;
  /** Why there is no endpoint: the name does not resolve. Null before the first answer and after a good one. */
  #unresolved: string | null = null;
  /** Calls that have not ended, and sockets that are not gone. */
  #calls = 0;
  #sockets = 0;
  readonly #idle = new IdleLatch();
  readonly #maxPending: number;

  constructor(name: string, options: Http2UpstreamOptions) {
    this.#name = name;
    this.#tls = options.tls;
    this.maxReplyBytes = options.maxReplyBytes;
    this.connectionOptions = options.connection;
    this.outliers = options.outliers;
    this.#maxPending = options.maxPendingCalls;
    this.onEvent = options.onEvent;
    this.compresses = options.connection.compresses;
    this.#choose = createBalancer(options.balancing);
    this.#turns = options.balancing === "pick_first" ? new AddressTurns(() => this.#endpoints) : null;
    this.#resolver = new Resolver(options.target, this, options.lookup, options.dnsRefresh);
  }

  call(request: Uint8Array, options: CallOptions, end: (end: UnaryEnd) => void): Call {
    const stream = new UnaryStream(this, request, options, end);
    if (this.#closed) {
      stream.ended = true;
      process.nextTick(end, localEnd(closedStatus(this.#name), "connection"));
    } else {
      this.#begin(stream);
    }
    return stream;
  }

  stream(options: CallOptions, sink: StreamSink): ByteStream {
    const stream = new DuplexStream(this, options, sink);
    if (this.#closed) {
      stream.ended = true;
      process.nextTick(() => sink.end(closedStatus(this.#name), NO_METADATA, "connection"));
    } else {
      this.#begin(stream);
    }
    return stream;
  }

  state(): UpstreamState {
    if (this.#closed) return "closed";
    if (this.#ready.length > 0) return "ready";
    if (!this.#started) return "idle";
    return this.#mayWait() ? "connecting" : "failing";
  }

  connect(): void {
    if (this.#started || this.#closed) return;
    this.#started = true;
    this.#resolver.start();
  }

  async close(deadline: number): Promise<void> {
    this.#closed = true;
    this.#resolver.stop();
    this.#turns?.stop();
    const timer = setTimeout(() => this.#cancelAll(), Math.min(Math.max(0, deadline - Date.now()), 2 ** 31 - 1));
    await this.#idle.until(() => this.#calls === 0);
    clearTimeout(timer);
    for (const endpoint of [...this.#endpoints, ...this.#former]) endpoint.close();
    await this.#idle.until(() => this.#sockets === 0);
  }

  // As the owner of streams.

  dispatch(stream: RpcStream): void {
    this.connect();
    const connection = this.#pick();
    if (connection !== null) {
      connection.start(stream);
    } else if (!this.#mayWait()) {
      process.nextTick(() => stream.finish(this.#unavailable(), NO_METADATA));
    } else if (this.#queue.length >= this.#maxPending) {
      process.nextTick(() => stream.finish(this.#overloaded(), NO_METADATA));
    } else {
      this.#queue.push(stream);
      this.#grow();
    }
  }

  unqueue(stream: RpcStream): void {
    this.#queue.remove(stream);
  }

  parked(stream: RpcStream): void {
    this.#parked.add(stream);
  }

  released(stream: RpcStream): void {
    this.#calls--;
    if (this.#parked.size > 0) this.#parked.delete(stream);
    if (this.#calls === 0) this.#idle.look();
  }

  // As the owner of endpoints.

  tls(): SocketTls | null {
    return this.#tls === null ? null : this.#tls.current();
  }

  mayEject(): boolean {
    const left = this.#endpoints.filter(({ ejected }) => ejected).length + 1;
    return left < this.#endpoints.length && left <= this.#endpoints.length * (this.outliers?.maxShare ?? 0);
  }

  changed(endpoint: Endpoint): void {
    this.#chooseReady();
    if (endpoint.state !== "failing") return;
    this.#resolver.again();
    this.#turns?.failed(endpoint);
    if (!this.#mayWait()) this.#failQueue();
  }

  room(): void {
    while (this.#queue.length > 0) {
      const connection = this.#pick();
      if (connection === null) {
        this.#grow();
        return;
      }
      const stream = this.#queue.shift();
      if (stream !== null) connection.start(stream);
    }
  }

  socketOpened(): void {
    this.#sockets++;
  }

  socketGone(): void {
    this.#sockets--;
    if (this.#sockets === 0) this.#idle.look();
  }

  // As what the resolver tells.

  resolved(addresses: readonly Address[]): void {
    this.#unresolved = null;
    const known = new Map(this.#endpoints.map((endpoint) => [printAddress(endpoint.address), endpoint]));
    const wanted = new Map(addresses.map((address) => [printAddress(address), address]));
    this.#endpoints = [...wanted].map(([text, address]) => known.get(text) ?? new Endpoint(address, this));
    this.#chooseReady();
    for (const [text, endpoint] of known) {
      if (wanted.has(text)) continue;
      this.#former = [...this.#former.filter(({ over }) => !over), endpoint];
      endpoint.drain();
    }
    if (this.#turns !== null) this.#turns.begin();
    else for (const endpoint of this.#endpoints) endpoint.connect();
  }

  unresolved(reason: string): void {
    if (reason !== this.#unresolved) this.onEvent({ kind: "failing", address: null, cause: reason });
    this.#unresolved = reason;
    if (!this.#mayWait()) this.#failQueue();
  }

  #begin(stream: RpcStream): void {
    this.#calls++;
    if (stream.deadline < Number.POSITIVE_INFINITY) {
      if (stream.deadline <= Date.now()) {
        process.nextTick(() => stream.expire());
        return;
      }
      this.wheel.add(stream);
    }
    this.dispatch(stream);
  }

  #pick(): Http2Connection | null {
    const ready = this.#ready;
    if (ready.length <= 1) return ready.length === 0 ? null : (ready[0] as Endpoint).pick();
    const connection = this.#choose(ready).pick();
    if (connection !== null) return connection;
    for (const endpoint of ready) {
      const other = endpoint.pick();
      if (other !== null) return other;
    }
    return null;
  }

  /** Those left out for their failures are better than none. */
  #chooseReady(): void {
    const ready = this.#endpoints.filter(({ state }) => state === "ready");
    const good = ready.filter(({ ejected }) => !ejected);
    this.#ready = good.length > 0 ? good : ready;
  }

  /** Calls wait though there are connections: all are full. */
  #grow(): void {
    for (const endpoint of this.#ready) endpoint.grow();
  }

  /** Whether there is something to wait for: a connection that is full, one on its way, or a name that is looked up. */
  #mayWait(): boolean {
    if (this.#endpoints.length === 0) return this.#unresolved === null;
    return this.#endpoints.some(({ state }) => state === "ready" || state === "connecting");
  }

  #unavailable(): RpcEnd {
    const reason = this.#endpoints.find(({ state }) => state === "failing")?.reason ?? this.#unresolved ?? "no address";
    return localRpcEnd("connection", Code.UNAVAILABLE, `upstream ${this.#name}: ${reason}`);
  }

  #overloaded(): RpcEnd {
    const message = `${this.#maxPending} calls wait for a connection to upstream ${this.#name}, which is its limit`;
    return localRpcEnd("overload", Code.UNAVAILABLE, message);
  }

  #failQueue(): void {
    const end = this.#unavailable();
    for (let stream = this.#queue.shift(); stream !== null; stream = this.#queue.shift())
      stream.finish(end, NO_METADATA);
  }

  #cancelAll(): void {
    for (let stream = this.#queue.shift(); stream !== null; stream = this.#queue.shift()) stream.cancel();
    for (const stream of this.#parked) stream.cancel();
    for (const endpoint of [...this.#endpoints, ...this.#former]) endpoint.cancelAll();
  }
}
