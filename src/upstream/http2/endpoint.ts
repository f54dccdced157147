import { backoff } from "../backoff.js";
import { type Address, printAddress } from "../target.js";
import { Http2Connection } from "./connection.js";
import type { ConnectionOptions, ConnectionOwner } from "./connection-owner.js";
import { Ejection } from "./ejection.js";
import type { EndpointOwner } from "./endpoint-owner.js";

/**
 * idle: not asked to connect; connecting: its first attempt, or one right after a connection was lost; ready: a connection
 * is open; failing: the last attempt failed, others follow.
 */
export type EndpointState = "idle" | "connecting" | "ready" | "failing";

/** Connections to one address at most: further ones are made when the peer's limit of streams is reached. */
const MAX_CONNECTIONS = 8;
/** A connection that lives less long than this counts as a failed attempt. */
const SHORT_LIFE = 1000;
/** Between two connections of which the first was sent away (GOAWAY), so that no server makes this side run in circles. */
const GOAWAY_PAUSE = 50;
/** Connections beyond the first are given up after so long without a call. */
const SURPLUS_IDLE = 30_000;
/** Between two connections that take the place of others: what cancelled calls can cost an upstream in connections. */
const REPLACE_PAUSE = 50;
/** Connections that finish their calls, beyond which none is replaced. */
const MAX_LEAVING = 8;
/** setInterval takes no more milliseconds. */
const MAX_TIMER = 2 ** 31 - 1;

/** One address of an upstream: its connections, made before they are needed and made again when they are lost. */
export class Endpoint implements ConnectionOwner {
  readonly address: Address;
  readonly #owner: EndpointOwner;
  /** Open connections that take calls. */
  readonly #open: Http2Connection[] = [];
  /** Those that finish their calls. */
  readonly #leaving = new Set<Http2Connection>();
  #connecting: Http2Connection | null = null;
  readonly #openedAt = new WeakMap<Http2Connection, number>();
  #timer: NodeJS.Timeout | null = null;
  #sweep: NodeJS.Timeout | null = null;
  #failures = 0;
  #attemptedAt = 0;
  #patience = 1;
  /** A further connection that failed is not tried again before this time. */
  #growAfter = 0;
  #closed = false;
  /** Those that can send few more resets: they drain once another one is open. */
  readonly #worn = new Set<Http2Connection>();
  #replaceAfter = 0;
  #replaceTimer: NodeJS.Timeout | null = null;
  readonly #ejection: Ejection | null;
  state: EndpointState = "idle";
  /** Why the last attempt failed. */
  reason = "";
  /** What was told last: that it is connected, or why it fails. */
  #told: "connected" | { readonly cause: string } | null = null;

  constructor(address: Address, owner: EndpointOwner) {
    this.address = address;
    this.#owner = owner;
    const { outliers } = owner;
    this.#ejection =
      outliers === null
        ? null
        : new Ejection(
            outliers,
            () => owner.mayEject(),
            () => {
              owner.onEvent({ kind: this.ejected ? "ejected" : "returned", address: printAddress(address) });
              owner.changed(this);
            },
          );
  }

  /** Left out for its failures. */
  get ejected(): boolean {
    return this.#ejection?.ejected === true;
  }

