import type { FastifyReply } from "fastify";
import type { OutgoingReply, StreamClient, StreamOutcome } from "../transcode/index.js";
import { addTrailers } from "./add-trailers.js";
import { createBatchWriter } from "./batch-writer.js";
import { isFieldValue } from "./field-value.js";
import { breakOff } from "./http2-stream.js";

/** What a stream asks of the exchange that it belongs to. */
export interface StreamOwner {
  send(reply: OutgoingReply): void;
  /** The stream has ended; for the log. */
  ended(outcome: StreamOutcome): void;
  headersOfExchange(): readonly string[];
  resumeBody(): void;
  /** The client takes more again. */
  drained(): void;
}

/**
 * The client's side of a stream on a Fastify reply. Once the stream begins, the reply is taken out of Fastify's hands;
 * headers that hooks have set are kept.
 */
export function createStreamClient(
  reply: FastifyReply,
  owner: StreamOwner,
): StreamClient & { readonly bytes: () => number } {
  const { raw } = reply;
  let heartbeats: NodeJS.Timeout | null = null;
  const writer = createBatchWriter(raw, owner.drained, () => heartbeats?.refresh());
  // Trailers need chunked coding (RFC 9112, 7.1.2), which HTTP/1.0 does not have; node:http throws for them.
  const canTrail = reply.request.raw.httpVersion !== "1.0";

  const stop = (): void => {
    if (heartbeats !== null) clearInterval(heartbeats);
    heartbeats = null;
    writer.drop();
  };

  return {
    bytes: () => writer.bytes,
    begin(headers, trailers, heartbeat) {
      reply.hijack();
      for (const [name, value] of Object.entries(reply.getHeaders())) {
        if (value !== undefined) raw.setHeader(name, value);
      }
      appendHeaders(raw, headers);
      appendHeaders(raw, owner.headersOfExchange());
      if (trailers.length > 0 && canTrail) raw.setHeader("trailer", trailers.join(", "));
      raw.writeHead(200);
      // They leave with the first message, or alone where the turn brings none.
      writer.write(NOTHING);
      if (heartbeat !== null) heartbeats = setInterval(() => raw.write(heartbeat.bytes), heartbeat.interval).unref();
      raw.on("close", stop);
    },
    write: writer.write,
    finish(trailers, outcome) {
      writer.flush();
      stop();
      owner.ended(outcome);
      if (trailers.length > 0 && canTrail) addTrailers(raw, trailers);
      raw.end();
    },
    abort(outcome) {
      stop();
      owner.ended(outcome);
      breakOff(raw);
    },
    reply: (outgoing) => owner.send(outgoing),
    resumeBody: () => owner.resumeBody(),
  };
}

const NOTHING = new Uint8Array(0);

function appendHeaders(raw: FastifyReply["raw"], headers: readonly string[]): void {
  for (let i = 0; i < headers.length; i += 2) {
    const value = headers[i + 1] ?? "";
    if (isFieldValue(value)) raw.appendHeader(headers[i] ?? "", value);
  }
}
