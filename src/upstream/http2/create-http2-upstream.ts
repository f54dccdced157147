import { type Lookup, lookupAll } from "../resolver.js";
import { authorityOf, parseTarget } from "../target.js";
import { TlsSource } from "../tls-source.js";
import type { Upstream, UpstreamOptions } from "../types.js";
import { Http2Upstream } from "./http2-upstream.js";

/** Milliseconds; servers acknowledge as soon as they read. */
const SETTINGS_TIMEOUT = 10_000;

/** What tests put in place of the world. */
export interface Http2Seams {
  readonly lookup?: Lookup;
  readonly firstStreamId?: number;
  readonly pingTimeout?: number;
  readonly settingsTimeout?: number;
}

/** An upstream on HTTP/2 connections of this room's own. Throws a FaultsError for a wrong target or unusable TLS files. */
export function createHttp2Upstream(name: string, options: UpstreamOptions, seams: Http2Seams = {}): Upstream {
  const target = parseTarget(name, options.target);
  const serverName = options.tls?.serverName ?? null;
  const onEvent = options.onEvent ?? (() => undefined);
  const tls =
    options.tls === null
      ? null
      : new TlsSource(name, options.tls, target, (cause) => onEvent({ kind: "tls_unreadable", cause }));
  return new Http2Upstream(name, {
    target,
    tls,
    maxReplyBytes: options.maxReplyBytes,
    balancing: options.balancing ?? "least_request",
    lookup: seams.lookup ?? lookupAll,
    outliers: options.outliers ?? null,
    maxPendingCalls: options.maxPendingCalls ?? Number.POSITIVE_INFINITY,
    onEvent,
    dnsRefresh: options.dnsRefresh ?? 30_000,
    connection: {
      authority: serverName ?? authorityOf(target),
      userAgent: "portico",
      compresses: options.compression === "gzip",
      connectTimeout: options.connectTimeout ?? 5000,
      settingsTimeout: seams.settingsTimeout ?? SETTINGS_TIMEOUT,
      keepalive: options.keepalive ?? {
        time: Number.POSITIVE_INFINITY,
        timeout: seams.pingTimeout ?? 2000,
        permitWithoutCalls: false,
      },
      firstStreamId: seams.firstStreamId ?? 1,
    },
  });
}