  /** Calls open on all its connections. */
  get active(): number {
    let sum = 0;
    for (const connection of this.#open) sum += connection.calls.active;
    return sum;
  }

  /** Whether no connection of it is left. */
  get over(): boolean {
    return this.#open.length === 0 && this.#leaving.size === 0;
  }

  /** A connection with room for a call, or null. */
  pick(): Http2Connection | null {
    for (const connection of this.#open) if (connection.hasRoom) return connection;
    return null;
  }

  connect(): void {
    if (this.state === "idle" && !this.#closed) this.#connect("connecting");
  }

  /** All connections are full: one more, if that is allowed. */
  grow(): void {
    if (this.state !== "ready" || this.#connecting !== null || this.#open.length >= MAX_CONNECTIONS) return;
    if (performance.now() < this.#growAfter) return;
    if (this.#worn.size > 0 && this.#leaving.size < MAX_LEAVING) {
      // Cancelled calls may be all that fills them: one in their place is enough, and comes at a pace.
      this.#replace();
      return;
    }
    this.#attempt();
    this.#sweep ??= setInterval(() => this.#closeSurplus(), SURPLUS_IDLE).unref();
  }

  /** Takes no more calls; connections close when their calls have ended. */
  drain(): void {
    this.#stop();
    this.#connecting?.close();
    for (const connection of [...this.#open]) connection.drain();
  }

  /** Cancels every open call. */
  cancelAll(): void {
    for (const connection of [...this.#open, ...this.#leaving]) {
      for (const stream of connection.calls.all()) stream.cancel();
    }
  }

  /** Closes every connection now. */
  close(): void {
    this.drain();
    for (const connection of [...this.#leaving]) connection.close();
  }

  opened(connection: Http2Connection): void {
    this.#connecting = null;
    if (this.#told === "connected" && this.#open.length === 0) {
      this.#owner.onEvent({ kind: "renewed", address: printAddress(this.address) });
    }
    this.#open.push(connection);
    this.#openedAt.set(connection, performance.now());
    this.#become("ready");
    this.#owner.room();
    for (const worn of [...this.#worn]) if (this.#leaving.size < MAX_LEAVING) worn.drain();
  }

  room(): void {
    this.#owner.room();
  }

  draining(connection: Http2Connection): void {
    this.#remove(connection);
    this.#leaving.add(connection);
    if (this.#open.length > 0 || this.#closed) return;
    const age = this.#age(connection);
    if (this.#connecting !== null) this.#become("connecting");
    else if (age >= GOAWAY_PAUSE) this.#connect("connecting");
    else this.#later(GOAWAY_PAUSE - age, "connecting");
  }

  closed(connection: Http2Connection, reason: string): void {
    if (this.#leaving.delete(connection)) {
      this.#replace();
      return;
    }
    this.reason = reason;
    if (connection === this.#connecting) {
      this.#connecting = null;
      this.#failures++;
    } else {
      this.#remove(connection);
      if (this.#age(connection) < SHORT_LIFE) this.#failures++;
      else this.#failures = 0;
    }
    if (this.#open.length > 0) {
      this.#growAfter = performance.now() + SHORT_LIFE;
      this.#replace();
    }
    if (this.#closed || this.#open.length > 0) return;
    const lost = this.state === "ready";
    if (this.#connecting !== null) this.#become("connecting");
    else if (lost && this.#failures <= 1) this.#connect("connecting");
    // connection-backoff.md: counted from the attempt's beginning, so that one that hung is followed at once.
    else
      this.#later(Math.max(0, this.#attemptedAt + backoff(Math.max(1, this.#failures)) - performance.now()), "failing");
  }

  worn(connection: Http2Connection): void {
    if (!this.#open.includes(connection)) return;
    this.#worn.add(connection);
    this.#replace();
  }

  outcome(failed: boolean): void {
    this.#ejection?.outcome(failed);
  }

  /** gRPC's client keepalive (A8): further connections ask half as often. */
  tooManyPings(): void {
    this.#patience *= 2;
  }

  gone(): void {
    this.#owner.socketGone();
  }

  /** Opens a connection in the place of worn ones, but not too soon after the last one, nor while too many others drain. */
  #replace(): void {
    if (this.#worn.size === 0 || this.#connecting !== null || this.#leaving.size >= MAX_LEAVING) return;
    if (this.#closed || this.#replaceTimer !== null) return;
    const now = performance.now();
    const wait = Math.max(this.#replaceAfter, this.#growAfter) - now;
    if (wait <= 0) {
      this.#replaceAfter = now + REPLACE_PAUSE;
      this.#attempt();
      return;
    }
    this.#replaceTimer = setTimeout(() => {
      this.#replaceTimer = null;
      this.#replace();
    }, wait);
    this.#replaceTimer.unref();
  }

  #connect(state: EndpointState): void {
    this.#attempt();
    this.#become(state);
  }

  #later(delay: number, state: EndpointState): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#attempt();
    }, delay);
    this.#timer.unref();
    this.#become(state);
  }

  #attempt(): void {
    this.#owner.socketOpened();
    this.#attemptedAt = performance.now();
    this.#connecting = new Http2Connection(this.address, this.#owner.tls(), this.#options(), this);
  }

  #options(): ConnectionOptions {
    const options = this.#owner.connectionOptions;
    const { keepalive } = options;
    if (this.#patience === 1 || !Number.isFinite(keepalive.time)) return options;
    return { ...options, keepalive: { ...keepalive, time: Math.min(keepalive.time * this.#patience, MAX_TIMER) } };
  }

  #become(state: EndpointState): void {
    this.state = state;
    if (state === "ready" || state === "failing") this.#tell(state);
    this.#owner.changed(this);
  }

  #tell(state: "ready" | "failing"): void {
    const told = this.#told;
    const address = printAddress(this.address);
    if (state === "ready") {
      if (told === "connected") return;
      this.#told = "connected";
      this.#owner.onEvent({ kind: "connected", address });
    } else {
      const cause = this.reason;
      if (told !== null && told !== "connected" && told.cause === cause) return;
      this.#told = { cause };
      this.#owner.onEvent({ kind: "failing", address, cause });
    }
  }

  #remove(connection: Http2Connection): void {
    this.#worn.delete(connection);
    const at = this.#open.indexOf(connection);
    if (at >= 0) this.#open.splice(at, 1);
  }

  #age(connection: Http2Connection): number {
    return performance.now() - (this.#openedAt.get(connection) ?? performance.now());
  }

  #closeSurplus(): void {
    for (const connection of this.#open.slice(1)) if (connection.calls.active === 0) connection.drain();
  }

  #stop(): void {
    this.#closed = true;
    this.#ejection?.stop();
    if (this.#timer !== null) clearTimeout(this.#timer);
    if (this.#sweep !== null) clearInterval(this.#sweep);
    if (this.#replaceTimer !== null) clearTimeout(this.#replaceTimer);
    this.#timer = null;
    this.#sweep = null;
  }
}
