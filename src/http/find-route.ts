import { GatewayError } from "../core/index.js";
import { type CallPlan, type Headers, mediaType } from "../transcode/index.js";
import type { RouteTable } from "./types.js";

/** The route that an exchange has found. */
export interface Route {
  readonly plan: CallPlan;
  readonly captures: readonly string[];
  /** What the body is: a body, or (a form) a part of the query. */
  readonly bodyIs: "body" | "query";
}

/** What serves a request, or why nothing does. */
export type Found =
  | { readonly kind: "found"; readonly route: Route }
  | { readonly kind: "method"; readonly allow: readonly string[] }
  | { readonly kind: "none" };

/**
 * The rule for a request. Where no rule has POST, a form sent by it is served by the rule for GET, if so configured: its
 * body is then the query (grpc-gateway's "path length fallback", for queries longer than URLs may be).
 */
export function findRoute(table: RouteTable, method: string, path: string, headers: Headers): Found | GatewayError {
  try {
    const match = table.matcher.match(method, path);
    if (match.kind === "found") return foundRoute(match.value, match.captures, "body");
    if (match.kind === "none") return match;
    const isForm = table.formFallback && method === "POST" && mediaType(headers["content-type"]) === FORM_TYPE;
    if (!isForm) return match;
    const get = table.matcher.match("GET", path);
    return get.kind === "found" ? foundRoute(get.value, get.captures, "query") : match;
  } catch (reason) {
    return GatewayError.from(reason);
  }
}

const FORM_TYPE = "application/x-www-form-urlencoded";

function foundRoute(plan: CallPlan, captures: readonly string[], bodyIs: Route["bodyIs"]): Found {
  return { kind: "found", route: { plan, captures, bodyIs } };
}
