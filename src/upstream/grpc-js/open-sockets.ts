import type { Socket } from "node:net";

/** The sockets of a channel, of which grpc-js tells nothing, and what has come in on them: signs of life of the upstream. */
export class OpenSockets {
  readonly #open = new Set<Socket>();
  #closedRead = 0;

  add(socket: Socket): void {
    this.#open.add(socket);
    socket.once("close", () => {
      this.#open.delete(socket);
      this.#closedRead += socket.bytesRead;
    });
  }

  /** Bytes that came in on all sockets that there ever were. */
  get bytesRead(): number {
    let sum = this.#closedRead;
    for (const socket of this.#open) sum += socket.bytesRead;
    return sum;
  }
}
