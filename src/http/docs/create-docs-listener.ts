import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { fastify } from "fastify";
import { documentPaths } from "./document-texts.js";
import { createHome } from "./home/create-home.js";
import { mountDocs } from "./mount-docs.js";
import type { DocsOptions } from "./types.js";

/**
 * The document and its pages for a server that is no Fastify app, the admin port. What else is asked for goes to `otherwise`:
 * the gateway, so that the page can try what it shows from where it stands, without the public port having to allow that
 * to pages of another origin.
 */
export async function createDocsListener(options: DocsOptions, otherwise: RequestListener): Promise<RequestListener> {
  const { path, ui, home } = options;
  const app = fastify({ logger: false });
  await mountDocs(app, options);
  if (home !== null) app.get(home, createHome(options, ""));
  await app.ready();
  const own = new Set([home, ui, ...(path === null ? [] : Object.values(documentPaths(path)))]);
  return (request: IncomingMessage, response: ServerResponse) => {
    const [asked = ""] = (request.url ?? "").split("?");
    if (own.has(asked) || (ui !== null && asked.startsWith(`${ui}/`))) app.routing(request, response);
    else otherwise(request, response);
  };
}
