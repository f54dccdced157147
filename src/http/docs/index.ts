/**
 * http/docs: OpenAPI documents on HTTP, and pages of them.
 *
 *   Documents ── JSON, YAML with ETag ──> openapi.path
 *            ├─ page/: Swagger UI, its files from the package ──> openapi.ui
 *            └─ home/: HTML of services, routes and health ──> openapi.home
 *
 * It knows Fastify and nothing of how documents come about. Which documents hold is asked with each request, since a reload
 * changes them; what is made of some is kept as long as they are.
 */
export { createDocsListener } from "./create-docs-listener.js";
export { createHome, type ServeHome } from "./home/create-home.js";
export { mountDocs } from "./mount-docs.js";
export type {
  DocsOptions,
  DocumentedService,
  Documents,
  PlainDocument,
  TextRequest,
  UpstreamHealth,
} from "./types.js";
