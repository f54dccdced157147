import { isUtf8 } from "node:buffer";
import { ByteBuffer } from "../bytes/byte-buffer.js";
import type { Literal } from "../bytes/literal.js";
import { HIGH } from "../bytes/plain-text.js";
import { writeEight, writePadded, writeUint } from "./digits.js";

/**
 * A growing buffer of one JSON text, used again for the next. The functions for numbers need 32 bytes of room and do not ask
 * for it: `comma` and `literal` make room before each value.
 */
export class TextBuffer extends ByteBuffer {
  /** The bits of all bytes of strings in the text, in words: one of 0x80 tells that it is not all ASCII. */
  met = 0;

  override reset(): void {
    super.reset();
    this.met = 0;
  }

  /** Whether the text is UTF-8: asked natively, for all of its strings at once, if a byte is above ASCII. */
  isUtf8(): boolean {
    return (this.met & HIGH) === 0 || isUtf8(this.bytes.subarray(0, this.length));
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
    this.length = writeUint(this.data, this.length, value);
  }

  /** An integer from 0 to 2^32 - 1. */
  uint(value: number): void {
    this.length = writeUint(this.data, this.length, value);
  }

  /**
   * Two parts of an integer: upper * 10^8 + lower. Integers alone go from function to function: a double is put into an
   * object of its own wherever V8 does not inline the call.
   */
  private parts(upper: number, lower: number): void {
    const at = writeUint(this.data, this.length, upper);
    writeEight(this.data, at, lower);
    this.length = at + 8;
  }

  /** Exactly `count` digits, with leading zeros; value < 10^count, count <= 9. */
  padded(value: number, count: number): void {
    writePadded(this.data, this.length, value, count);
    this.length += count;
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
      // Below 2^53, where the quotient's distance to the next integer (10^-8) is more than its rounding (2^-27).
      const value = upper * 0x100000000 + lower;
      const quotient = Math.floor(value / 1e8);
      this.parts(quotient >>> 0, (value - quotient * 1e8) >>> 0);
      return;
    }
    // Division by 10^8 in steps of 16 bits, so that every intermediate value is exact in a double.
    const first = (upper % 1e8) * 65536 + (lower >>> 16);
    const firstQuotient = Math.floor(first / 1e8);
    const second = (first - firstQuotient * 1e8) * 65536 + (lower & 65535);
    const secondQuotient = Math.floor(second / 1e8);
    const quotient = Math.floor(upper / 1e8) * 0x100000000 + firstQuotient * 65536 + secondQuotient;
    const top = Math.floor(quotient / 1e8);
    if (top === 0) {
      this.parts(quotient >>> 0, (second - secondQuotient * 1e8) >>> 0);
    } else {
      this.parts(top >>> 0, (quotient - top * 1e8) >>> 0);
      writeEight(this.data, this.length, (second - secondQuotient * 1e8) >>> 0);
      this.length += 8;
    }
  }
}
