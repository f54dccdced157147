import type { Endpoint } from "./endpoint.js";

/** RFC 8305 section 5, "Connection Attempt Delay": so long an address is waited for before the next one is tried too. */
const DELAY = 250;

/**
 * pick_first: addresses are tried one after the other, the next one when the one before has failed or takes its time, so
 * that an address which swallows packets does not hold calls up until its attempt is given up.
 */
export class AddressTurns {
  readonly #endpoints: () => readonly Endpoint[];
  #timer: NodeJS.Timeout | null = null;

  constructor(endpoints: () => readonly Endpoint[]) {
    this.#endpoints = endpoints;
  }

  /** Begins with the first address, if none was tried yet. */
  begin(): void {
    const endpoints = this.#endpoints();
    if (endpoints.every(({ state }) => state === "idle")) this.#try(endpoints[0]);
  }

  /** An address has failed. */
  failed(endpoint: Endpoint): void {
    this.#next(endpoint);
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #next(endpoint: Endpoint): void {
    const endpoints = this.#endpoints();
    if (endpoints.some(({ state }) => state === "ready")) return;
    this.#try(endpoints[endpoints.indexOf(endpoint) + 1]);
  }

  #try(endpoint: Endpoint | undefined): void {
    if (endpoint === undefined || endpoint.state !== "idle") return;
    this.stop();
    this.#timer = setTimeout(() => this.#next(endpoint), DELAY);
    this.#timer.unref();
    endpoint.connect();
  }
}
