import type { IncomingMessage } from "node:http";
import type { StaticDocumentSpec } from "@fastify/swagger";
import type { FastifyInstance } from "fastify";
import { documentPaths } from "../document-texts.js";
import { readQuery } from "../read-query.js";
import type { DocsOptions, Documents } from "../types.js";
import { requestInterceptor, responseInterceptor } from "./interceptors.js";

/** What the page may load: its own files alone, nothing inline but one style sheet. Its icons are data URLs. */
const CONTENT_SECURITY = {
  "default-src": "'none'",
  "script-src": "'self'",
  // The hash is that of a style sheet that Swagger UI puts into the page; Chromium's message names it where it changes.
  "style-src": "'self' 'sha256-RL3ie0nH+Lzz2YNqQN83mnU0J1ot4QL7b99vMdIX99w='",
  "img-src": ["'self'", "data:"],
  "font-src": "'self'",
  "connect-src": "'self'",
  "base-uri": "'none'",
  "form-action": "'none'",
  "frame-ancestors": "'self'",
};

/** Columns under a roof. */
const LOGO =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40" fill="#fff">' +
  '<path d="M20 4 4 13v3h32v-3zM7 18h4v14H7zm11 0h4v14h-4zm11 0h4v14h-4zM4 33h32v4H4z"/></svg>';

/**
 * Of the bar at the top: the choice of a document where there are several; not the field for the URL of any other. On a phone
 * the parameters stand below each other, and long words break.
 */
const STYLE = `
.swagger-ui .topbar .download-url-input, .swagger-ui .topbar .download-url-button { display: none; }
.swagger-ui .topbar-wrapper { justify-content: space-between; }
@media (max-width: 40rem) {
  .swagger-ui .wrapper { padding: 0 .75rem; }
  .swagger-ui .topbar .topbar-wrapper { flex-wrap: wrap; gap: .5rem; }
  .swagger-ui .topbar a { flex: 0 0 auto; }
  .swagger-ui .topbar .download-url-wrapper, .swagger-ui .topbar .select-label { min-width: 0; max-width: 100%; flex-basis: 100%; order: 3; }
  .swagger-ui .topbar .select-label > span { display: none; }
  .swagger-ui .topbar .download-url-wrapper select { min-width: 0; width: 100%; }
  .swagger-ui .info .title, .swagger-ui .opblock-summary-path, .swagger-ui .markdown code, .swagger-ui .renderedMarkdown code { overflow-wrap: anywhere; white-space: pre-wrap; }
  .swagger-ui .opblock-tag, .swagger-ui .opblock-summary-path-description-wrapper { flex-wrap: wrap; }
  .swagger-ui .opblock-summary-method { min-width: 4rem; padding: .4rem .25rem; }
  .swagger-ui .opblock .opblock-section-header { flex-wrap: wrap; gap: .5rem; }
  .swagger-ui .opblock-body .tab-header { flex: 1 1 auto; }
  .swagger-ui table.parameters, .swagger-ui table.parameters > tbody, .swagger-ui table.parameters > tbody > tr, .swagger-ui table.parameters > tbody > tr > td { display: block; width: auto; }
  .swagger-ui table.parameters > thead { display: none; }
  .swagger-ui .parameters-col_description input, .swagger-ui .parameters-col_description textarea { max-width: 100%; }
  .swagger-ui table.responses-table { table-layout: fixed; }
  .swagger-ui .response-col_status { width: 3.5rem; }
  .swagger-ui .response-col_links { display: none; }
  .swagger-ui .opblock-body pre.microlight, .swagger-ui .opblock-body pre { overflow-x: auto; }
}
`;

/** The plugin's page has none: a phone would show it as if it were a desk, in small. */
const VIEWPORT = '<meta name="viewport" content="width=device-width, initial-scale=1" />';

/**
 * Serves Swagger UI. It is mounted once, and reads when it is loaded what there is to read: `config.json` names the
 * documents of what is served then. In a scope of its own, because both plugins decorate the instance that they are
 * registered on; loaded only if wanted.
 */
export async function mountPage(app: FastifyInstance, options: DocsOptions, ui: string): Promise<void> {
  const { documents, home } = options;
  const [{ fastifySwagger: swagger }, { fastifySwaggerUi: swaggerUi }] = await Promise.all([
    import("@fastify/swagger"),
    import("@fastify/swagger-ui"),
  ]);
  const ofRequest = new WeakMap<IncomingMessage, Documents>();
  await app.register(async (scope) => {
    // The plugin asks for a document in one turn.
    scope.addHook("onRequest", async ({ raw }) => void ofRequest.set(raw, await documents()));
    scope.addHook("onSend", (_request, reply, payload, done) => {
      const isPage = typeof payload === "string" && String(reply.getHeader("content-type")).startsWith("text/html");
      done(null, isPage ? payload.replace("</head>", `${VIEWPORT}</head>`) : payload);
    });
    await scope.register(swagger, { mode: "static", specification: { document: NO_DOCUMENT } });
    await scope.register(swaggerUi, {
      routePrefix: ui,
      staticCSP: CONTENT_SECURITY,
      logo: { type: "image/svg+xml", content: LOGO, href: `${app.prefix}${home ?? ui}`, target: "_self" },
      theme: { title: "API", css: [{ filename: "portico.css", content: STYLE }] },
      transformSpecificationClone: false,
      transformSpecification: (_none, { raw }) => documentAsked(ofRequest.get(raw), raw.url ?? ""),
      uiConfig: {
        configUrl: "./config.json",
        deepLinking: true,
        displayRequestDuration: true,
        docExpansion: "list",
        // Schemas are read where they are used; a list of all of them is slow to draw for large services.
        defaultModelsExpandDepth: 0,
        persistAuthorization: true,
        tryItOutEnabled: true,
        requestInterceptor,
        responseInterceptor,
      } as Record<string, unknown>,
    });
    scope.get(`${ui}/config.json`, async (_request, reply) =>
      reply.header("cache-control", "no-cache").send(pageConfig(await documents(), app.prefix, options)),
    );
  });
}

/** The plugin wants one when it is mounted; each request gets the document of that time. */
const NO_DOCUMENT = {} as StaticDocumentSpec["document"];

function documentAsked(now: Documents | undefined, url: string): Record<string, unknown> {
  if (now === undefined) throw new Error("the documents were not asked for");
  const asked = readQuery(url, "json", now);
  return now.document(asked.kind === "text" ? asked.request.part : null);
}

/** Which documents the page offers. */
function pageConfig(
  { parts }: Documents,
  prefix: string,
  { path, ui }: DocsOptions,
): { readonly url: string } | { readonly urls: readonly { readonly name: string; readonly url: string }[] } {
  const url = prefix + (path === null ? `${ui}/json` : documentPaths(path).json);
  if (parts.length === 0) return { url };
  const ofParts = parts.map((part) => ({ name: part, url: `${url}?service=${encodeURIComponent(part)}` }));
  return { urls: [{ name: "All services", url }, ...ofParts] };
}
