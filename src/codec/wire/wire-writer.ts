import { ByteBuffer } from "../bytes/byte-buffer.js";
import type { WireWriter } from "../types.js";

/** A WireWriter with the primitives of the wire format (protobuf.dev/programming-guides/encoding). */
export class WireBuffer extends ByteBuffer implements WireWriter {
  tag(number: number, wireType: number): void {
    this.varint(((number << 3) | wireType) >>> 0);
  }

  /** An unsigned 32-bit varint. */
  varint(value: number): void {
    this.ensure(5);
    const { bytes } = this;
    let at = this.length;
    while (value > 127) {
      bytes[at++] = (value & 127) | 128;
      value >>>= 7;
    }
    bytes[at++] = value;
    this.length = at;
  }

  /** A 64-bit varint from its two halves; a negative int32 is (value, -1). */
  varint64(low: number, high: number): void {
    this.ensure(10);
    const { bytes } = this;
    let at = this.length;
    while (high !== 0 || low >>> 0 > 127) {
      bytes[at++] = (low & 127) | 128;
      low = (low >>> 7) | (high << 25);
      high >>>= 7;
    }
    bytes[at++] = low;
    this.length = at;
  }

  int32(value: number): void {
    if (value >= 0) this.varint(value);
    else this.varint64(value, -1);
  }

  fixed32(value: number): void {
    this.ensure(4);
    this.data.setInt32(this.length, value, true);
    this.length += 4;
  }

  fixed64(low: number, high: number): void {
    this.ensure(8);
    this.data.setInt32(this.length, low, true);
    this.data.setInt32(this.length + 4, high, true);
    this.length += 8;
  }

  float(value: number): void {
    this.ensure(4);
    this.data.setFloat32(this.length, value, true);
    this.length += 4;
  }

  double(value: number): void {
    this.ensure(8);
    this.data.setFloat64(this.length, value, true);
    this.length += 8;
  }

  bytesField(number: number, bytes: Uint8Array): void {
    this.tag(number, 2);
    this.varint(bytes.length);
    this.raw(bytes);
  }

  stringField(number: number, text: string): void {
    this.bytesField(number, Buffer.from(text));
  }

  /**
   * Leaves room for a length prefix of `reserved` bytes; gives the position after it, for `end`. A good guess (the size
   * that the last such value needed) saves `end` from moving the value.
   */
  begin(reserved: number): number {
    this.ensure(reserved);
    this.length += reserved;
    return this.length;
  }

  /** Writes the length prefix of what stands behind `start`; gives its size, the guess for next time. */
  end(start: number, reserved: number): number {
    const length = this.length - start;
    const size = varintSize(length);
    if (size !== reserved) this.shift(start, size - reserved);
    const { bytes } = this;
    let at = start - reserved;
    let value = length;
    while (value > 127) {
      bytes[at++] = (value & 127) | 128;
      value >>>= 7;
    }
    bytes[at] = value;
    return size;
  }

  private shift(start: number, by: number): void {
    this.ensure(5);
    this.bytes.copyWithin(start + by, start, this.length);
    this.length += by;
  }
}

function varintSize(value: number): number {
  if (value < 0x80) return 1;
  if (value < 0x4000) return 2;
  if (value < 0x200000) return 3;
  return value < 0x10000000 ? 4 : 5;
}

/** A new writer; keep it and reset it from message to message. */
export function createWriter(): WireWriter {
  return new WireBuffer(1024);
}
