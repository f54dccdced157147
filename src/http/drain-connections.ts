import type { Server } from "node:http";
import type { Socket } from "node:net";
import type { FastifyInstance } from "fastify";

/** Milliseconds between looks for connections that have become idle. */
const SWEEP = 100;

/**
 * Closes connections that ask for nothing as soon as the server closes, so that its end waits for requests alone. node:http
 * closes those that are idle at that moment; not those that never sent a byte (browsers open them ahead), nor those whose
 * reply was already on its way without `Connection: close`.
 */
export function drainConnections(app: FastifyInstance): void {
  const server = app.server as Server;
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
  app.addHook("preClose", async () => {
    sweep();
    sweeping = setInterval(sweep, SWEEP);
  });
}
