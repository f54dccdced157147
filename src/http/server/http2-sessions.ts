import type { Http2Server, ServerHttp2Session } from "node:http2";

/** The connections of an HTTP/2 server. */
export interface Http2Sessions {
  /** Lets every connection, also those that still come, end what it has begun and no more. */
  drain(): void;
}

/**
 * Watches the sessions of a server. Draining sends GOAWAY with the last request that has arrived; what a client had on its way
 * behind it is told by that to be untouched, and clients send it again elsewhere (RFC 9113, 6.8). The RFC's way to spare them
 * that, a first GOAWAY that allows every stream, node:http2 does not have: after any GOAWAY it ignores new streams.
 */
export function watchSessions(server: Http2Server): Http2Sessions {
  const sessions = new Set<ServerHttp2Session>();
  let draining = false;
  server.on("session", (session) => {
    sessions.add(session);
    session.once("close", () => sessions.delete(session));
    // A connection that was accepted before: what it came for is there when it has answered a PING.
    if (draining) session.ping(() => session.close());
  });
  return {
    drain() {
      draining = true;
      for (const session of sessions) session.close();
    },
  };
}
