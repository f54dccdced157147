/**
 * upstreams: from the configuration's words for an upstream to what src/upstream makes one of.
 *
 *   GatewayConfig + LoadedRoutes ── upstreamOptions ──> UpstreamOptions by name
 *   Upstreams by name ── watchUpstreams ──> HealthBoard, for /readyz
 */
export { repeatablePaths } from "./repeatable-paths.js";
export { upstreamOptions } from "./upstream-options.js";
export { type HealthBoard, watchUpstreams } from "./watch-upstreams.js";
