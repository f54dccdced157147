import { Code } from "../core/index.js";
import { localStatus } from "./ends.js";
import { refuseCall, refuseStream } from "./refuse.js";
import type { Upstream } from "./types.js";

/**
 * The upstream with a limit on its open calls, of all kinds together: a service that has come to a standstill costs those
 * that wait for it already, and no one else.
 */
export function withLimit(name: string, upstream: Upstream, maxOpenCalls: number): Upstream {
  let open = 0;
  const full = localStatus(Code.UNAVAILABLE, `upstream ${name} has ${maxOpenCalls} open calls, which is its limit`);
  return {
    call(request, options, end) {
      if (options.uncounted === true) return upstream.call(request, options, end);
      if (open >= maxOpenCalls) return refuseCall(full, "overload", end);
      open++;
      return upstream.call(request, options, (how) => {
        open--;
        end(how);
      });
    },
    stream(options, sink) {
      if (options.uncounted === true) return upstream.stream(options, sink);
      if (open >= maxOpenCalls) return refuseStream(full, "overload", sink);
      open++;
      return upstream.stream(options, {
        header: (metadata) => sink.header(metadata),
        message: (bytes) => sink.message(bytes),
        drain: () => sink.drain(),
        end(status, trailer, origin, pushback) {
          open--;
          sink.end(status, trailer, origin, pushback);
        },
      });
    },
    state: () => upstream.state(),
    connect: () => upstream.connect(),
    close: (deadline) => upstream.close(deadline),
  };
}
