import { Code, type RpcStatus } from "../core/index.js";
import type { CallOptions, RetryBudget, StatusOrigin, UpstreamRetry } from "./types.js";

const DEFAULT_BUDGET: RetryBudget = { tokens: 100, ratio: 0.1 };

/** The tokens that all calls of an upstream share. */
export class Throttle {
  readonly #budget: RetryBudget;
  #left: number;

  constructor({ budget = DEFAULT_BUDGET }: UpstreamRetry) {
    this.#budget = budget;
    this.#left = budget.tokens;
  }

  get empty(): boolean {
    return this.#left <= this.#budget.tokens / 2;
  }

  take(): void {
    this.#left = Math.max(0, this.#left - 1);
  }

  give(): void {
    this.#left = Math.min(this.#budget.tokens, this.#left + this.#budget.ratio);
  }
}

/** How an attempt ended. */
export interface AttemptEnd {
  readonly status: RpcStatus;
  readonly origin: StatusOrigin;
  readonly pushback?: number;
}

/** The attempts of one call, and whether there is to be another. */
export class Attempts {
  readonly #retry: UpstreamRetry;
  readonly #throttle: Throttle;
  readonly #options: CallOptions;
  #made = 0;

  constructor(retry: UpstreamRetry, throttle: Throttle, options: CallOptions) {
    this.#retry = retry;
    this.#throttle = throttle;
    this.#options = options;
  }

  /** The options of the next attempt, which may take so many milliseconds. */
  next(timeout: number): CallOptions {
    const { path, metadata, deadline } = this.#options;
    const tried = this.#made++;
    return {
      path,
      // A6: the upstream is told how many attempts there were before.
      metadata: tried === 0 ? metadata : [...metadata, "grpc-previous-rpc-attempts", String(tried)],
      deadline: Math.min(deadline, Date.now() + timeout),
    };
  }

  /** Milliseconds before the next attempt; null if this end is the last. */
  pauseAfter({ status, origin, pushback }: AttemptEnd): number | null {
    const throttle = this.#throttle;
    if (status.code === Code.OK) {
      throttle.give();
      return null;
    }
    if (origin === "cancelled") return null;
    // What is wrong with the answer itself would be wrong again.
    if (origin === "protocol" || origin === "limit") return null;
    const now = Date.now();
    const tryTimedOut = origin === "deadline" && now < this.#options.deadline;
    if (!tryTimedOut && !this.#retry.codes.includes(status.code)) return null;
    throttle.take();
    if (this.#made >= this.#retry.attempts || throttle.empty) return null;
    if (pushback !== undefined && pushback < 0) return null;
    const base = Math.min(this.#retry.maxBackoff, this.#retry.initialBackoff * 2 ** (this.#made - 1));
    const pause = pushback ?? base * (0.8 + 0.4 * Math.random());
    return now + pause < this.#options.deadline ? pause : null;
  }
}
