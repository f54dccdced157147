import { type Literal, literal, standsAt } from "../bytes/literal.js";

/** A frozen map from names to values, looked up by bytes in place, without making a string. */
export class ByteKeys<T> {
  private readonly mask: number;
  private readonly slots: readonly (ByteKey<T> | null)[];

  constructor(entries: ReadonlyMap<string, T>) {
    let size = 4;
    while (size < entries.size * 2) size *= 2;
    const slots = new Array<ByteKey<T> | null>(size).fill(null);
    for (const [name, value] of entries) {
      const text = literal(name);
      const padded = new DataView(new ArrayBuffer(text.length + 8));
      for (let i = 0; i < text.length; i++) padded.setUint8(i, text.bytes[i]!);
      const hash = hashText(padded, 0, text.length);
      let at = hash & (size - 1);
      while (slots[at] !== null) at = (at + 1) & (size - 1);
      slots[at] = { text, hash, value };
    }
    this.mask = size - 1;
    this.slots = slots;
  }

  /** The value under the bytes [start, end), or null. Four bytes behind them must be there to be read. */
  get(data: DataView, start: number, end: number): T | null {
    const hash = hashText(data, start, end);
    for (let at = hash & this.mask; ; at = (at + 1) & this.mask) {
      const key = this.slots[at]!;
      if (key === null) return null;
      if (key.hash === hash && key.text.length === end - start && standsAt(data, start, key.text)) return key.value;
    }
  }
}

interface ByteKey<T> {
  readonly text: Literal;
  readonly hash: number;
  readonly value: T;
}

/**
 * A hash of the length and of up to twelve bytes: first, middle and last. Names come from a schema, so no client can choose
 * them to collide; names alike in all of that share a slot and are compared whole.
 */
function hashText(data: DataView, start: number, end: number): number {
  const length = end - start;
  let hash = length;
  if (length < 4) {
    for (let at = start; at < end; at++) hash = Math.imul(hash ^ data.getUint8(at), 0x01000193);
  } else {
    hash = Math.imul(hash ^ data.getInt32(start, true), 0x01000193);
    hash = Math.imul(hash ^ data.getInt32(start + ((length - 4) >> 1), true), 0x01000193);
    hash = Math.imul(hash ^ data.getInt32(end - 4, true), 0x01000193);
  }
  return hash ^ (hash >>> 15);
}
