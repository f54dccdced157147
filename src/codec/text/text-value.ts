import type { ScalarType } from "../../schema/index.js";
import { decodeBase64 } from "../bytes/base64.js";
import { halves, splitBigInteger } from "../read/number-value.js";
import type { WireBuffer } from "../wire/wire-writer.js";

/** Writes the value that a text stands for, without a tag; false if it stands for none. */
export type WriteText = (text: string, out: WireBuffer) => boolean;

function small(least: number, most: number, write: (out: WireBuffer, value: number) => void): WriteText {
  return (text, out) => {
    if (!/^-?[0-9]{1,20}$/.test(text)) return false;
    const value = Number(text) + 0;
    if (value < least || value > most) return false;
    write(out, value);
    return true;
  };
}

function large(signed: boolean, write: (out: WireBuffer, low: number, high: number) => void): WriteText {
  return (text, out) => {
    if (!/^-?[0-9]{1,20}$/.test(text) || !splitBigInteger(BigInt(text), signed)) return false;
    write(out, halves.low, halves.high);
    return true;
  };
}

function floating(isFloat: boolean): WriteText {
  return (text, out) => {
    const named = text === "NaN" || text === "Infinity" || text === "-Infinity";
    if (!named && !/^-?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$/.test(text)) return false;
    const value = Number(text);
    if (!named && !Number.isFinite(isFloat ? Math.fround(value) : value)) return false;
    if (isFloat) out.float(value);
    else out.double(value);
    return true;
  };
}

const int32 = (write: (out: WireBuffer, value: number) => void) => small(-0x80000000, 0x7fffffff, write);
const uint32 = (write: (out: WireBuffer, value: number) => void) => small(0, 0xffffffff, write);

function writeString(text: string, out: WireBuffer): boolean {
  if (!text.isWellFormed()) return false;
  const bytes = Buffer.from(text);
  out.varint(bytes.length);
  out.raw(bytes);
  return true;
}

function writeBytes(text: string, out: WireBuffer): boolean {
  const source = Buffer.from(text);
  const start = out.begin(1);
  if (!decodeBase64(source, 0, source.length, out)) return false;
  out.end(start, 1);
  return true;
}

function writeBool(text: string, out: WireBuffer): boolean {
  if (text !== "true" && text !== "false" && text !== "1" && text !== "0") return false;
  out.varint(text === "true" || text === "1" ? 1 : 0);
  return true;
}

/**
 * The text form of each scalar type: integers in plain decimal, true, false, 1 or 0, base64 of either alphabet, and
 * floats also as NaN, Infinity and -Infinity.
 */
export const scalarTexts: Readonly<Record<ScalarType, WriteText>> = {
  double: floating(false),
  float: floating(true),
  int32: int32((out, value) => out.int32(value)),
  uint32: uint32((out, value) => out.varint(value)),
  sint32: int32((out, value) => out.varint(((value << 1) ^ (value >> 31)) >>> 0)),
  fixed32: uint32((out, value) => out.fixed32(value)),
  sfixed32: int32((out, value) => out.fixed32(value)),
  int64: large(true, (out, low, high) => out.varint64(low, high)),
  uint64: large(false, (out, low, high) => out.varint64(low, high)),
  sint64: large(true, (out, low, high) => {
    const sign = high >> 31;
    out.varint64((low << 1) ^ sign, ((high << 1) | (low >>> 31)) ^ sign);
  }),
  fixed64: large(false, (out, low, high) => out.fixed64(low, high)),
  sfixed64: large(true, (out, low, high) => out.fixed64(low, high)),
  bool: writeBool,
  string: writeString,
  bytes: writeBytes,
};
