/** Taken items are cut off once they are so many and half of all. */
const CUT = 1024;

/**
 * A queue whose `shift` does not move what is behind: Array.shift moves everything once an array is large, and 50,000 empty
 * messages that came in while a stream was paused took seconds to deliver.
 */
export class Fifo<T> {
  #items: T[] = [];
  #taken = 0;

  get length(): number {
    return this.#items.length - this.#taken;
  }

  push(item: T): void {
    this.#items.push(item);
  }

  shift(): T | undefined {
    if (this.#taken === this.#items.length) return undefined;
    const item = this.#items[this.#taken++];
    if (this.#taken === this.#items.length) this.clear();
    else if (this.#taken >= CUT && this.#taken * 2 >= this.#items.length) {
      this.#items = this.#items.slice(this.#taken);
      this.#taken = 0;
    }
    return item;
  }

  clear(): void {
    this.#items = [];
    this.#taken = 0;
  }
}
