import { RangeSet } from "../bytes/range-set.js";
import { DEPTH } from "../depth.js";
import { END_GROUP, FIXED32, FIXED64, LENGTH, START_GROUP, VARINT } from "./wire-types.js";

/** Room behind the bytes: what one value of no stated length may read past the end before it is checked. */
export const ROOM = 16;
const KEPT = 4 * 1024 * 1024;

/** What is wrong with wire bytes, or what they hold that JSON cannot say. */
export class WireFault extends Error {
  override readonly name = "WireFault";
}

/**
 * The place in wire bytes. They are copied into a buffer of the cursor's own with room behind them: a varint may be read
 * past the end without leaving it, and `check` tells afterwards; all code sees one kind of array.
 */
export class WireCursor {
  bytes: Buffer;
  data: DataView;
  pos = 0;
  /** The end of the innermost message that has a length. */
  end = 0;
  /** The tag that ends the innermost message if it is a group, else 0. */
  endTag = 0;
  depth = 0;
  /** Whether each string is asked whether it is UTF-8; see printText. */
  strict = false;
  /** The halves of the last 64-bit varint. */
  low = 0;
  high = 0;
  /** Bits of the fields that the open messages have met; each message has its words from `seenTop` on. */
  seen = new Int32Array(0);
  seenTop = 0;
  readonly keys: RangeSet[] = [];
  keysTop = 0;

  constructor(capacity: number = 16 * 1024) {
    this.bytes = Buffer.allocUnsafeSlow(capacity);
    this.data = new DataView(this.bytes.buffer);
  }

  load(wire: Uint8Array): void {
    const { length } = wire;
    if (this.bytes.length < length + ROOM || this.bytes.length > KEPT) {
      this.bytes = Buffer.allocUnsafeSlow(Math.max(16 * 1024, length + ROOM));
      this.data = new DataView(this.bytes.buffer);
    }
    this.bytes.set(wire);
    this.pos = 0;
    this.end = length;
    this.endTag = 0;
    this.depth = 0;
    this.seenTop = 0;
    this.keysTop = 0;
  }

  truncated(): never {
    throw new WireFault("the bytes end inside of a value");
  }

  /** Opens a level of nesting; `depth--` closes it. */
  descend(): void {
    if (++this.depth > DEPTH) throw new WireFault(`they are nested more than ${DEPTH} levels deep`);
  }

  /** A varint of 32 bits; higher bits are dropped. Gives a number from 0 to 2^32 - 1. */
  varint(): number {
    const { bytes } = this;
    let at = this.pos;
    const first = bytes[at++]!;
    if (first < 128) {
      this.pos = at;
      return first;
    }
    const second = bytes[at++]!;
    let value = (first & 127) | ((second & 127) << 7);
    if (second > 127) {
      const third = bytes[at++]!;
      if (third > 127) {
        this.varint64();
        return this.low >>> 0;
      }
      value |= third << 14;
    }
    this.pos = at;
    if (at > this.end) this.truncated();
    return value;
  }

  /** A varint of 64 bits, left in `low` and `high` (signed 32-bit halves). */
  varint64(): void {
    const { bytes } = this;
    let at = this.pos;
    let byte = bytes[at++]!;
    let low = byte & 127;
    let high = 0;
    if (byte > 127) {
      byte = bytes[at++]!;
      low |= (byte & 127) << 7;
      if (byte > 127) {
        byte = bytes[at++]!;
        low |= (byte & 127) << 14;
        if (byte > 127) {
          byte = bytes[at++]!;
          low |= (byte & 127) << 21;
          if (byte > 127) {
            byte = bytes[at++]!;
            low |= (byte & 127) << 28;
            high = (byte & 127) >> 4;
            for (let shift = 3; byte > 127; shift += 7) {
              if (shift > 31) throw new WireFault("a varint is longer than ten bytes");
              byte = bytes[at++]!;
              high |= (byte & 127) << shift;
            }
          }
        }
      }
    }
    this.pos = at;
    if (at > this.end) this.truncated();
    this.low = low;
    this.high = high;
  }

