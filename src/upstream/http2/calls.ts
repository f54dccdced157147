import type { RpcStream } from "./rpc-stream.js";
import { StreamQueue } from "./stream-queue.js";
import { StreamRing } from "./stream-ring.js";

/** The calls of one connection. */
export class Calls {
  /** Those that are open, by the id of their stream. */
  readonly ring: StreamRing<RpcStream>;
  /** Those that begin when this turn's frames are written: nothing of them has left this process. */
  readonly unbegun = new StreamQueue();
  /** Those of the ring whose callers have gone and that are not reset yet, the first one first. */
  readonly abandoned = new Set<RpcStream>();

  constructor(firstStreamId: number) {
    this.ring = new StreamRing(firstStreamId);
  }

  /** Those that take a place. */
  get active(): number {
    return this.ring.active + this.unbegun.length;
  }

  /** Those that somebody waits for. */
  get live(): number {
    return this.active - this.abandoned.size;
  }

  /** Takes an open one off. */
  close(stream: RpcStream): void {
    if (this.abandoned.size > 0) this.abandoned.delete(stream);
    this.ring.close(stream);
    stream.connection = null;
  }

  /** Takes an open one off and leaves another in its place. */
  abandon(stream: RpcStream, inPlace: RpcStream): void {
    this.ring.replace(stream, inPlace);
    this.abandoned.add(inPlace);
    stream.connection = null;
  }

  /** All, for the paths that are not hot. */
  all(): RpcStream[] {
    return [...this.ring.all(), ...this.unbegun.all()];
  }

  /** Takes those off that are open under an id above `lastId`. */
  takeAbove(lastId: number): RpcStream[] {
    const streams = this.ring.all().filter(({ id }) => id > lastId);
    for (const stream of streams) this.close(stream);
    return streams;
  }

  /** Takes those off that have not begun. */
  takeUnbegun(): RpcStream[] {
    const streams = this.unbegun.all();
    for (const stream of streams) {
      this.unbegun.remove(stream);
      stream.connection = null;
    }
    return streams;
  }
}
