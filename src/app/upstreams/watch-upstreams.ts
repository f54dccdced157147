import { type Health, type Upstream, watchHealth } from "../../upstream/index.js";

/** What the upstreams say of themselves by grpc.health.v1. */
export interface HealthBoard {
  /** The names of those that say NOT_SERVING, in the order of the configuration. */
  notServing(): readonly string[];
  /** Ends the watches. Before the upstreams are closed, which would wait for them. */
  stop(): void;
}

/**
 * Watches the health of each upstream's server as a whole (the service ""). One that has no health service, does not know
 * the empty name, or cannot be reached says nothing against itself here: its connections' state is all there is.
 */
export function watchUpstreams(upstreams: ReadonlyMap<string, Upstream>): HealthBoard {
  const healths = new Map<string, Health>();
  const watches = [...upstreams].map(([name, upstream]) =>
    watchHealth(upstream, "", (health) => healths.set(name, health)),
  );
  return {
    notServing: () => [...upstreams.keys()].filter((name) => healths.get(name) === "not_serving"),
    stop() {
      for (const watch of watches) watch.stop();
    },
  };
}
