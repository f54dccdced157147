import type { Field } from "./field.js";

/**
 * The dynamic table of RFC 7541 section 2.3.2: first in, first out, bounded by the sum of its entries' sizes. A ring of
 * slots, so that an insertion moves nothing.
 */
export class DynamicTable {
  #slots: (Field | null)[];
  #mask: number;
  /** Entries ever inserted; the newest is at `#inserted - 1`. */
  #inserted = 0;
  #count = 0;
  #size = 0;
  #maxSize: number;

  constructor(maxSize: number) {
    this.#maxSize = maxSize;
    const slots = slotsFor(maxSize);
    this.#slots = new Array<Field | null>(slots).fill(null);
    this.#mask = slots - 1;
  }

  get count(): number {
    return this.#count;
  }

  get size(): number {
    return this.#size;
  }

  get maxSize(): number {
    return this.#maxSize;
  }

  get inserted(): number {
    return this.#inserted;
  }

  /** The entry that is `back` insertions old (0: the newest), or null. */
  get(back: number): Field | null {
    return back < this.#count ? (this.#slots[(this.#inserted - 1 - back) & this.#mask] as Field) : null;
  }

  /** Inserts, evicting from the oldest on; a field larger than the table empties it (RFC 7541 section 4.4). */
  insert(field: Field): void {
    this.#evict(this.#maxSize - field.size);
    if (field.size > this.#maxSize) return;
    this.#slots[this.#inserted & this.#mask] = field;
    this.#inserted++;
    this.#count++;
    this.#size += field.size;
  }

  /** Changes the maximum (RFC 7541 section 4.3). */
  resize(maxSize: number): void {
    this.#evict(maxSize);
    this.#maxSize = maxSize;
    const slots = slotsFor(maxSize);
    if (slots <= this.#slots.length) return;
    const grown = new Array<Field | null>(slots).fill(null);
    for (let i = this.#inserted - this.#count; i < this.#inserted; i++) {
      grown[i & (slots - 1)] = this.#slots[i & this.#mask] as Field;
    }
    this.#slots = grown;
    this.#mask = slots - 1;
  }

  #evict(room: number): void {
    while (this.#count > 0 && this.#size > room) {
      const at = (this.#inserted - this.#count) & this.#mask;
      this.#size -= (this.#slots[at] as Field).size;
      this.#slots[at] = null;
      this.#count--;
    }
  }
}

/** An entry is at least 32 octets, which bounds their number; a power of two, so that an index is a mask away. */
function slotsFor(maxSize: number): number {
  let slots = 16;
  while (slots < maxSize / 32 + 1) slots *= 2;
  return slots;
}
