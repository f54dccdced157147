import { MAX_WINDOW } from "./frames.js";

/** What the ring asks of its entries: the id under which they are open; 0 while they are not. */
export interface RingEntry {
  id: number;
}

/**
 * The open streams of a connection by id. An array in which an id has its place by its low bits, and not a Map: a Map's
 * tables, once dead, held young streams in old space (16 major collections in a run of seven seconds against one). A place
 * that a long stream still holds is skipped, as ids only have to grow (RFC 9113 section 5.1.1).
 */
export class StreamRing<S extends RingEntry> {
  #slots: (S | null)[] = new Array<S | null>(64).fill(null);
  #mask = 63;
  readonly #firstId: number;
  #nextId: number;
  #active = 0;

  /** `firstId`: odd, 1 on a new connection. */
  constructor(firstId = 1) {
    this.#firstId = firstId;
    this.#nextId = firstId;
  }

  get active(): number {
    return this.#active;
  }

  /** Streams that were ever opened, and the ids that were skipped. */
  get opened(): number {
    return (this.#nextId - this.#firstId) / 2;
  }

  /** Whether another stream can be opened; false for good once the ids are used up. */
  get hasIds(): boolean {
    return this.#nextId <= MAX_WINDOW - 2 * this.#active - 2;
  }

  /** Gives the stream the next free id. `hasIds` must hold. */
  open(stream: S): void {
    if (this.#active * 2 >= this.#slots.length) this.#grow();
    while (this.#slots[(this.#nextId >> 1) & this.#mask] !== null) this.#nextId += 2;
    stream.id = this.#nextId;
    this.#slots[(this.#nextId >> 1) & this.#mask] = stream;
    this.#nextId += 2;
    this.#active++;
  }

  get(id: number): S | null {
    const stream = this.#slots[(id >> 1) & this.#mask] as S | null;
    return stream !== null && stream.id === id ? stream : null;
  }

  /** Whether an id belongs to no stream that this side ever opened, now or before. */
  isIdle(id: number): boolean {
    return id % 2 === 0 || id >= this.#nextId;
  }

  close(stream: S): void {
    this.#slots[(stream.id >> 1) & this.#mask] = null;
    this.#active--;
    stream.id = 0;
  }

  /** Puts another one in the place of a stream, under its id. */
  replace(stream: S, by: S): void {
    this.#slots[(stream.id >> 1) & this.#mask] = by;
    by.id = stream.id;
    stream.id = 0;
  }

  /** The open streams, for the paths that are not hot. */
  all(): S[] {
    return this.#slots.filter((stream) => stream !== null);
  }

  #grow(): void {
    const streams = this.all();
    let size = this.#slots.length;
    // Ids far apart may share their low bits in the larger ring too; grow until each has its own place.
    for (;;) {
      size *= 2;
      const grown = new Array<S | null>(size).fill(null);
      let clash = false;
      for (const stream of streams) {
        const at = (stream.id >> 1) & (size - 1);
        if (grown[at] !== null) clash = true;
        grown[at] = stream;
      }
      if (clash) continue;
      this.#slots = grown;
      this.#mask = size - 1;
      return;
    }
  }
}
