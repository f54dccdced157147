import { unreachable } from "../../core/index.js";
import type { GatewayConfig } from "../config/index.js";
import type { ReadyState } from "../gateway.js";
import type { AdminReply } from "./admin-server.js";

/** What /readyz says: 200, or 503 with every reason. Upstreams that fail are named in either case. */
export function readiness(state: ReadyState, rule: GatewayConfig["admin"]["readiness"]): AdminReply {
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
      if (reasons.length === 0) return { status: 200, json: { status: "ready" } };
      return rule === "upstreams" ? notReady(reasons) : { status: 200, json: { status: "ready", warnings: reasons } };
    }
    default:
      return unreachable(state);
  }
}

function notReady(reasons: readonly string[]): AdminReply {
  return { status: 503, json: { status: "not ready", reasons } };
}
