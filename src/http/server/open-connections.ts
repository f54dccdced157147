import type { Server } from "node:http";
import type { Socket } from "node:net";

/** The connections of a server. */
export interface OpenConnections {
  /** Closes from now on those that ask for nothing, so that the server's end waits for requests alone. */
  drain(): void;
  /** Closes all of them at once. */
  cutOff(): void;
}

/** Milliseconds between looks for connections that have become idle. */
const SWEEP = 100;

/**
 * Watches a server's connections. When a server closes, node:http closes those that are idle at that moment; not those that
 * never sent a byte (browsers open them ahead), nor those whose reply was already on its way without `Connection: close`.
 */
export function watchConnections(server: Server): OpenConnections {
  const sockets = new Set<Socket>();
  let sweeping: NodeJS.Timeout | null = null;

  const sweep = (): void => {
    server.closeIdleConnections();
    for (const socket of sockets) if (socket.bytesRead === 0) socket.destroy();
  };
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  server.once("close", () => {
    if (sweeping !== null) clearInterval(sweeping);
  });
  return {
    drain() {
      sweep();
      sweeping ??= setInterval(sweep, SWEEP);
    },
    cutOff() {
      for (const socket of sockets) socket.destroy();
    },
  };
}
