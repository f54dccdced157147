import { METHODS, type RequestListener } from "node:http";
import { createServer, type Http2Server, type Http2ServerRequest, type Http2ServerResponse } from "node:http2";
import type { HttpLimits } from "../types.js";

/** How HTTP/2 is spoken. */
export interface Http2Options {
  readonly enabled: boolean;
  /** Streams that one connection may have open at a time. */
  readonly maxStreams: number;
}

/** Who answers what a session brings. */
export interface Http2Handlers {
  readonly request: RequestListener;
  /** A method that node:http would not take either. */
  readonly unknownMethod: RequestListener;
}

/** Header lines a request may have, as node:http's maxHeadersCount; `limits.headers` bounds their bytes. */
const MAX_FIELDS = 2000;
/** What each field counts beyond its bytes (RFC 9113, 6.5.2). */
const FIELD_OVERHEAD = 32;
/**
 * Bytes that a client may send ahead of what is taken, on one stream and on all of a connection. RFC 9113's 64 KiB would hold
 * an upload to 1.3 MB/s over a line of 50 ms.
 */
const STREAM_WINDOW = 256 * 1024;
const CONNECTION_WINDOW = 1024 * 1024;
/** Milliseconds for which a connection may be without a stream, as Fastify's keepAliveTimeout for HTTP/1.1. */
const IDLE = 72_000;

/** CONNECT is one, but no path comes with it (RFC 9113, 8.5), and nothing here is a tunnel. */
const knownMethods: ReadonlySet<string> = new Set(METHODS.filter((method) => method !== "CONNECT"));

/**
 * A server of HTTP/2 that listens nowhere: connections are given to it. Headers beyond the limits still arrive whole up to
 * twice their size, so that they are refused with a body; beyond that the stream is reset (ENHANCE_YOUR_CALM). Floods end the
 * connection: nghttp2 counts resets (1,000 at once, then 33 a second), unanswered PINGs and SETTINGS, and CONTINUATIONs.
 */
export function createHttp2Server(limits: HttpLimits, options: Http2Options, handlers: Http2Handlers): Http2Server {
  const server = createServer({
    maxHeaderListPairs: MAX_FIELDS,
    settings: {
      enablePush: false,
      maxConcurrentStreams: options.maxStreams,
      maxHeaderListSize: 2 * (limits.headers + limits.url) + MAX_FIELDS * FIELD_OVERHEAD,
      initialWindowSize: STREAM_WINDOW,
    },
  });
  const serve = (request: Http2ServerRequest, response: Http2ServerResponse): void => {
    // A stream that the client resets is an error of its request; the response's "close" is what tells of it.
    request.on("error", () => undefined);
    const take = knownMethods.has(request.method) ? handlers.request : handlers.unknownMethod;
    // Fastify takes both kinds, and so do those who get them from it.
    const [given, answered] = [request, response] as unknown as Parameters<RequestListener>;
    take(given, answered);
  };
  server.on("request", serve).on("connect", serve).on("checkExpectation", serve);
  server.on("session", (session) => {
    session.setLocalWindowSize(CONNECTION_WINDOW);
    let open = 0;
    session.on("stream", (stream) => {
      open++;
      stream.once("close", () => {
        open--;
      });
    });
    session.setTimeout(IDLE, () => {
      if (open === 0) session.close();
    });
  });
  return server;
}
