import type { UpstreamOptions, UpstreamRetry } from "../../upstream/index.js";
import type { GatewayConfig, UpstreamConfig } from "../config/index.js";
import type { UpstreamLog } from "./log-events.js";
import { ownMetadata } from "./own-metadata.js";

/**
 * What the upstreams of a configuration are made of, by their names. `repeatable` are the paths of `repeatablePaths`: looked
 * at for each call, so that they may change. `log` is told of files of metadata that cannot be read any more.
 */
export function upstreamOptions(
  config: GatewayConfig,
  repeatable: ReadonlySet<string>,
  log: Pick<UpstreamLog, "warn">,
): ReadonlyMap<string, UpstreamOptions> {
  const maxReplyBytes = config.server.limits.reply;
  return new Map(
    Object.entries(config.upstreams).map(([name, upstream]) => {
      const { target, transport, tls, balancing, retry, outliers, keepalive } = upstream;
      const options: UpstreamOptions = {
        target,
        transport,
        tls,
        maxReplyBytes,
        balancing,
        compression: upstream.compression === "gzip" ? "gzip" : "identity",
        ...(retry === null ? {} : { retry: retryOf(retry, repeatable) }),
        ...(upstream.maxOpenCalls === Number.POSITIVE_INFINITY ? {} : { maxOpenCalls: upstream.maxOpenCalls }),
        maxPendingCalls: upstream.maxPendingCalls,
        connectTimeout: upstream.connectTimeout,
        dnsRefresh: upstream.dnsRefresh,
        ...(outliers === null ? {} : { outliers }),
        ...(keepalive === null ? {} : { keepalive }),
        ...(Object.keys(upstream.ownMetadata).length === 0
          ? {}
          : {
              ownMetadata: ownMetadata(upstream.ownMetadata, (cause) =>
                log.warn(`upstream ${name} is asked with its metadata as it was: ${cause}`, { upstream: name, cause }),
              ),
            }),
      };
      return [name, options];
    }),
  );
}

function retryOf(retry: NonNullable<UpstreamConfig["retry"]>, repeatable: ReadonlySet<string>): UpstreamRetry {
  const { codes, methods, attempts, backoff, maxBackoff, perTryTimeout, budget } = retry;
  const policy: UpstreamRetry = { codes, attempts, initialBackoff: backoff, maxBackoff, perTryTimeout, budget };
  return methods === "all" ? policy : { ...policy, paths: repeatable };
}
