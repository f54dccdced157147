import { ByteBuffer } from "../bytes/byte-buffer.js";
import type { Literal } from "../bytes/literal.js";

/** "00" to "99", two bytes each. */
const pairs = new Uint8Array(200);
for (let i = 0; i < 100; i++) {
  pairs[i * 2] = 0x30 + Math.floor(i / 10);
  pairs[i * 2 + 1] = 0x30 + (i % 10);
}

/** A reply that waits for a slow client holds its whole chunk, so chunks are no larger than what sockets buffer anyway. */
const CHUNK = 64 * 1024;
/** A text up to this length is given away where it stands; a longer one is copied into a buffer of its own size. */
const SMALL = 8 * 1024;
const KEPT = 4 * 1024 * 1024;

/**
 * A growing buffer of JSON texts, one behind the other in chunks: a short text is not copied when it is taken. The functions for numbers need 32 bytes of room and do not ask for it: `comma` and `literal`
 * make room before each value.
 */
export class TextBuffer extends ByteBuffer {
  /** Where the text that is being written starts. */
  start = 0;

  constructor() {
    super(CHUNK);
  }

  override reset(): void {
    const { length } = this.bytes;
    if (length - this.start < SMALL || length > KEPT) {
      this.replace(Buffer.allocUnsafeSlow(CHUNK));
      this.start = 0;
    }
    this.length = this.start;
  }

  /** The part [start, end) of the text, which no later text touches. */
  take(start: number, end: number): Buffer {
    this.check();
    if (end - start > SMALL) {
      const copy = Buffer.allocUnsafe(end - start);
      this.bytes.copy(copy, 0, start, end);
      return copy;
    }
    this.start = this.length;
    return this.bytes.subarray(start, end);
  }

  byte(byte: number): void {
    this.ensure(1);
    this.bytes[this.length++] = byte;
  }

  /** A comma (which `close` turns into the opening bracket if it is the first) and room for any scalar but strings. */
  comma(): void {
    this.ensure(64);
    this.bytes[this.length++] = 0x2c;
  }

  /** A fixed text and room for any scalar but strings. */
  literal(text: Literal): void {
    const { words, length } = text;
    this.ensure(length + 64);
    const { data } = this;
    let to = this.length;
    for (let i = 0; i < words.length; i++) {
      data.setInt32(to, words[i]!, true);
      to += 4;
    }
    this.length += length;
  }

  ascii(text: string): void {
    const { length } = text;
    this.ensure(length);
    const { bytes } = this;
    const to = this.length;
    for (let i = 0; i < length; i++) bytes[to + i] = text.charCodeAt(i);
    this.length = to + length;
  }

  /**
   * Closes the object or array whose members, each with a comma before it, stand behind `start`: the first comma becomes
   * the opening bracket.
   */
  close(start: number, open: number, close: number): void {
    this.ensure(2);
    if (this.length === start) this.length++;
    this.bytes[start] = open;
    this.bytes[this.length++] = close;
  }

  int(value: number): void {
    if (value < 0) {
      this.bytes[this.length++] = 0x2d;
      value = -value;
    }
    this.uint(value);
  }

  /** An integer from 0 to 2^32 - 1. */
  uint(value: number): void {
    const { bytes } = this;
    if (value < 10) {
      bytes[this.length++] = 0x30 + value;
      return;
    }
    const count = countDigits(value);
    this.length += count;
    writeDigits(bytes, this.length, value, count);
  }

  /** Exactly `count` digits, with leading zeros; value < 10^count, count <= 9. */
  padded(value: number, count: number): void {
    this.length += count;
    writeDigits(this.bytes, this.length, value, count);
  }

  /** A 64-bit integer from its signed 32-bit halves. */
  int64(low: number, high: number, signed: boolean): void {
    if (signed && high < 0) {
      this.bytes[this.length++] = 0x2d;
      high = low === 0 ? -high : ~high;
      low = -low;
    }
    const upper = high >>> 0;
    const lower = low >>> 0;
    if (upper === 0) {
      this.uint(lower);
      return;
    }
    if (upper < 0x200000) {
      // Below 2^53, where the quotient's distance to the next integer (10^-9) is more than its rounding (2^-30).
      const value = upper * 0x100000000 + lower;
      const quotient = Math.floor(value / 1e9);
      this.uint(quotient);
      this.padded(value - quotient * 1e9, 9);
      return;
    }
    // Division by 10^9 in steps of 16 bits, so that every intermediate value is exact in a double.
    const first = (upper % 1e9) * 65536 + (lower >>> 16);
    const firstQuotient = Math.floor(first / 1e9);
    const second = (first - firstQuotient * 1e9) * 65536 + (lower & 65535);
    const secondQuotient = Math.floor(second / 1e9);
    const quotient = Math.floor(upper / 1e9) * 0x100000000 + firstQuotient * 65536 + secondQuotient;
    if (quotient >= 1e9) {
      const top = Math.floor(quotient / 1e9);
      this.uint(top);
      this.padded(quotient - top * 1e9, 9);
    } else {
      this.uint(quotient);
    }
    this.padded(second - secondQuotient * 1e9, 9);
  }
}

function countDigits(value: number): number {
  if (value < 100000) {
    if (value < 100) return value < 10 ? 1 : 2;
    return value < 1000 ? 3 : value < 10000 ? 4 : 5;
  }
  if (value < 10000000) return value < 1000000 ? 6 : 7;
  return value < 100000000 ? 8 : value < 1000000000 ? 9 : 10;
}

/**
 * Writes the last `count` digits of `value` so that they end before `end`. `>>> 0` around the quotient lets V8 divide
 * integers, which by a constant is a multiplication.
 */
function writeDigits(bytes: Uint8Array, end: number, value: number, count: number): void {
  let at = end;
  let left = value >>> 0;
  for (; count > 1; count -= 2) {
    const rest = (left / 100) >>> 0;
    const pair = (left - rest * 100) * 2;
    bytes[--at] = pairs[pair + 1]!;
    bytes[--at] = pairs[pair]!;
    left = rest;
  }
  if (count === 1) bytes[--at] = 0x30 + (left % 10);
}
