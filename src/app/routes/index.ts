/**
 * routes: from a configuration to what requests run on.
 *
 *   GatewayConfig ── read files ──> RouteInputs ─┬─ bind (schema, rules) ──> LoadedRoutes ── compile ──> RouteTable
 *                         what upstreams told ─────┘
 *
 * Reading touches files; binding finds every fault, and `check` and `routes` stop there. Compiling (codec, plans, matcher)
 * touches nothing. What upstreams tell of themselves may change: then the same inputs are bound and compiled again.
 */
export { compileTable } from "./compile-table.js";
export { bindInputs, type LoadedRoutes, loadRoutes } from "./load-routes.js";
export { type RouteInputs, readInputs } from "./read-inputs.js";
