/**
 * app: where the rooms meet. It is what the package exports.
 *
 *   configuration ── load routes ── compile table ── mount on Fastify ──> Gateway (a process of its own) or plugin
 *
 * `config` reads the configuration, `routes` loads and compiles what it serves, `cli` is the command line, `serve` the
 * manners of a process (signals, drain), `admin` the operators' port, `log` the log, `reflection` follows upstreams that tell
 * their schemas and replaces what is served. It has no knowledge of protobuf, HTTP or gRPC of its own.
 */
export type { AccessEntry } from "../http/index.js";
export { type ConfigInput, type GatewayConfig, loadConfig, parseConfig, resolveConfig } from "./config/index.js";
export { createGateway } from "./create-gateway.js";
export type { Gateway, ReadyState } from "./gateway.js";
export { createLog, type Log, type LogDestination } from "./log/index.js";
export { type PorticoOptions, portico } from "./plugin.js";
