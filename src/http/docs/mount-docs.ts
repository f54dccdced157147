import type { StaticDocumentSpec } from "@fastify/swagger";
import type { FastifyInstance } from "fastify";
import { madeOf } from "../../core/index.js";
import { type Documentation, documentTexts, type PlainDocument } from "./document-texts.js";
import { matchesTag } from "./entity-tag.js";
import { requestInterceptor } from "./request-interceptor.js";

export interface DocsOptions {
  /** The OpenAPI document that is served, as it is. Asked for once a request, so that it may change. */
  readonly current: () => Documentation;
  /** Where it is served, as JSON and, with .yaml in the place of .json, as YAML; null for nowhere. */
  readonly path: string | null;
  /** Where the page is served; null for nowhere. */
  readonly ui: string | null;
}

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

/** The bar at the top asks for the URL of another document, which the page would not be allowed to load. */
const STYLE =
  ".swagger-ui .topbar .download-url-wrapper { display: none; }\n" +
  ".swagger-ui .topbar-wrapper { justify-content: space-between; }\n";

/**
 * Serves an OpenAPI document and a page to read it and try it from, both on fixed paths, which Fastify's router prefers to
 * the gateway's `/*`. All that the page needs comes from here: it works without a network. Nothing is mounted for a path
 * that is null.
 */
export async function mountDocs(app: FastifyInstance, { current, path, ui }: DocsOptions): Promise<void> {
  if (path !== null) mountDocument(app, current, path);
  if (ui !== null) await mountPage(app, current, ui);
}

function mountDocument(app: FastifyInstance, current: () => Documentation, path: string): void {
  for (const { url, text } of documentTexts(current, path)) {
    app.get(url, (request, reply) => {
      const { body, contentType, tag } = text();
      reply.header("etag", tag).header("cache-control", "no-cache");
      const known = request.headers["if-none-match"];
      if (known !== undefined && matchesTag(known, tag)) return reply.code(304).send();
      return reply.type(contentType).send(body);
    });
  }
}

/** In a scope of its own, because both plugins decorate the instance that they are registered on; loaded only if wanted. */
async function mountPage(app: FastifyInstance, current: () => Documentation, ui: string): Promise<void> {
  const [{ fastifySwagger: swagger }, { fastifySwaggerUi: swaggerUi }] = await Promise.all([
    import("@fastify/swagger"),
    import("@fastify/swagger-ui"),
  ]);
  const blanks = madeOf(current, ({ document }) => blanksOf(document));
  await app.register(async (scope) => {
    await scope.register(swagger, { mode: "static", specification: { document: asTyped({}) } });
    scope.addHook("onSend", (_request, reply, payload, done) => {
      const blank = blankOf(String(reply.getHeader("content-type")));
      done(
        null,
        typeof payload === "string" && blank !== null ? payload.replace(blank, () => blanks()[blank]) : payload,
      );
    });
    await scope.register(swaggerUi, {
      routePrefix: ui,
      transformSpecification: () => current().document,
      transformSpecificationClone: false,
      staticCSP: CONTENT_SECURITY,
      logo: { type: "image/svg+xml", content: LOGO, target: "_self" },
      theme: { title: TITLE, css: [{ filename: "portico.css", content: STYLE }] },
      uiConfig: {
        deepLinking: true,
        displayRequestDuration: true,
        docExpansion: "list",
        // Schemas are read where they are used; a list of all of them is slow to draw for large services.
        defaultModelsExpandDepth: 0,
        persistAuthorization: true,
        tryItOutEnabled: true,
        requestInterceptor: functionOf(INTERCEPTOR),
      },
    });
  });
}

/** What the plugin's types name is a document of OpenAPI 3.0; it reads nothing of it. */
function asTyped(document: PlainDocument): StaticDocumentSpec["document"] {
  return document as unknown as StaticDocumentSpec["document"];
}

/** The plugin writes its page and script once. What in them is of the document is a blank, filled in as they are sent. */
const TITLE = "portico-title";
const INTERCEPTOR = "porticoInterceptor";

type Blank = typeof TITLE | typeof INTERCEPTOR;

function blanksOf(document: PlainDocument): Readonly<Record<Blank, string>> {
  return { [TITLE]: escapeText(titleOf(document)), [INTERCEPTOR]: requestInterceptor(document).toString() };
}

/** The blank that texts of a type have. */
function blankOf(contentType: string): Blank | null {
  if (contentType.startsWith("text/html")) return TITLE;
  return contentType.startsWith("application/javascript") ? INTERCEPTOR : null;
}

/** A function that the plugin writes into its script as this text. */
function functionOf(text: string): <T>(value: T) => T {
  const same = <T>(value: T): T => value;
  return Object.assign(same, { toString: () => text });
}

function escapeText(text: string): string {
  return text.replace(/[&<>]/g, (character) => `&#${character.charCodeAt(0)};`);
}

function titleOf({ info }: PlainDocument): string {
  return typeof info === "object" && info !== null && "title" in info ? String(info.title) : "API";
}
