import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { type Reply, ReplyReader } from "./reply-reader.js";

const READ_BUFFER = 64 * 1024;

/** A keep-alive connection that carries one request at a time. */
export interface Connection {
  /** Sends the bytes of a request; `done` follows. */
  send(request: Buffer): void;
  close(): void;
}

/** Opens a connection; `done` is called with the connection whenever a reply is complete. */
export async function openConnection(
  port: number,
  done: (connection: Connection, reply: Reply) => void,
  failed: (error: Error) => void,
): Promise<Connection> {
  const reader = new ReplyReader((reply) => done(connection, reply));
  let closed = false;
  // One buffer a connection, read into again and again: a reader that keeps something of it copies it.
  const socket: Socket = connect({
    host: "127.0.0.1",
    port,
    noDelay: true,
    onread: {
      buffer: Buffer.allocUnsafe(READ_BUFFER),
      callback(length, buffer) {
        reader.read((buffer as Buffer).subarray(0, length));
        return true;
      },
    },
  });
  const connection: Connection = {
    send: (request) => socket.write(request),
    close() {
      closed = true;
      socket.destroy();
    },
  };
  await once(socket, "connect");
  socket.on("error", failed).on("close", () => {
    if (!closed) failed(new Error(`the server on port ${port} closed a connection`));
  });
  return connection;
}
