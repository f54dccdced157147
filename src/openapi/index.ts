/**
 * openapi: the document of what a gateway serves.
 *
 *   Schema, Bindings ── paths, operations, schemas of ProtoJSON ──> OpenApiDocument ── print ──> JSON or YAML
 *
 * A document is true for one configuration: the schemas are those of what the codec writes under its options, the
 * parameters those that transcode reads, the errors those of the configured format. It is built once and does not change.
 *
 *   paths/       templates as OpenAPI paths, a parameter for each wildcard
 *   operations/  parameters, bodies, responses of one binding
 *   schemas/     messages, enums and well-known types as JSON Schema 2020-12; a message has several schemas only where it
 *                is used in several ways that differ (see schemas/variants.ts)
 *   breaking/    what in a new document breaks clients of an old one
 *
 *   overlay/     changes that people make of it in files (OpenAPI Overlay)
 *   annotations/ words and limits that protos have for other generators
 *   constraints/ limits of validators as keywords
 *
 * What it does not do: serve anything, know Fastify, load or check rules; read what a document for another gateway would say of
 * types, for its JSON is the codec's.
 */
export { type BreakingChange, findBreakingChanges } from "./breaking/find-breaking-changes.js";
export { buildOpenApi, buildOpenApiInSteps } from "./build-openapi.js";
export { applyOverlays } from "./overlay/apply-overlays.js";
export type { Overlaid, Overlay } from "./overlay/overlay.js";
export { type ReadOverlay, readOverlay } from "./overlay/read-overlay.js";
export { parseOpenApi, printOpenApi, printOpenApiInSteps } from "./print-openapi.js";
export { toOpenApi30, toOpenApi30InSteps } from "./to-openapi-30.js";
export type {
  DocumentInfo,
  ErrorForm,
  JsonForm,
  JsonObject,
  JsonSchema,
  JsonValue,
  OpenApiDocument,
  OpenApiInput,
  StreamForm,
} from "./types.js";
