import { randomBytes } from "node:crypto";
import type { ByteBuffer } from "./byte-buffer.js";

/** Up to this many ranges a walk over the hashes is faster than a table. */
const LINEAR = 8;
/** A table starts as large as the last one was, for maps of one field are alike; up to this, which takes 60 ns to clear. */
const MOST_AT_ONCE = 1024;
const seed = randomBytes(4).readInt32LE(0);

/** Two lanes, of which neither waits for the other; the last word overlaps the one before it. */
function hashRange({ bytes, data }: ByteBuffer, start: number, end: number): number {
  let even = seed;
  let odd = end - start;
  if (odd < 4) {
    for (let at = start; at < end; at++) even = Math.imul(even ^ bytes[at]!, 0x01000193);
  } else {
    let at = start;
    for (; at + 8 <= end; at += 8) {
      even = Math.imul(even ^ data.getInt32(at, true), 0x85ebca6b);
      odd = Math.imul(odd ^ data.getInt32(at + 4, true), 0xc2b2ae35);
    }
    if (at + 4 <= end) even = Math.imul(even ^ data.getInt32(at, true), 0x85ebca6b);
    odd = Math.imul(odd ^ data.getInt32(end - 4, true), 0xc2b2ae35);
  }
  // The low bits of a product know nothing of the high bits of its factors.
  const hash = Math.imul(even ^ (even >>> 15) ^ odd ^ (odd >>> 17), 0x85ebca6b);
  return hash ^ (hash >>> 13);
}

/**
 * A set of byte ranges of one growing buffer, for finding map keys that stand twice. It holds positions and no bytes; the
 * ranges must keep their place until `clear`.
 */
export class RangeSet {
  private entries = new Int32Array(LINEAR * 3);
  /** Only the first `size` slots are in use, so that a large table left by one map costs the next small one little. */
  private slots = new Int32Array(64);
  private size = 64;
  private count = 0;
  private strings: Set<string> | null = null;
  private readonly probes: number;

  /** @param probes after which keys are taken for an attempt to collide, and a Set of strings (seeded by V8) takes over */
  constructor(probes: number = 64) {
    this.probes = probes;
  }

  clear(): void {
    this.count = 0;
    this.strings = null;
    if (this.slots.length > 1 << 16) {
      this.entries = new Int32Array(LINEAR * 3);
      this.slots = new Int32Array(64);
    }
  }

  /** Adds the range [start, end) of what `buffer` holds; false if equal bytes are in the set already. */
  add(buffer: ByteBuffer, start: number, end: number): boolean {
    const { bytes } = buffer;
    if (this.strings !== null) return this.addString(bytes, start, end);
    const hash = hashRange(buffer, start, end);
    if (this.count < LINEAR) {
      for (let i = 0; i < this.count; i++) if (this.same(i, hash, bytes, start, end)) return false;
    } else {
      if (this.count === LINEAR) this.rebuild(Math.min(this.size, MOST_AT_ONCE));
      else if (this.count * 2 >= this.size) this.rebuild(this.size * 2);
      const mask = this.size - 1;
      let at = hash & mask;
      for (let probes = 0; ; probes++) {
        const index = this.slots[at]! - 1;
        if (index < 0) break;
        if (this.same(index, hash, bytes, start, end)) return false;
        if (probes === this.probes) return this.switchToStrings(bytes, start, end);
        at = (at + 1) & mask;
      }
      this.slots[at] = this.count + 1;
    }
    this.push(hash, start, end);
    return true;
  }

  private push(hash: number, start: number, end: number): void {
    const at = this.count * 3;
    if (at === this.entries.length) {
      const entries = new Int32Array(at * 2);
      entries.set(this.entries);
      this.entries = entries;
    }
    this.entries[at] = hash;
    this.entries[at + 1] = start;
    this.entries[at + 2] = end - start;
    this.count++;
  }

  private same(index: number, hash: number, bytes: Buffer, start: number, end: number): boolean {
    const { entries } = this;
    if (entries[index * 3] !== hash || entries[index * 3 + 2] !== end - start) return false;
    const other = entries[index * 3 + 1]!;
    for (let i = end - start - 1; i >= 0; i--) if (bytes[other + i] !== bytes[start + i]) return false;
    return true;
  }

  private rebuild(size: number): void {
    if (size > this.slots.length) this.slots = new Int32Array(size);
    else this.slots.fill(0, 0, size);
    for (let index = 0; index < this.count; index++) {
      let at = this.entries[index * 3]! & (size - 1);
      while (this.slots[at] !== 0) at = (at + 1) & (size - 1);
      this.slots[at] = index + 1;
    }
    this.size = size;
  }

  private switchToStrings(bytes: Buffer, start: number, end: number): boolean {
    this.strings = new Set();
    for (let index = 0; index < this.count; index++) {
      const from = this.entries[index * 3 + 1]!;
      this.strings.add(bytes.toString("latin1", from, from + this.entries[index * 3 + 2]!));
    }
    return this.addString(bytes, start, end);
  }

  private addString(bytes: Buffer, start: number, end: number): boolean {
    const strings = this.strings!;
    const before = strings.size;
    strings.add(bytes.toString("latin1", start, end));
    return strings.size !== before;
  }
}
