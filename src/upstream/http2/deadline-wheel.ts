/** What can be put on the wheel: the links belong to the wheel. */
export interface Timed {
  /** Milliseconds since the epoch. */
  readonly deadline: number;
  wheelSlot: number;
  wheelNext: Timed | null;
  wheelPrevious: Timed | null;
  /** The deadline has passed; the entry is off the wheel. */
  expire(): void;
}

/** Milliseconds by which a deadline may be noticed late. */
export const TICK = 8;
const SLOTS = 512;

/**
 * Deadlines of calls. A timer per call costs more than the rest of a call's bookkeeping, and nearly all are cancelled; here
 * a deadline is one link in and one out, and one timer runs while there are any. Deadlines are met up to a tick (8 ms)
 * late and never early. Those farther than one turn of the wheel (4 s) are looked at once a turn.
 */
export class DeadlineWheel {
  readonly #slots: (Timed | null)[] = new Array<Timed | null>(SLOTS).fill(null);
  #count = 0;
  #timer: NodeJS.Timeout | null = null;
  /** The tick up to which everything was looked at. */
  #done = 0;
  readonly #tick = (): void => this.#run();

  add(entry: Timed): void {
    // One tick later than the one it falls in: when that slot is looked at, the deadline is over.
    const slot = (Math.floor(entry.deadline / TICK) + 1) % SLOTS;
    const head = this.#slots[slot] as Timed | null;
    entry.wheelSlot = slot;
    entry.wheelPrevious = null;
    entry.wheelNext = head;
    if (head !== null) head.wheelPrevious = entry;
    this.#slots[slot] = entry;
    this.#count++;
    if (this.#timer === null) {
      this.#done = Math.floor(Date.now() / TICK);
      this.#timer = setTimeout(this.#tick, TICK);
    }
  }

  /** Harmless for an entry that is not on the wheel. */
  remove(entry: Timed): void {
    if (entry.wheelSlot < 0) return;
    if (entry.wheelPrevious === null) this.#slots[entry.wheelSlot] = entry.wheelNext;
    else entry.wheelPrevious.wheelNext = entry.wheelNext;
    if (entry.wheelNext !== null) entry.wheelNext.wheelPrevious = entry.wheelPrevious;
    entry.wheelSlot = -1;
    entry.wheelNext = null;
    entry.wheelPrevious = null;
    this.#count--;
  }

  #run(): void {
    const now = Date.now();
    const until = Math.floor(now / TICK);
    // After a pause of more than a turn, or a step of the clock, every slot is looked at once.
    if (until < this.#done || until - this.#done > SLOTS) this.#done = until - SLOTS;
    while (this.#done < until) {
      this.#done++;
      this.#expire(this.#slots[this.#done % SLOTS] as Timed | null, now);
    }
    this.#timer = this.#count > 0 ? setTimeout(this.#tick, TICK) : null;
  }

  #expire(head: Timed | null, now: number): void {
    // The due ones are gathered first: what `expire` calls may add and remove others.
    const due: Timed[] = [];
    for (let entry = head; entry !== null; entry = entry.wheelNext) if (entry.deadline <= now) due.push(entry);
    for (const entry of due) {
      if (entry.wheelSlot < 0) continue;
      this.remove(entry);
      entry.expire();
    }
  }
}
