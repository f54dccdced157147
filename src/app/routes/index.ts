/**
 * routes: from a configuration to what requests run on.
 *
 *   GatewayConfig ── load (schema, rules) ──> LoadedRoutes ── compile (codec, plans, matcher) ──> RouteTable
 *
 * Loading touches files and finds every fault; `check` and `routes` stop there. Compiling touches nothing.
 */
export { compileTable } from "./compile-table.js";
export { type LoadedRoutes, loadRoutes } from "./load-routes.js";
