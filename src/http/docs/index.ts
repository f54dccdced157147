/**
 * http/docs: an OpenAPI document on HTTP.
 *
 *   document ── JSON, YAML with ETag ──> openapi.path
 *            └─ Swagger UI, its files from the package ──> openapi.ui
 *
 * It knows Fastify and nothing of what the document says, but for the parameters that take several segments.
 */
export { type DocsOptions, mountDocs } from "./mount-docs.js";
