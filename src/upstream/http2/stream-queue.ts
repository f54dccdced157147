import type { RpcStream } from "./rpc-stream.js";

/** Calls that wait for a connection or on one, first in, first out; linked, so that a call that ends while it waits leaves at once. */
export class StreamQueue {
  #head: RpcStream | null = null;
  #tail: RpcStream | null = null;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(stream: RpcStream): void {
    stream.queued = true;
    stream.queuePrevious = this.#tail;
    stream.queueNext = null;
    if (this.#tail === null) this.#head = stream;
    else this.#tail.queueNext = stream;
    this.#tail = stream;
    this.#length++;
  }

  shift(): RpcStream | null {
    const stream = this.#head;
    if (stream !== null) this.remove(stream);
    return stream;
  }

  all(): RpcStream[] {
    const streams: RpcStream[] = [];
    for (let stream = this.#head; stream !== null; stream = stream.queueNext) streams.push(stream);
    return streams;
  }

  /** The stream must be in this queue. */
  remove(stream: RpcStream): void {
    if (stream.queuePrevious === null) this.#head = stream.queueNext;
    else stream.queuePrevious.queueNext = stream.queueNext;
    if (stream.queueNext === null) this.#tail = stream.queuePrevious;
    else stream.queueNext.queuePrevious = stream.queuePrevious;
    stream.queued = false;
    stream.queueNext = null;
    stream.queuePrevious = null;
    this.#length--;
  }
}
