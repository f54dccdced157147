import { lookup as systemLookup } from "node:dns/promises";
import { backoff } from "./backoff.js";
import type { Address, Target } from "./target.js";

/** All addresses of a name; rejects when there are none. */
export type Lookup = (host: string) => Promise<readonly string[]>;

/** The system's resolver, as getaddrinfo answers: /etc/hosts counts, and there is no TTL. */
export const lookupAll: Lookup = async (host) => {
  const found = await systemLookup(host, { all: true, verbatim: true });
  return found.map(({ address }) => address);
};

/** What a resolver tells. */
export interface ResolverSink {
  /** All addresses there are now; never none. */
  resolved(addresses: readonly Address[]): void;
  /** The name does not resolve now; it is tried again. */
  unresolved(reason: string): void;
}

const SOONEST = 1000;

/**
 * The addresses of a target: fixed ones at once, those of a name by DNS, again every `refresh` milliseconds and, at most
 * once a second, when a connection fails.
 */
export class Resolver {
  readonly #target: Target;
  readonly #sink: ResolverSink;
  readonly #lookup: Lookup;
  readonly #refresh: number;
  #timer: NodeJS.Timeout | null = null;
  #asking = false;
  #askedAt = Number.NEGATIVE_INFINITY;
  #failures = 0;
  #stopped = false;

  constructor(target: Target, sink: ResolverSink, lookup: Lookup, refresh: number) {
    this.#target = target;
    this.#sink = sink;
    this.#lookup = lookup;
    this.#refresh = refresh;
  }

  start(): void {
    if (this.#target.kind === "fixed") this.#sink.resolved(this.#target.addresses);
    else this.#ask(this.#target.host, this.#target.port);
  }

  /** An address did not answer: the name may have others by now. */
  again(): void {
    if (this.#target.kind === "fixed" || this.#asking || this.#stopped || this.#failures > 0) return;
    this.#schedule(Math.max(0, this.#askedAt + SOONEST - performance.now()));
  }

  stop(): void {
    this.#stopped = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #schedule(delay: number): void {
    const { host, port } = this.#target as Extract<Target, { kind: "dns" }>;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#ask(host, port), delay);
    this.#timer.unref();
  }

  #ask(host: string, port: number): void {
    this.#asking = true;
    this.#askedAt = performance.now();
    this.#lookup(host).then(
      (hosts) => {
        this.#asking = false;
        if (this.#stopped) return;
        this.#failures = 0;
        this.#schedule(this.#refresh);
        this.#sink.resolved(hosts.map((address) => ({ kind: "tcp", host: address, port })));
      },
      (error: unknown) => {
        this.#asking = false;
        if (this.#stopped) return;
        this.#failures++;
        this.#schedule(backoff(this.#failures));
        this.#sink.unresolved(`cannot resolve ${host}: ${error instanceof Error ? error.message : String(error)}`);
      },
    );
  }
}
