import { createServer, type RequestListener, request } from "node:http";

/** What a worker serves for the admin port, on a Unix socket that is its own. */
export interface Pages {
  close(): Promise<void>;
}

/** Serves a worker's pages at the path of a Unix socket; `exclusive`, or node:cluster would share it among the workers. */
export async function startPages(listener: RequestListener, path: string): Promise<Pages> {
  const server = createServer(listener);
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen({ path, exclusive: true }, resolve);
  });
  return {
    close() {
      return new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
}

/** Hands requests on to the pages of some worker; `pathOf` gives the socket of one that has them, null for none. */
export function forwardToPages(pathOf: () => string | null): RequestListener {
  return (incoming, outgoing) => {
    const unavailable = (): void => {
      if (outgoing.headersSent) outgoing.destroy();
      else
        outgoing
          .writeHead(503, { "content-type": "application/json" })
          .end('{"error":"no worker has this page now"}\n');
    };
    const socketPath = pathOf();
    if (socketPath === null) return unavailable();
    const { method, url, headers } = incoming;
    const forwarded = request({ socketPath, method, path: url, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    forwarded.on("error", unavailable);
    incoming.pipe(forwarded);
  };
}
