import type { AdminReply } from "../admin/index.js";
import { readiness } from "../admin/index.js";
import type { GatewayConfig } from "../config/index.js";
import type { ReadyState } from "../gateway.js";
import type { WorkerState } from "./worker-pool.js";

/**
 * What /readyz says of several workers: ready where one is, with a warning for each that is not; what any of them says of an
 * upstream is said.
 */
export function workersReadiness(
  states: readonly WorkerState[],
  rule: GatewayConfig["admin"]["readiness"],
): AdminReply {
  const ready = states.flatMap(({ state }) => (state?.kind === "ready" ? [state] : []));
  const warnings = states.flatMap(({ worker, state }) => (state === null ? [`worker ${worker} does not answer`] : []));
  if (ready.length === 0) {
    const draining = states.some(({ state }) => state?.kind === "draining");
    return readiness({ kind: draining ? "draining" : "starting" }, rule);
  }
  const names = (pick: (state: (typeof ready)[number]) => readonly string[]): string[] => [
    ...new Set(ready.flatMap((state) => pick(state))),
  ];
  const all: ReadyState = {
    kind: "ready",
    failing: names(({ failing }) => failing),
    notServing: names(({ notServing }) => notServing),
    withoutSchema: names(({ withoutSchema }) => withoutSchema),
  };
  return readiness(all, rule, warnings);
}
