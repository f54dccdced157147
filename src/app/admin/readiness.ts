import { unreachable } from "../../core/index.js";
import type { GatewayConfig } from "../config/index.js";
import type { ReadyState } from "../gateway.js";
import type { AdminReply } from "./admin-server.js";

/**
 * What /readyz says: 200, or 503 with every reason. Upstreams that fail are named in either case, and so is what `warnings`
 * has.
 */
export function readiness(
  state: ReadyState,
  rule: GatewayConfig["admin"]["readiness"],
  warnings: readonly string[] = [],
): AdminReply {
  switch (state.kind) {
    case "starting":
      return notReady(["the gateway is starting"]);
    case "draining":
      return notReady(["the gateway is draining"]);
    case "ready": {
      const reasons = [
        ...state.failing.map((name) => `upstream ${name} is failing`),
        ...state.notServing.map((name) => `upstream ${name} says that it is not serving`),
        ...state.withoutSchema.map((name) => `upstream ${name} has not told its schema`),
      ];
      const all = [...reasons, ...warnings];
      if (all.length === 0) return { status: 200, json: { status: "ready" } };
      if (rule === "upstreams" && reasons.length > 0) return notReady(all);
      return { status: 200, json: { status: "ready", warnings: all } };
    }
    default:
      return unreachable(state);
  }
}

function notReady(reasons: readonly string[]): AdminReply {
  return { status: 503, json: { status: "not ready", reasons } };
}
