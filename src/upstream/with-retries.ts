import { Code } from "../core/index.js";
import { CANCELLED, localEnd } from "./ends.js";
import type { Call, CallOptions, UnaryEnd, Upstream, UpstreamRetry } from "./types.js";

/** The throttle of gRPC's A6: a failed attempt takes a token, a good one gives a tenth; below half there are no retries. */
const TOKENS = 100;
const TOKENS_BACK = 0.1;

/**
 * The upstream with unary calls made again by policy. A unary answer is told in one piece, so that nothing of a failed
 * attempt was ever passed on. Streams go through untouched.
 */
export function withRetries(upstream: Upstream, retry: UpstreamRetry): Upstream {
  const throttle = { tokens: TOKENS };
  return {
    call(request, options, end) {
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

class RetriedCall implements Call {
  readonly #upstream: Upstream;
  readonly #retry: UpstreamRetry;
  readonly #throttle: { tokens: number };
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
    throttle: { tokens: number },
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
      throttle.tokens = Math.min(TOKENS, throttle.tokens + TOKENS_BACK);
      return null;
    }
    if (this.#cancelled || origin === "cancelled") return null;
    // What is wrong with the answer itself would be wrong again.
    if (origin === "protocol" || origin === "limit") return null;
    const now = Date.now();
    const tryTimedOut = origin === "deadline" && now < this.#options.deadline;
    if (!tryTimedOut && !this.#retry.codes.includes(status.code)) return null;
    throttle.tokens = Math.max(0, throttle.tokens - 1);
    if (this.#attempts >= this.#retry.attempts || throttle.tokens <= TOKENS / 2) return null;
    if (pushback !== undefined && pushback < 0) return null;
    const base = Math.min(this.#retry.maxBackoff, this.#retry.initialBackoff * 2 ** (this.#attempts - 1));
    const pause = pushback ?? base * (0.8 + 0.4 * Math.random());
    return now + pause < this.#options.deadline ? pause : null;
  }
}
