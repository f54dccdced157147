import { RetriedCall } from "./retried-call.js";
import { RetriedStream } from "./retried-stream.js";
import { Attempts, Throttle } from "./retry-policy.js";
import type { CallOptions, Upstream, UpstreamRetry } from "./types.js";

/** The upstream with calls and streams made again by policy, where nothing of an answer was passed on. */
export function withRetries(upstream: Upstream, retry: UpstreamRetry): Upstream {
  const throttle = new Throttle(retry);
  const { paths, perTryTimeout } = retry;
  const mayRepeat = ({ path, uncounted }: CallOptions): boolean =>
    uncounted !== true && (paths === undefined || paths.has(path));
  return {
    call(request, options, end) {
      if (!mayRepeat(options)) return upstream.call(request, options, end);
      const call = new RetriedCall(upstream, new Attempts(retry, throttle, options), perTryTimeout, request, end);
      call.attempt();
      return call;
    },
    stream(options, sink) {
      if (!mayRepeat(options)) return upstream.stream(options, sink);
      const stream = new RetriedStream(upstream, new Attempts(retry, throttle, options), sink);
      stream.attempt();
      return stream;
    },
    state: () => upstream.state(),
    connect: () => upstream.connect(),
    close: (deadline) => upstream.close(deadline),
  };
}
