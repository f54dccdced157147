import { createUpstream, type Upstream } from "../upstream/index.js";
import type { GatewayConfig } from "./config/index.js";
import { loadRoutes } from "./routes/index.js";
import { Serving } from "./serving.js";
import { logEvents, type UpstreamLog, upstreamOptions } from "./upstreams/index.js";

/** Loads, connects by name and compiles. What becomes of upstreams is told to a log that has lines. @throws FaultsError */
export function createServing(config: GatewayConfig, { info, warn }: Partial<UpstreamLog> = {}): Serving {
  const loaded = loadRoutes(config);
  const upstreams = new Map<string, Upstream>();
  const repeatable = new Set<string>();
  for (const [name, options] of upstreamOptions(config, repeatable)) {
    const told = info === undefined || warn === undefined ? {} : { onEvent: logEvents(name, { info, warn }) };
    upstreams.set(name, createUpstream(name, { ...options, ...told }));
  }
  return new Serving(config, loaded, upstreams, repeatable);
}
