import type { FastifyReply } from "fastify";
import type { OutgoingReply, StreamClient, StreamOutcome } from "../transcode/index.js";

/** What a stream asks of the exchange that it belongs to. */
export interface StreamOwner {
  send(reply: OutgoingReply): void;
  /** The stream has ended; for the log. */
  ended(outcome: StreamOutcome): void;
  headersOfExchange(): readonly string[];
}

/** Milliseconds between heartbeats: below the idle timeouts of the usual proxies (nginx and most clouds: 60 s). */
const HEARTBEAT = 15_000;

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
  let bytes = 0;

  const stopHeartbeats = (): void => {
    if (heartbeats !== null) clearInterval(heartbeats);
    heartbeats = null;
  };
  const write = (chunk: Uint8Array): boolean => {
    bytes += chunk.length;
    heartbeats?.refresh();
    return raw.write(chunk);
  };

  return {
    bytes: () => bytes,
    begin(headers, trailers, heartbeat) {
      reply.hijack();
      const merged = [...headers, ...owner.headersOfExchange()];
      if (trailers.length > 0) merged.push("trailer", trailers.join(", "));
      for (const [name, value] of Object.entries(reply.getHeaders())) {
        if (value !== undefined) raw.setHeader(name, value);
      }
      for (let i = 0; i < merged.length; i += 2) raw.appendHeader(merged[i] ?? "", merged[i + 1] ?? "");
      raw.writeHead(200);
      raw.flushHeaders();
      if (heartbeat !== null) heartbeats = setInterval(() => raw.write(heartbeat), HEARTBEAT).unref();
      raw.on("close", stopHeartbeats);
    },
    write,
    finish(trailers, outcome) {
      stopHeartbeats();
      owner.ended(outcome);
      if (trailers.length > 0) raw.addTrailers(pairs(trailers));
      raw.end();
    },
    abort(outcome) {
      stopHeartbeats();
      owner.ended(outcome);
      raw.destroy();
    },
    reply: (outgoing) => owner.send(outgoing),
    resumeBody: () => {
      reply.request.raw.resume();
    },
  };
}

function pairs(flat: readonly string[]): [string, string][] {
  const list: [string, string][] = [];
  for (let i = 0; i < flat.length; i += 2) list.push([flat[i] ?? "", flat[i + 1] ?? ""]);
  return list;
}
