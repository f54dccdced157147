import type { Socket } from "node:net";

const CHUNK = 64 * 1024;
/** Below this much room a chunk that the socket still holds is not written to any more. */
const LEAST_ROOM = 4 * 1024;

/**
 * What is to be written on a connection, gathered over one turn of the event loop. Writers ask for room and then write to
 * `buffer` from `at` on. A chunk is used again from its start as soon as the kernel has taken all of it, which on a socket
 * that is not congested is at once.
 */
export class Output {
  buffer: Buffer = Buffer.allocUnsafeSlow(CHUNK);
  at = 0;
  /** Where in `buffer` the bytes begin that were not given to the socket yet. */
  #from = 0;
  /** Full chunks that wait before `buffer`. */
  #full: Buffer[] = [];
  #fullBytes = 0;

  /** Bytes not given to the socket yet. */
  get pending(): number {
    return this.#fullBytes + this.at - this.#from;
  }

  /** Makes sure that `size` octets can be written at `at` in one piece. */
  room(size: number): void {
    if (this.buffer.length - this.at >= size) return;
    if (this.at > this.#from) {
      const piece = this.buffer.subarray(this.#from, this.at);
      this.#full.push(piece);
      this.#fullBytes += piece.length;
    }
    this.#renew(size);
  }

  /** Gives all that is pending to the socket, in one write. */
  flush(socket: Socket): void {
    if (this.#full.length > 0) {
      socket.cork();
      for (const piece of this.#full) socket.write(piece);
      if (this.at > this.#from) socket.write(this.buffer.subarray(this.#from, this.at));
      this.#full = [];
      this.#fullBytes = 0;
      socket.uncork();
    } else if (this.at > this.#from) {
      socket.write(this.buffer.subarray(this.#from, this.at));
    }
    if (socket.writableLength === 0) {
      this.#from = 0;
      this.at = 0;
    } else if (this.buffer.length - this.at < LEAST_ROOM) {
      this.#renew(0);
    } else {
      this.#from = this.at;
    }
  }

  #renew(size: number): void {
    this.buffer = Buffer.allocUnsafeSlow(Math.max(CHUNK, size));
    this.at = 0;
    this.#from = 0;
  }
}
