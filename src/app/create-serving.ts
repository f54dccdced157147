import { finish } from "../core/index.js";
import type { Reflection } from "../schema/index.js";
import { createUpstream, type Upstream, type UpstreamEvent } from "../upstream/index.js";
import type { GatewayConfig } from "./config/index.js";
import { followReflections } from "./reflection/index.js";
import { bindInputs, readInputs } from "./routes/index.js";
import { Serving } from "./serving.js";
import { logEvents, type UpstreamLog, upstreamOptions } from "./upstreams/index.js";

const SILENT: UpstreamLog = { info: () => undefined, warn: () => undefined };

/**
 * Loads, makes the upstreams and compiles. Upstreams that tell their schemas are asked from `start` on; until then what is
 * served is all that the files say, and what they have told already.
 * Rejects with a FaultsError.
 */
export async function createServing(
  config: GatewayConfig,
  log: UpstreamLog = SILENT,
  reflections: readonly Reflection[] = [],
): Promise<Serving> {
  const inputs = readInputs(config);
  const loaded = finish(bindInputs(config, inputs, reflections));
  const upstreams = new Map<string, Upstream>();
  const repeatable = new Set<string>();
  const listeners: ((upstream: string, event: UpstreamEvent) => void)[] = [];
  const made = upstreamOptions(config, repeatable, log);
  for (const [name, options] of made) {
    const logged = logEvents(name, log);
    const onEvent = (event: UpstreamEvent): void => {
      logged(event);
      for (const listener of listeners) listener(name, event);
    };
    upstreams.set(name, await createUpstream(name, { ...options, onEvent }));
  }
  const serving = new Serving(config, loaded, upstreams, repeatable);
  if (config.schema.reflection.length > 0) {
    const followed = followReflections(serving, inputs, made, log);
    listeners.push((upstream, event) => followed.event(upstream, event));
    serving.follow(followed);
  }
  return serving;
}
