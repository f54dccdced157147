import type { Socket } from "node:net";

/** What a client of HTTP/2 begins with (RFC 9113, 3.4). No HTTP/1.1 request begins so: PRI is reserved. */
const PREFACE = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
const NOTHING = Buffer.alloc(0);

/** Who takes a connection once its first bytes tell what it speaks. */
export interface Speakers {
  http1(socket: Socket): void;
  http2(socket: Socket): void;
  /** Nothing that tells has come within the time. */
  late(socket: Socket): void;
}

/**
 * Waits for the first bytes of a connection, which have to come within `milliseconds`, puts them back and hands the
 * connection over. A client of HTTP/1.1 is known by its first byte, or by its third if it begins with a P.
 */
export function sortByPreface(socket: Socket, milliseconds: number, speakers: Speakers): void {
  let seen: Buffer = NOTHING;

  const handOver = (to: (socket: Socket) => void): void => {
    clearTimeout(timer);
    socket.off("readable", read).off("error", destroy).off("close", stop);
    if (seen.length > 0) socket.unshift(seen);
    to(socket);
  };
  const read = (): void => {
    const chunk = socket.read() as Buffer | null;
    // The end of what the client says, before it has told: node:http knows an answer to that.
    if (chunk === null) {
      handOver(speakers.http1);
      return;
    }
    seen = seen.length === 0 ? chunk : Buffer.concat([seen, chunk]);
    const length = Math.min(seen.length, PREFACE.length);
    if (seen.compare(PREFACE, 0, length, 0, length) !== 0) handOver(speakers.http1);
    else if (length === PREFACE.length) handOver(speakers.http2);
  };
  const destroy = (): void => {
    socket.destroy();
  };
  const stop = (): void => clearTimeout(timer);
  const timer = setTimeout(() => handOver(speakers.late), milliseconds).unref();
  socket.on("readable", read).on("error", destroy).on("close", stop);
}
