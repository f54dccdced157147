import type { FastifyInstance } from "fastify";
import { createTexts, documentPaths } from "./document-texts.js";
import { readQuery } from "./read-query.js";
import { sendText } from "./send-text.js";
import type { DocsOptions, TextRequest } from "./types.js";

/** Serves the document as JSON and YAML: of all, or with `?service=` of a part; with `?version=3.0` for older tools. */
export function mountDocument(app: FastifyInstance, { documents }: DocsOptions, path: string): void {
  const textOf = createTexts();
  const formats = Object.entries(documentPaths(path)) as [TextRequest["format"], string][];
  for (const [format, url] of formats) {
    app.get(url, async (request, reply) => {
      const now = await documents();
      const asked = readQuery(request.raw.url ?? "", format, now);
      if (asked.kind === "text") return sendText(request, reply, await textOf(now, asked.request));
      return reply.code(asked.status).header("cache-control", "no-cache").send({ error: asked.message });
    });
  }
}
