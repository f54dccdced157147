/**
 * config: gateway.config.yaml in, a complete and frozen GatewayConfig out, or every fault at once.
 *
 *   text ── cover ${…} ── YAML with places ── put values in ── JSON Schema (ajv) ── defaults, kinds ── checks ──> GatewayConfig
 *
 * One source: config-schema.ts gives the static type, gateway.schema.json, the validation and
 * docs/configuration.md. It does not read protos or rules, open ports or resolve names.
 */
export { claimingUpstream, namingUpstream } from "./claims.js";
export type { ConfigInput, GatewayConfig, UpstreamConfig } from "./config-schema.js";
export { editorSchema } from "./editor-schema.js";
export type { Environment } from "./environment.js";
export { loadConfig, parseConfig, resolveConfig } from "./load-config.js";
export { readMetadataFile } from "./read-metadata-file.js";
export { configReference } from "./reference.js";
