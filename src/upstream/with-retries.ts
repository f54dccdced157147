import { Code } from "../core/index.js";
import { CANCELLED, localEnd } from "./ends.js";
import type { Call, CallOptions, RetryBudget, UnaryEnd, Upstream, UpstreamRetry } from "./types.js";

const DEFAULT_BUDGET: RetryBudget = { tokens: 100, ratio: 0.1 };

/**
 * The upstream with unary calls made again by policy. A unary answer is told in one piece, so that nothing of a failed
 * attempt was ever passed on. Streams go through untouched.
 */
export function withRetries(upstream: Upstream, retry: UpstreamRetry): Upstream {
  const throttle = new Throttle(retry.budget ?? DEFAULT_BUDGET);
  const { paths } = retry;
  return {
    call(request, options, end) {
      if (paths !== undefined && !paths.has(options.path)) return upstream.call(request, options, end);
      const call = new RetriedCall(upstream, retry, throttle, request, options, end);
      call.attempt();
      return call;
    },
    stream: (options, sink) => upstream.stream(options, sink),
    state: () => upstream.state(),
    connect: () => upstream.connect(),
    close: (deadline) => upstream.close(deadline),
  };
}

/** The tokens that all calls of an upstream share. */
class Throttle {
  readonly #budget: RetryBudget;
  #left: number;

  constructor(budget: RetryBudget) {
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

class RetriedCall implements Call {
  readonly #upstream: Upstream;
  readonly #retry: UpstreamRetry;
  readonly #throttle: Throttle;
  readonly #request: Uint8Array;
  readonly #options: CallOptions;
  readonly #end: (end: UnaryEnd) => void;
  #attempts = 0;
  #current: Call | null = null;
  #pause: NodeJS.Timeout | null = null;
  #cancelled = false;
  readonly #attemptEnded = (end: UnaryEnd): void => this.#ended(end);

  constructor(
    upstream: Upstream,
    retry: UpstreamRetry,
    throttle: Throttle,
    request: Uint8Array,
    options: CallOptions,
    end: (end: UnaryEnd) => void,
  ) {
    this.#upstream = upstream;
    this.#retry = retry;
    this.#throttle = throttle;
    this.#request = request;
    this.#options = options;
    this.#end = end;
  }

  attempt(): void {
    this.#attempts++;
    this.#pause = null;
    const { path, metadata, deadline } = this.#options;
    const tried = this.#attempts - 1;
    this.#current = this.#upstream.call(
      this.#request,
      {
        path,
        // A6: the upstream is told how many attempts there were before.
        metadata: tried === 0 ? metadata : [...metadata, "grpc-previous-rpc-attempts", String(tried)],
        deadline: Math.min(deadline, Date.now() + this.#retry.perTryTimeout),
      },
      this.#attemptEnded,
    );
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
    const pause = this.#pauseAfter(end);
    if (pause === null) this.#end(end);
    else this.#pause = setTimeout(() => this.attempt(), pause);
  }

  /** Milliseconds before the next attempt; null if this end is the last. */
  #pauseAfter({ status, origin, pushback }: UnaryEnd): number | null {
    const throttle = this.#throttle;
    if (status.code === Code.OK) {
      throttle.give();
      return null;
    }
    if (this.#cancelled || origin === "cancelled") return null;
    // What is wrong with the answer itself would be wrong again.
    if (origin === "protocol" || origin === "limit") return null;
    const now = Date.now();
    const tryTimedOut = origin === "deadline" && now < this.#options.deadline;
    if (!tryTimedOut && !this.#retry.codes.includes(status.code)) return null;
    throttle.take();
    if (this.#attempts >= this.#retry.attempts || throttle.empty) return null;
    if (pushback !== undefined && pushback < 0) return null;
    const base = Math.min(this.#retry.maxBackoff, this.#retry.initialBackoff * 2 ** (this.#attempts - 1));
    const pause = pushback ?? base * (0.8 + 0.4 * Math.random());
    return now + pause < this.#options.deadline ? pause : null;
  }
}
