import type { Metadata } from "../core/index.js";
import type { CallOptions, Upstream } from "./types.js";

/** The upstream with metadata on the gateway's own calls, such as a token that its server reflection asks for. */
export function withOwnMetadata(upstream: Upstream, ownMetadata: () => Metadata): Upstream {
  const withIt = (options: CallOptions): CallOptions =>
    options.uncounted === true ? { ...options, metadata: [...options.metadata, ...ownMetadata()] } : options;
  return {
    call: (request, options, end) => upstream.call(request, withIt(options), end),
    stream: (options, sink) => upstream.stream(withIt(options), sink),
    state: () => upstream.state(),
    connect: () => upstream.connect(),
    close: (deadline) => upstream.close(deadline),
  };
}
