/**
 * http/docs: an OpenAPI document on HTTP.
 *
 *   document ── JSON, YAML with ETag ──> openapi.path
 *            └─ Swagger UI, its files from the package ──> openapi.ui
 *
 * The document may change while it is served: it is asked for at each request, and what is made of it is kept until then.
 * It knows Fastify and nothing of what the document says, but for the parameters that take several segments.
 */
export type { Documentation } from "./document-texts.js";
export { type DocsOptions, mountDocs } from "./mount-docs.js";
