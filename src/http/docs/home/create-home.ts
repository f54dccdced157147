import { createHash } from "node:crypto";
import type { FastifyReply, FastifyRequest } from "fastify";
import { textOf } from "../document-texts.js";
import { sendText } from "../send-text.js";
import type { DocsOptions, Documents } from "../types.js";
import { readContents } from "./read-routes.js";
import { compileHome } from "./render-home.js";
import { STYLE } from "./style.js";

/** Serves the page to start from. */
export type ServeHome = (request: FastifyRequest, reply: FastifyReply) => void;

/** Nothing is loaded, nothing is run: one style sheet, named by its hash (CSP 3, 8.3), and an icon that is empty. */
const CONTENT_SECURITY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash("sha256").update(STYLE).digest("base64")}'`,
  "img-src data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'self'",
].join("; ");

/**
 * The page to start from: what is served, how the upstreams are, and the way to the documents. It is HTML without a script,
 * made of the documents that hold when it is asked for, and made once for each. `prefix` is where its links begin.
 */
export function createHome({ documents, path, ui, healthOf }: DocsOptions, prefix: string): ServeHome {
  const compiled = new WeakMap<Documents, ReturnType<typeof compileHome>>();
  const links = { path: path === null ? null : prefix + path, ui: ui === null ? null : prefix + ui };
  const serve = async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const now = await documents();
    const render = compiled.get(now) ?? compileHome(readContents(now.document(null), now.services), links, now.parts);
    compiled.set(now, render);
    reply.header("content-security-policy", CONTENT_SECURITY).header("x-content-type-options", "nosniff");
    sendText(request, reply, textOf(render(healthOf), "text/html; charset=utf-8"));
  };
  // Whoever calls it waits for no promise; Fastify answers what is thrown.
  return (request, reply) => void serve(request, reply).catch((error) => reply.send(error));
}
