import type { FastifyReply, FastifyRequest } from "fastify";
import type { DocumentText } from "./document-texts.js";
import { matchesTag } from "./entity-tag.js";

/** Sends a text, or 304 to a client that has it (RFC 9110, 13.1.2). It may be kept, and must be asked for again. */
export function sendText(request: FastifyRequest, reply: FastifyReply, text: DocumentText): FastifyReply {
  reply.header("etag", text.tag).header("cache-control", "no-cache");
  const known = request.headers["if-none-match"];
  if (known !== undefined && matchesTag(known, text.tag)) return reply.code(304).send();
  return reply.type(text.contentType).send(text.body);
}
