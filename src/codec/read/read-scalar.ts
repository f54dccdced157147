import type { ScalarType } from "../../schema/index.js";
import type { WireBuffer } from "../wire/wire-writer.js";
import type { JsonCursor } from "./json-cursor.js";
import type { JsonField, ReadValue } from "./json-types.js";
import { scanNumber } from "./number-scan.js";
import { doubleOf, halves, smallIntegerOf, splitInteger } from "./number-value.js";
import { readBytes, readStringValue } from "./read-string.js";

/**
 * Scans the number at the cursor, bare or as the whole of a string ("Either numbers or strings are accepted",
 * protobuf.dev/programming-guides/json); gives the bytes it stands in, or null (with `pos` unmoved) if it is none.
 */
function scanValue(cursor: JsonCursor): Buffer | null {
  const { bytes, pos } = cursor;
  if (bytes[pos] === 0x22) {
    cursor.readToken();
    if (scanNumber(cursor.token, cursor.tokenStart, cursor.number) === cursor.tokenEnd) return cursor.token;
    cursor.pos = pos;
    return null;
  }
  const end = scanNumber(bytes, pos, cursor.number);
  if (end < 0) return null;
  cursor.pos = end;
  return bytes;
}

/** One to nine digits that do not start with 0, and nothing else: most integers. -1 for any other number. */
function readPlain(cursor: JsonCursor): number {
  const { bytes, pos } = cursor;
  let at = pos;
  let byte = bytes[at]!;
  if (byte === 0x30) return -1;
  let value = 0;
  while (byte >= 0x30 && byte <= 0x39) {
    value = value * 10 + (byte - 0x30);
    byte = bytes[++at]!;
    if (at - pos > 9) return -1;
  }
  if (at === pos || byte === 0x2e || byte === 0x65 || byte === 0x45) return -1;
  cursor.pos = at;
  return value;
}

/** One to fifteen digits in quotes that do not start with 0, left in `halves`: most 64-bit integers. False for any other value. */
function readQuotedPlain(cursor: JsonCursor): boolean {
  const { bytes, pos } = cursor;
  if (bytes[pos] !== 0x22) return false;
  let at = pos + 1;
  let byte = bytes[at]!;
  if (byte === 0x30) return false;
  let value = 0;
  while (byte >= 0x30 && byte <= 0x39) {
    value = value * 10 + (byte - 0x30);
    byte = bytes[++at]!;
  }
  if (byte !== 0x22 || at === pos + 1 || at - pos > 16) return false;
  cursor.pos = at + 1;
  cursor.number.plain = true;
  halves.low = value | 0;
  halves.high = Math.floor(value / 0x100000000);
  return true;
}

function readSmall(cursor: JsonCursor, field: JsonField, least: number, most: number): number {
  const plain = readPlain(cursor);
  if (plain >= 0) return plain;
  const at = cursor.pos;
  const bytes = scanValue(cursor);
  if (bytes === null) cursor.refuse(field.subject, field.expected, at);
  const value = smallIntegerOf(cursor.number, bytes);
  if (!(value >= least && value <= most)) cursor.refuse(field.subject, field.expected, at);
  return value;
}

/** A signed 32-bit integer, for fields of that type and enum numbers. */
export function readInt(cursor: JsonCursor, field: JsonField): number {
  return readSmall(cursor, field, -0x80000000, 0x7fffffff);
}

function readUint(cursor: JsonCursor, field: JsonField): number {
  return readSmall(cursor, field, 0, 0xffffffff);
}

/** A 64-bit integer, left in `halves`. */
function readSplit(cursor: JsonCursor, field: JsonField, signed: boolean): void {
  if (readQuotedPlain(cursor)) return;
  const at = cursor.pos;
  const bytes = scanValue(cursor);
  if (bytes === null || !splitInteger(cursor.number, bytes, signed)) cursor.refuse(field.subject, field.expected, at);
}

function readNumber(cursor: JsonCursor, field: JsonField): number {
  const at = cursor.pos;
  const bytes = scanValue(cursor);
  if (bytes !== null) return doubleOf(cursor.number, bytes);
  if (cursor.bytes[at] === 0x22) {
    cursor.readToken();
    const text = cursor.token.toString("latin1", cursor.tokenStart, cursor.tokenEnd);
    if (text === "NaN" || text === "Infinity" || text === "-Infinity") return Number(text);
  }
  return cursor.refuse(field.subject, field.expected, at);
}

function readDouble(cursor: JsonCursor, out: WireBuffer, field: JsonField): void {
  const at = cursor.pos;
  const value = readNumber(cursor, field);
  if (!Number.isFinite(value) && isNumberText(cursor, at)) cursor.refuse(field.subject, field.expected, at);
  out.double(value);
}

