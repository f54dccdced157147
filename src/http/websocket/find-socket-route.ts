import { GatewayError } from "../../core/index.js";
import type { Segment, Template } from "../../rules/index.js";
import type { CallPlan } from "../../transcode/index.js";
import { noRule, noStream } from "../no-rule.js";
import type { RouteTable } from "../types.js";

export interface SocketRoute {
  readonly plan: CallPlan;
  readonly captures: readonly string[];
}

/**
 * The streaming rule of a path, whatever its HTTP method: a handshake is always a GET (RFC 6455, 4.1). Of several methods'
 * rules the most specific serves, as it does among those of one method; of equals the one for GET, then by the method's name.
 * With `unary` a path without a stream has its unary rule.
 */
export function findSocketRoute(table: RouteTable, path: string, unary: boolean): SocketRoute | GatewayError {
  let best: SocketRoute | null = null;
  let known = false;
  try {
    for (const method of ["GET", ...table.methods]) {
      const match = table.matcher.match(method, path);
      if (match.kind === "none") continue;
      known = true;
      if (match.kind !== "found" || (match.value.kind === "unary" && !unary)) continue;
      if (best === null || comparePlans(match.value, best.plan) < 0) {
        best = { plan: match.value, captures: match.captures };
      }
    }
  } catch (reason) {
    return GatewayError.from(reason);
  }
  if (best !== null) return best;
  return known ? noStream(path, table) : noRule(path, table);
}

const ranks: Readonly<Record<Segment["kind"], number>> = { literal: 0, single: 1, rest: 2 };

/** Below 0 where `a` is to be served before `b`. */
function comparePlans(a: CallPlan, b: CallPlan): number {
  if ((a.kind === "unary") !== (b.kind === "unary")) return a.kind === "unary" ? 1 : -1;
  return compareTemplates(a.binding.template, b.binding.template);
}

/** Below 0 where `a` is the more specific of two templates that match one path: by its verb, then segment by segment. */
function compareTemplates(a: Template, b: Template): number {
  if ((a.verb === null) !== (b.verb === null)) return a.verb === null ? 1 : -1;
  for (const [i, segment] of a.segments.entries()) {
    const other = b.segments[i];
    if (other === undefined) break;
    const difference = ranks[segment.kind] - ranks[other.kind];
    if (difference !== 0) return difference;
  }
  return 0;
}
