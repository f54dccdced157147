import { unreachable } from "../core/index.js";
import { createHttp2Upstream } from "./http2/create-http2-upstream.js";
import type { Upstream, UpstreamOptions } from "./types.js";
import { withLimit } from "./with-limit.js";
import { withOwnMetadata } from "./with-own-metadata.js";
import { withRetries } from "./with-retries.js";

/**
 * An upstream by its name (used in messages only). It does not connect before `connect` or the first call. Rejects with a
 * FaultsError for a target that is none of the documented forms and for TLS files that cannot be read.
 */
export async function createUpstream(name: string, options: UpstreamOptions): Promise<Upstream> {
  let upstream = await onTransport(name, options);
  if (options.retry !== undefined) upstream = withRetries(upstream, options.retry);
  if (options.ownMetadata !== undefined) upstream = withOwnMetadata(upstream, options.ownMetadata);
  if (options.maxOpenCalls !== undefined) upstream = withLimit(name, upstream, options.maxOpenCalls);
  return upstream;
}

async function onTransport(name: string, options: UpstreamOptions): Promise<Upstream> {
  switch (options.transport) {
    case "grpc-js": {
      // @grpc/grpc-js takes some 6 MB of a process that does not need it.
      const { createGrpcJsUpstream } = await import("./grpc-js/create-grpc-js-upstream.js");
      return createGrpcJsUpstream(name, options);
    }
    case "http2":
      return createHttp2Upstream(name, options);
    default:
      return unreachable(options.transport);
  }
}
