/**
 * The few wire primitives of the messages that the gateway itself reads and writes without a schema at hand:
 * google.api.HttpBody, google.protobuf.FieldMask, google.rpc.Status. Everything else goes through the codec.
 * See protobuf.dev/programming-guides/encoding.
 */

const LENGTH_DELIMITED = 2;
const START_GROUP = 3;
const END_GROUP = 4;

/** A length-delimited field: tag, length, bytes. */
export function lengthDelimited(fieldNumber: number, bytes: Uint8Array): Buffer {
  const tag = (fieldNumber << 3) | LENGTH_DELIMITED;
  const out = Buffer.allocUnsafe(varintSize(tag >>> 0) + varintSize(bytes.length) + bytes.length);
  const start = writeVarint(out, writeVarint(out, 0, tag >>> 0), bytes.length);
  out.set(bytes, start);
  return out;
}

/** A group: its contents between a start and an end tag. */
export function delimitedGroup(fieldNumber: number, bytes: Uint8Array): Buffer {
  const tag = (wireType: number): Buffer => {
    const value = ((fieldNumber << 3) | wireType) >>> 0;
    const out = Buffer.allocUnsafe(varintSize(value));
    writeVarint(out, 0, value);
    return out;
  };
  return Buffer.concat([tag(START_GROUP), bytes, tag(END_GROUP)]);
}

function varintSize(value: number): number {
  let size = 1;
  for (let rest = value; rest > 127; rest = Math.floor(rest / 128)) size++;
  return size;
}

function writeVarint(out: Buffer, at: number, value: number): number {
  let rest = value;
  while (rest > 127) {
    out[at++] = (rest & 127) | 128;
    rest = Math.floor(rest / 128);
  }
  out[at++] = rest;
  return at;
}

/** One field met by `scanFields`: `varint` for wire type 0, `bytes` for every other (of a group its contents). */
export interface WireField {
  readonly number: number;
  readonly varint: bigint;
  readonly bytes: Uint8Array;
  /** Whether it stands between group tags. */
  readonly group: boolean;
  /** Where it ends in the message, tag and all; it begins where the field before it ends. */
  readonly end: number;
}

const NO_BYTES = new Uint8Array(0);

/** The fields of a message in the order of the wire. Throws RangeError where the bytes are no protobuf. */
export function* scanFields(message: Uint8Array): Generator<WireField> {
  const cursor = { message, at: 0 };
  while (cursor.at < message.length) {
    const tag = Number(readVarint(cursor));
    const field = readField(cursor, tag, 0);
    if (field === null) throw new RangeError("a group ends that did not start");
    yield field;
  }
}

interface Cursor {
  readonly message: Uint8Array;
  at: number;
}

/** protobuf's own limit for nested messages. */
const MAX_DEPTH = 100;

/** The field after a tag, or null for the tag that ends a group. */
function readField(cursor: Cursor, tag: number, depth: number): WireField | null {
  const number = Math.floor(tag / 8);
  switch (tag & 7) {
    case 0: {
      const varint = readVarint(cursor);
      return { number, varint, bytes: NO_BYTES, group: false, end: cursor.at };
    }
    case 1:
      return bytesField(cursor, number, 8);
    case 2:
      return bytesField(cursor, number, Number(readVarint(cursor)));
    case 3: {
      const bytes = takeGroup(cursor, depth + 1);
      return { number, varint: 0n, bytes, group: true, end: cursor.at };
    }
    case 4:
      return null;
    case 5:
      return bytesField(cursor, number, 4);
    default:
      throw new RangeError(`wire type ${tag & 7} does not exist`);
  }
}

function bytesField(cursor: Cursor, number: number, length: number): WireField {
  const bytes = take(cursor, length);
  return { number, varint: 0n, bytes, group: false, end: cursor.at };
}

function readVarint(cursor: Cursor): bigint {
  let value = 0n;
  for (let shift = 0n; shift < 70n; shift += 7n) {
    const byte = cursor.message[cursor.at++];
    if (byte === undefined) break;
    value |= BigInt(byte & 127) << shift;
    if (byte < 128) return BigInt.asUintN(64, value);
  }
  throw new RangeError("a varint does not end");
}

function take(cursor: Cursor, length: number): Uint8Array {
  if (length > cursor.message.length - cursor.at) throw new RangeError("a field is longer than its message");
  cursor.at += length;
  return cursor.message.subarray(cursor.at - length, cursor.at);
}

function takeGroup(cursor: Cursor, depth: number): Uint8Array {
  if (depth > MAX_DEPTH) throw new RangeError("groups are nested too deep");
  const start = cursor.at;
  for (;;) {
    const end = cursor.at;
    if (readField(cursor, Number(readVarint(cursor)), depth) === null) return cursor.message.subarray(start, end);
  }
}
