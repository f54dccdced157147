import type { FastifyReply } from "fastify";
import type { OutgoingReply } from "../transcode/index.js";

/** RFC 9110, 5.5: what a field value may hold. Anything else would make node:http throw. */
const FIELD_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/** Whether node:http takes a text as the value of a header. */
export function isFieldValue(value: string): boolean {
  return FIELD_VALUE.test(value);
}

/** Sends a reply through Fastify, so that hooks of the app see it. Repeated headers stay repeated. */
export function sendReply(reply: FastifyReply, outgoing: OutgoingReply): void {
  const { headers, trailers } = outgoing;
  reply.code(outgoing.status);
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i] ?? "";
    const value = headers[i + 1] ?? "";
    if (!isFieldValue(value)) continue;
    if (i > 1 && reply.hasHeader(name)) addHeader(reply, name, value);
    else reply.header(name, value);
  }
  if (trailers !== null) {
    for (let i = 0; i < trailers.length; i += 2) {
      const value = trailers[i + 1] ?? "";
      reply.trailer(trailers[i] ?? "", (_reply, _payload, done) => done(null, value));
    }
  }
  reply.send(outgoing.body);
}

function addHeader(reply: FastifyReply, name: string, value: string): void {
  if (name === "content-type") return;
  const before = reply.getHeader(name);
  reply.removeHeader(name);
  reply.header(name, Array.isArray(before) ? [...before, value] : [String(before), value]);
}
