import type { ScalarType } from "../../schema/index.js";
import { encodeBase64 } from "../bytes/base64.js";
import { literal } from "../bytes/literal.js";
import type { WireCursor } from "../wire/wire-cursor.js";
import { printDouble, printFloat } from "./print-float.js";
import { printString } from "./print-string.js";
import type { PrintField, PrintValue } from "./print-types.js";
import type { TextBuffer } from "./text-buffer.js";

function printInt32(cursor: WireCursor, text: TextBuffer): void {
  text.int(cursor.varint() | 0);
}

function printUint32(cursor: WireCursor, text: TextBuffer): void {
  text.uint(cursor.varint());
}

function printSint32(cursor: WireCursor, text: TextBuffer): void {
  const value = cursor.varint();
  text.int((value >>> 1) ^ -(value & 1));
}

function printFixed32(cursor: WireCursor, text: TextBuffer): void {
  text.uint(cursor.fixed32() >>> 0);
}

function printSfixed32(cursor: WireCursor, text: TextBuffer): void {
  text.int(cursor.fixed32());
}

function printInt64(cursor: WireCursor, text: TextBuffer): void {
  cursor.varint64();
  text.int64(cursor.low, cursor.high, true);
}

function printUint64(cursor: WireCursor, text: TextBuffer): void {
  cursor.varint64();
  text.int64(cursor.low, cursor.high, false);
}

function printSint64(cursor: WireCursor, text: TextBuffer): void {
  cursor.varint64();
  const { low, high } = cursor;
  const sign = -(low & 1);
  text.int64(((low >>> 1) | (high << 31)) ^ sign, (high >>> 1) ^ sign, true);
}

function printFixed64(cursor: WireCursor, text: TextBuffer): void {
  cursor.fixed64();
  text.int64(cursor.low, cursor.high, false);
}

function printSfixed64(cursor: WireCursor, text: TextBuffer): void {
  cursor.fixed64();
  text.int64(cursor.low, cursor.high, true);
}

/** The printer in quotes, as 64-bit integers and all keys are. */
function quoted(print: (cursor: WireCursor, text: TextBuffer) => void): PrintValue {
  return (cursor, text) => {
    text.bytes[text.length++] = 0x22;
    print(cursor, text);
    text.bytes[text.length++] = 0x22;
  };
}

const TRUE = literal("true");
const FALSE = literal("false");

function printBool(cursor: WireCursor, text: TextBuffer): void {
  cursor.varint64();
  text.literal((cursor.low | cursor.high) !== 0 ? TRUE : FALSE);
}

function printBytes(cursor: WireCursor, text: TextBuffer, _field: PrintField): void {
  const end = cursor.lengthEnd();
  text.byte(0x22);
  encodeBase64(cursor.bytes, cursor.pos, end, text);
  text.byte(0x22);
  cursor.pos = end;
}

const numbers: Readonly<Record<ScalarType, PrintValue>> = {
  double: printDouble,
  float: printFloat,
  int32: printInt32,
  int64: printInt64,
  uint32: printUint32,
  uint64: printUint64,
  sint32: printSint32,
  sint64: printSint64,
  fixed32: printFixed32,
  fixed64: printFixed64,
  sfixed32: printSfixed32,
  sfixed64: printSfixed64,
  bool: printBool,
  string: printString,
  bytes: printBytes,
};

/** The printers with 64-bit integers in quotes: "int64, fixed64, uint64: string", protobuf.dev/programming-guides/json. */
const canonical: Readonly<Record<ScalarType, PrintValue>> = {
  ...numbers,
  int64: quoted(printInt64),
  uint64: quoted(printUint64),
  sint64: quoted(printSint64),
  fixed64: quoted(printFixed64),
  sfixed64: quoted(printSfixed64),
};

const keys: Readonly<Record<ScalarType, PrintValue>> = {
  ...canonical,
  int32: quoted(printInt32),
  uint32: quoted(printUint32),
  sint32: quoted(printSint32),
  fixed32: quoted(printFixed32),
  sfixed32: quoted(printSfixed32),
  bool: quoted(printBool),
};

/** The printer of each scalar type, by the option `int64`. */
export const scalarPrinters = { string: canonical, number: numbers } as const;

/** The printer of each type of map key, which is a JSON string whatever its type. */
export const keyPrinters = keys;

/** The text of the zero of a scalar type, by the option `int64`. */
export function zeroText(scalar: ScalarType, int64: keyof typeof scalarPrinters): string {
  switch (scalar) {
    case "bool":
      return "false";
    case "string":
    case "bytes":
      return '""';
    case "int64":
    case "uint64":
    case "sint64":
    case "fixed64":
    case "sfixed64":
      return int64 === "string" ? '"0"' : "0";
    default:
      return "0";
  }
}
