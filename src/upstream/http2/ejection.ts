import type { UpstreamOutliers } from "../types.js";

const MOST_TIMES = 10;

/**
 * Whether an address is left out for its failures. A success sets the count of failures back; an address that comes back
 * and fails again is left out for longer, one that stays good for as long as it was out begins anew.
 */
export class Ejection {
  readonly #options: UpstreamOutliers;
  /** Whether one more may be left out; the upstream counts them. */
  readonly #allowed: () => boolean;
  readonly #changed: () => void;
  #failures = 0;
  #times = 0;
  #backSince = 0;
  #timer: NodeJS.Timeout | null = null;

  constructor(options: UpstreamOutliers, allowed: () => boolean, changed: () => void) {
    this.#options = options;
    this.#allowed = allowed;
    this.#changed = changed;
  }

  get ejected(): boolean {
    return this.#timer !== null;
  }

  /** A call to the address has ended. */
  outcome(failed: boolean): void {
    if (!failed) {
      this.#failures = 0;
      return;
    }
    this.#failures++;
    if (this.#failures < this.#options.consecutiveFailures || this.ejected || !this.#allowed()) return;
    const { ejection } = this.#options;
    if (performance.now() - this.#backSince > ejection * this.#times) this.#times = 0;
    this.#times = Math.min(MOST_TIMES, this.#times + 1);
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#failures = 0;
      this.#backSince = performance.now();
      this.#changed();
    }, ejection * this.#times);
    this.#timer.unref();
    this.#changed();
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }
}
