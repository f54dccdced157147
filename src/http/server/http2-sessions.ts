import type { Http2Server, ServerHttp2Session } from "node:http2";

/** The connections of an HTTP/2 server. */
export interface Http2Sessions {
  /** Lets every connection, also those that still come, end what it has begun and no more. */
  drain(): void;
}

/** The highest stream id (RFC 9113, 5.1.1): "nothing that you send is lost, but send no more". */
const ANY_STREAM = 2 ** 31 - 1;

/**
 * Watches the sessions of a server. A GOAWAY that names the last request seen would lose those that are on their way to it;
 * so a first one allows them all, and the second follows when a PING has come back from behind them (RFC 9113, 6.8).
 */
export function watchSessions(server: Http2Server): Http2Sessions {
  const sessions = new Set<ServerHttp2Session>();
  let draining = false;
  server.on("session", (session) => {
    sessions.add(session);
    session.once("close", () => sessions.delete(session));
    if (draining) drainSession(session);
  });
  return {
    drain() {
      draining = true;
      for (const session of sessions) drainSession(session);
    },
  };
}

function drainSession(session: ServerHttp2Session): void {
  if (session.closed || session.destroyed) return;
  session.goaway(0, ANY_STREAM);
  // False: the session has as many PINGs under way as it may, and the peer answers none of them.
  if (!session.ping(() => session.close())) session.close();
}
