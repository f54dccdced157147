import { utf8 } from "./utf8.js";

/** A frozen map from short ASCII or UTF-8 names to values, looked up by bytes in place, without making a string. */
export class ByteKeys<T> {
  private readonly mask: number;
  private readonly slots: readonly (ByteKey<T> | null)[];

  constructor(entries: ReadonlyMap<string, T>) {
    let size = 4;
    while (size < entries.size * 2) size *= 2;
    const slots = new Array<ByteKey<T> | null>(size).fill(null);
    for (const [name, value] of entries) {
      const bytes = utf8(name);
      const hash = hashBytes(bytes, 0, bytes.length);
      let at = hash & (size - 1);
      while (slots[at] !== null) at = (at + 1) & (size - 1);
      slots[at] = { bytes, hash, value };
    }
    this.mask = size - 1;
    this.slots = slots;
  }

  /** The value under bytes[start, end), or null. */
  get(bytes: Uint8Array, start: number, end: number): T | null {
    const hash = hashBytes(bytes, start, end);
    for (let at = hash & this.mask; ; at = (at + 1) & this.mask) {
      const key = this.slots[at]!;
      if (key === null) return null;
      if (key.hash === hash && sameBytes(key.bytes, bytes, start, end)) return key.value;
    }
  }
}

interface ByteKey<T> {
  readonly bytes: Uint8Array;
  readonly hash: number;
  readonly value: T;
}

export function hashBytes(bytes: Uint8Array, start: number, end: number): number {
  let hash = end - start;
  for (let at = start; at < end; at++) hash = Math.imul(hash ^ bytes[at]!, 0x01000193);
  return hash ^ (hash >>> 15);
}

function sameBytes(key: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  if (key.length !== end - start) return false;
  for (let at = 0; at < key.length; at++) if (key[at] !== bytes[start + at]) return false;
  return true;
}