  /** A tag: field number and wire type. */
  tag(): number {
    const byte = this.bytes[this.pos]!;
    let tag = byte;
    if (byte < 128) {
      this.pos++;
    } else {
      this.varint64();
      tag = this.low >>> 0;
      if (this.high !== 0) throw new WireFault("a tag is out of range");
    }
    if (tag < 8) throw new WireFault("a field has number 0");
    return tag;
  }

  /** The next tag of the innermost message, or 0 at its end. */
  nextTag(): number {
    if (this.pos >= this.end) {
      if (this.pos > this.end || this.endTag !== 0) this.truncated();
      return 0;
    }
    const byte = this.bytes[this.pos]!;
    if (byte < 128 && byte >= 8) {
      this.pos++;
      return byte === this.endTag ? 0 : byte;
    }
    const tag = this.tag();
    return tag === this.endTag ? 0 : tag;
  }

  /** Passes `tag` if it stands next. */
  passes(tag: number): boolean {
    const { pos } = this;
    if (pos >= this.end) return false;
    const byte = this.bytes[pos]!;
    if (tag < 128) {
      if (byte !== tag) return false;
      this.pos = pos + 1;
      return true;
    }
    if (byte < 128) return false;
    if (this.tag() === tag) return true;
    this.pos = pos;
    return false;
  }

  /** Reads a length; gives the position where the value ends. */
  lengthEnd(): number {
    const length = this.varint();
    const end = this.pos + length;
    if (end > this.end) this.truncated();
    return end;
  }

  fixed32(): number {
    const at = this.pos;
    this.pos = at + 4;
    if (at + 4 > this.end) this.truncated();
    return this.data.getInt32(at, true);
  }

  fixed64(): void {
    const at = this.pos;
    this.pos = at + 8;
    if (at + 8 > this.end) this.truncated();
    this.low = this.data.getInt32(at, true);
    this.high = this.data.getInt32(at + 4, true);
  }

  float(): number {
    const at = this.pos;
    this.pos = at + 4;
    if (at + 4 > this.end) this.truncated();
    return this.data.getFloat32(at, true);
  }

  double(): number {
    const at = this.pos;
    this.pos = at + 8;
    if (at + 8 > this.end) this.truncated();
    return this.data.getFloat64(at, true);
  }

  /** Passes over the value of an unknown field. */
  skip(tag: number): void {
    switch (tag & 7) {
      case VARINT:
        this.varint64();
        break;
      case FIXED64:
        this.pos += 8;
        break;
      case LENGTH:
        this.pos = this.lengthEnd();
        break;
      case START_GROUP: {
        this.descend();
        for (;;) {
          if (this.pos >= this.end) this.truncated();
          const inner = this.tag();
          if ((inner & 7) === END_GROUP) {
            if (inner >>> 3 !== tag >>> 3) throw new WireFault("a group ends that was not begun");
            break;
          }
          this.skip(inner);
        }
        this.depth--;
        break;
      }
      case FIXED32:
        this.pos += 4;
        break;
      case END_GROUP:
        throw new WireFault("a group ends that was not begun");
      default:
        throw new WireFault("a tag has a wire type that does not exist");
    }
    if (this.pos > this.end) this.truncated();
  }

  openSeen(words: number): number {
    const base = this.seenTop;
    this.seenTop = base + words;
    if (this.seenTop > this.seen.length) {
      const seen = new Int32Array(this.seenTop * 2);
      seen.set(this.seen);
      this.seen = seen;
    }
    for (let i = base; i < this.seenTop; i++) this.seen[i] = 0;
    return base;
  }

  openKeys(): RangeSet {
    let set = this.keys[this.keysTop];
    if (set === undefined) {
      set = new RangeSet();
      this.keys.push(set);
    }
    this.keysTop++;
    set.clear();
    return set;
  }
}
