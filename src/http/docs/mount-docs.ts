import type { FastifyInstance } from "fastify";
import { mountDocument } from "./mount-document.js";
import { mountPage } from "./page/mount-page.js";
import type { DocsOptions } from "./types.js";

/**
 * Serves an OpenAPI document and a page to read it and try it from, both on fixed paths, which Fastify's router prefers to
 * the gateway's `/*`. All that the page needs comes from here: it works without a network. Nothing is mounted for a path
 * that is null. The page to start from is no route of its own, for a rule may have its path: see createHome.
 */
export async function mountDocs(app: FastifyInstance, options: DocsOptions): Promise<void> {
  if (options.path !== null) mountDocument(app, options, options.path);
  if (options.ui !== null) await mountPage(app, options, options.ui);
}
