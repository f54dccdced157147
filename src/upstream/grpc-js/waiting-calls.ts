import type { OpenSockets } from "./open-sockets.js";

/** In place of a round: the call is one too many. */
export const NO_ROOM = -1;

/**
 * The calls that wait, of which grpc-js tells nothing: it queues them in three places without a limit, and of the last one,
 * node:http2's queue for streams beyond those that the upstream allows, it knows nothing itself. What can be told from outside
 * is whether the upstream is alive: a call that began after the last byte of the upstream may be in one of the queues. So while
 * there is no connection all calls wait, and while an upstream stands still all that began since.
 */
export class WaitingCalls {
  readonly #most: number;
  readonly #sockets: OpenSockets;
  /** What had come in when the count began. */
  #bytesRead = 0;
  /** How often the count has begun. */
  #round = 0;
  #count = 0;

  constructor(most: number, sockets: OpenSockets) {
    this.#most = most;
    this.#sockets = sockets;
  }

  /** Counts a call. The round that it is to be taken from again, or NO_ROOM. */
  begin(): number {
    if (this.#count >= this.#most && !this.#upstreamLives()) return NO_ROOM;
    this.#count++;
    return this.#round;
  }

  end(round: number): void {
    if (round === this.#round) this.#count--;
  }

  /** Whether something has come in since it was last asked; if so, the calls before do not wait, and the count begins anew. */
  #upstreamLives(): boolean {
    // Asked only when the count is full: it would cost each call otherwise.
    const { bytesRead } = this.#sockets;
    if (bytesRead === this.#bytesRead) return false;
    this.#bytesRead = bytesRead;
    this.#round++;
    this.#count = 0;
    return true;
  }
}
