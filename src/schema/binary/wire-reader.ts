import { isUtf8 } from "node:buffer";

/** The bytes are no protobuf message, or not the one that they should be. Caught where the name of the source is known. */
export class WireFault extends Error {
  override readonly name = "WireFault";
}

export const WireType = { VARINT: 0, FIXED64: 1, LENGTH: 2, START_GROUP: 3, END_GROUP: 4, FIXED32: 5 } as const;

/** protobuf's own limit for the depth of messages. */
const MAX_DEPTH = 100;

/** Reads the wire format (protobuf.dev, Encoding) from a part of a buffer. Everything malformed throws a WireFault. */
export class WireReader {
  readonly buffer: Buffer;
  readonly end: number;
  at: number;
  /** The number and the wire type of the field that `next` found. */
  number = 0;
  wireType = 0;

  constructor(bytes: Uint8Array, at = 0, end = bytes.length) {
    this.buffer = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.at = at;
    this.end = end;
  }

  get done(): boolean {
    return this.at >= this.end;
  }

  /** Reads the tag of the next field; false at the end. Its value must then be read, or skipped with `skip`. */
  next(): boolean {
    if (this.at >= this.end) return false;
    const tag = this.uint32();
    this.number = tag >>> 3;
    this.wireType = tag & 7;
    if (this.number === 0) throw new WireFault("a field has the number 0");
    return true;
  }

  /** Throws unless the field that `next` found has this wire type. */
  expect(wireType: number): this {
    if (this.wireType !== wireType) {
      throw new WireFault(`field ${this.number} has the wire type ${this.wireType}, not ${wireType}`);
    }
    return this;
  }

  /** A varint as 64 bits without a sign. */
  varint(): bigint {
    let result = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.byte();
      result |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asUintN(64, result);
    }
    throw new WireFault("a varint is longer than ten bytes");
  }

  /** A varint as its low 32 bits without a sign. */
  uint32(): number {
    let result = 0;
    for (let i = 0; i < 10; i++) {
      const byte = this.byte();
      if (i < 5) result |= (byte & 0x7f) << (7 * i);
      if (byte < 0x80) return result >>> 0;
    }
    throw new WireFault("a varint is longer than ten bytes");
  }

  int32(): number {
    return this.uint32() | 0;
  }

  bool(): boolean {
    return this.varint() !== 0n;
  }

  fixed32(): number {
    return this.buffer.readUInt32LE(this.advance(4));
  }

  fixed64(): bigint {
    return this.buffer.readBigUInt64LE(this.advance(8));
  }

  float(): number {
    return this.buffer.readFloatLE(this.advance(4));
  }

  double(): number {
    return this.buffer.readDoubleLE(this.advance(8));
  }

  bytes(): Buffer {
    const length = this.uint32();
    const from = this.advance(length);
    return this.buffer.subarray(from, from + length);
  }

  string(): string {
    const bytes = this.bytes();
    const text = bytes.toString("utf8");
    // Only a replacement character can be the trace of bytes that are no UTF-8.
    if (text.includes("\ufffd") && !isUtf8(bytes)) throw new WireFault("a string is not valid UTF-8");
    return text;
  }

  /** A reader of the length-prefixed message here. */
  message(): WireReader {
    const length = this.uint32();
    const from = this.advance(length);
    return new WireReader(this.buffer, from, from + length);
  }

  /** The int32s of a repeated field that `next` found, packed or not. */
  int32s(into: number[]): void {
    if (this.wireType === WireType.VARINT) into.push(this.int32());
    else {
      const reader = this.expect(WireType.LENGTH).message();
      while (!reader.done) into.push(reader.int32());
    }
  }

  /** Moves over the value of the field that `next` found. */
  skip(depth = 0): void {
    switch (this.wireType) {
      case WireType.VARINT:
        this.varint();
        return;
      case WireType.FIXED64:
        this.advance(8);
        return;
      case WireType.LENGTH:
        this.advance(this.uint32());
        return;
      case WireType.START_GROUP:
        this.skipGroup(this.number, depth + 1);
        return;
      case WireType.FIXED32:
        this.advance(4);
        return;
      default:
        throw new WireFault(`a field has the wire type ${this.wireType}, which it cannot have here`);
    }
  }

  /** Moves behind the end of a group whose start has been read; gives where its content ends. */
  skipGroup(number: number, depth = 0): number {
    if (depth > MAX_DEPTH) throw new WireFault(`groups are nested deeper than ${MAX_DEPTH} levels`);
    for (;;) {
      const before = this.at;
      if (!this.next()) throw new WireFault("the bytes end inside a group");
      if (this.wireType === WireType.END_GROUP) {
        if (this.number !== number) throw new WireFault("a group ends that did not begin");
        return before;
      }
      this.skip(depth);
    }
  }

  private byte(): number {
    return this.buffer[this.advance(1)] ?? 0;
  }

  private advance(length: number): number {
    const from = this.at;
    if (length > this.end - from) throw new WireFault("the bytes end inside a value");
    this.at = from + length;
    return from;
  }
}