function readFloat(cursor: JsonCursor, out: WireBuffer, field: JsonField): void {
  const at = cursor.pos;
  const value = readNumber(cursor, field);
  if (!Number.isFinite(Math.fround(value)) && isNumberText(cursor, at))
    cursor.refuse(field.subject, field.expected, at);
  out.float(value);
}

/** Whether the value at `at` is written in digits, and not as "NaN" or "Infinity". */
function isNumberText(cursor: JsonCursor, at: number): boolean {
  let first = cursor.bytes[at]!;
  if (first === 0x22) first = cursor.token[cursor.tokenStart]!;
  if (first === 0x2d) first = cursor.bytes[at] === 0x22 ? cursor.token[cursor.tokenStart + 1]! : 0x30;
  return first >= 0x30 && first <= 0x39;
}

function readBool(cursor: JsonCursor, out: WireBuffer, field: JsonField): void {
  const byte = cursor.bytes[cursor.pos];
  if (byte === 0x74) {
    cursor.literal("true");
    out.varint(1);
  } else if (byte === 0x66) {
    cursor.literal("false");
    out.varint(0);
  } else {
    cursor.refuse(field.subject, field.expected, cursor.pos);
  }
}

/**
 * Passes elements of an array that are plain integers with a comma behind them, up to the first that is not: no call through
 * a table for each. Measured on 1000 integers of five digits: 16 µs in place of 26.
 */
export function readPlainRun(cursor: JsonCursor, out: WireBuffer): void {
  const { bytes } = cursor;
  for (;;) {
    const at = cursor.pos;
    const value = readPlain(cursor);
    if (value < 0) return;
    if (bytes[cursor.pos] !== 0x2c) {
      cursor.pos = at;
      return;
    }
    cursor.pos++;
    out.varint(value);
  }
}

export function readInt32(cursor: JsonCursor, out: WireBuffer, field: JsonField): void {
  out.int32(readInt(cursor, field));
}

function readUint32(cursor: JsonCursor, out: WireBuffer, field: JsonField): void {
  out.varint(readUint(cursor, field));
}

function readSint32(cursor: JsonCursor, out: WireBuffer, field: JsonField): void {
  const value = readInt(cursor, field);
  out.varint(((value << 1) ^ (value >> 31)) >>> 0);
}

function readFixed32(cursor: JsonCursor, out: WireBuffer, field: JsonField): void {
  out.fixed32(readUint(cursor, field));
}

function readSfixed32(cursor: JsonCursor, out: WireBuffer, field: JsonField): void {
  out.fixed32(readInt(cursor, field));
}

function readInt64(cursor: JsonCursor, out: WireBuffer, field: JsonField): void {
  readSplit(cursor, field, true);
  out.varint64(halves.low, halves.high);
}

function readUint64(cursor: JsonCursor, out: WireBuffer, field: JsonField): void {
  readSplit(cursor, field, false);
  out.varint64(halves.low, halves.high);
}

function readSint64(cursor: JsonCursor, out: WireBuffer, field: JsonField): void {
  readSplit(cursor, field, true);
  const { low, high } = halves;
  const sign = high >> 31;
  out.varint64((low << 1) ^ sign, ((high << 1) | (low >>> 31)) ^ sign);
}

function readFixed64(cursor: JsonCursor, out: WireBuffer, field: JsonField): void {
  readSplit(cursor, field, false);
  out.fixed64(halves.low, halves.high);
}

function readSfixed64(cursor: JsonCursor, out: WireBuffer, field: JsonField): void {
  readSplit(cursor, field, true);
  out.fixed64(halves.low, halves.high);
}

/** A key that is an integer: in a string (RFC 8259), in plain decimal, so that equal keys are written alike. */
function integerKey(read: ReadValue): ReadValue {
  return (cursor, out, field) => {
    const at = cursor.pos;
    read(cursor, out, field);
    if (!cursor.number.plain) cursor.refuse(field.subject, field.expected, at);
  };
}

function readBoolKey(cursor: JsonCursor, out: WireBuffer, field: JsonField): void {
  const at = cursor.pos;
  const text = cursor.readString();
  if (text !== "true" && text !== "false") cursor.refuse(field.subject, field.expected, at);
  out.varint(text === "true" ? 1 : 0);
}

/** The reader of a map key, which stands in quotes whatever its type. */
export function keyReader(scalar: ScalarType): ReadValue {
  if (scalar === "string") return readStringValue;
  return scalar === "bool" ? readBoolKey : integerKey(scalarReaders[scalar]);
}

/** The reader of each scalar type. */
export const scalarReaders: Readonly<Record<ScalarType, ReadValue>> = {
  double: readDouble,
  float: readFloat,
  int32: readInt32,
  int64: readInt64,
  uint32: readUint32,
  uint64: readUint64,
  sint32: readSint32,
  sint64: readSint64,
  fixed32: readFixed32,
  fixed64: readFixed64,
  sfixed32: readSfixed32,
  sfixed64: readSfixed64,
  bool: readBool,
  string: readStringValue,
  bytes: readBytes,
};
