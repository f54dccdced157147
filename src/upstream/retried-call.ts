import { CANCELLED, localEnd } from "./ends.js";
import type { Attempts } from "./retry-policy.js";
import type { Call, UnaryEnd, Upstream } from "./types.js";

/** A unary call that is made again. Its answer is told in one piece, so that nothing of a failed attempt was passed on. */
export class RetriedCall implements Call {
  readonly #upstream: Upstream;
  readonly #attempts: Attempts;
  /** Milliseconds that one attempt may take. */
  readonly #timeout: number;
  readonly #request: Uint8Array;
  readonly #end: (end: UnaryEnd) => void;
  #current: Call | null = null;
  #pause: NodeJS.Timeout | null = null;
  #cancelled = false;
  readonly #attemptEnded = (end: UnaryEnd): void => this.#ended(end);

  constructor(
    upstream: Upstream,
    attempts: Attempts,
    timeout: number,
    request: Uint8Array,
    end: (end: UnaryEnd) => void,
  ) {
    this.#upstream = upstream;
    this.#attempts = attempts;
    this.#timeout = timeout;
    this.#request = request;
    this.#end = end;
  }

  attempt(): void {
    this.#pause = null;
    this.#current = this.#upstream.call(this.#request, this.#attempts.next(this.#timeout), this.#attemptEnded);
  }

  cancel(): void {
    if (this.#cancelled) return;
    this.#cancelled = true;
    if (this.#pause === null) {
      this.#current?.cancel();
    } else {
      clearTimeout(this.#pause);
      process.nextTick(this.#end, localEnd(CANCELLED, "cancelled"));
    }
  }

  #ended(end: UnaryEnd): void {
    const pause = this.#cancelled ? null : this.#attempts.pauseAfter(end);
    if (pause === null) this.#end(end);
    else this.#pause = setTimeout(() => this.attempt(), pause);
  }
}
