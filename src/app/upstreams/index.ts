/**
 * upstreams: from the configuration's words for an upstream to what src/upstream makes one of.
 *
 *   GatewayConfig ── upstreamOptions ──> UpstreamOptions by name
 *   UpstreamEvent ── logEvents ──> lines of the log
 *   Upstreams by name ── watchUpstreams ──> HealthBoard, for /readyz
 */
export { logEvents, type UpstreamLog } from "./log-events.js";
export { repeatablePaths } from "./repeatable-paths.js";
export { upstreamOptions } from "./upstream-options.js";
export { type HealthBoard, watchUpstreams } from "./watch-upstreams.js";
