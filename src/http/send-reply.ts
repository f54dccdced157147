import { Readable } from "node:stream";
import type { FastifyReply } from "fastify";
import type { OutgoingReply } from "../transcode/index.js";
import { addTrailers } from "./add-trailers.js";
import { isFieldValue } from "./field-value.js";

/**
 * Sends a reply through Fastify, so that hooks of the app see it. A header takes the place of one that a hook has set, but
 * for Vary, which both have a say in; repeated headers stay repeated.
 */
export function sendReply(reply: FastifyReply, outgoing: OutgoingReply): void {
  const { headers, trailers } = outgoing;
  // Fastify may write it later than the codec keeps it.
  const body = Buffer.from(outgoing.body);
  reply.code(outgoing.status);
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i] ?? "";
    const value = headers[i + 1] ?? "";
    if (!isFieldValue(value)) continue;
    if (i > 1 && isRepeated(headers, i)) addHeader(reply, name, value);
    else if (name === "vary" && reply.hasHeader(name)) addHeader(reply, name, value);
    else reply.header(name, value);
  }
  // RFC 9110, 15.4.5: 304 has no content; Fastify would give an empty one a type.
  if (outgoing.status === 304) reply.send();
  else if (trailers === null || !takesTrailers(reply)) reply.send(body);
  else sendWithTrailers(reply, body, trailers);
}

/** Whether the name at an index of a flat list is there before it. */
function isRepeated(headers: readonly string[], index: number): boolean {
  for (let i = 0; i < index; i += 2) if (headers[i] === headers[index]) return true;
  return false;
}

function addHeader(reply: FastifyReply, name: string, value: string): void {
  if (name === "content-type") return;
  const before = reply.getHeader(name);
  if (before === undefined) reply.header(name, value);
  else {
    reply.removeHeader(name);
    reply.header(name, Array.isArray(before) ? [...before, value] : [String(before), value]);
  }
}

/** Trailers follow a chunked body (RFC 9112, 7.1.2): HTTP/1.0 has no chunks, a reply to HEAD no body. */
function takesTrailers({ request }: FastifyReply): boolean {
  return request.raw.httpVersion !== "1.0" && request.raw.method !== "HEAD";
}

/** Fastify's own trailers are announced without the commas that make a list of them (RFC 9110, 6.6.2). */
function sendWithTrailers(reply: FastifyReply, body: Uint8Array, trailers: readonly string[]): void {
  reply.header("trailer", [...new Set(trailers.filter((_, i) => i % 2 === 0))].join(", "));
  addTrailers(reply.raw, trailers);
  reply.send(Readable.from([body]));
}
