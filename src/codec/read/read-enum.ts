import type { WireBuffer } from "../wire/wire-writer.js";
import type { JsonCursor } from "./json-cursor.js";
import type { JsonEnum, JsonField } from "./json-types.js";
import { readInt } from "./read-scalar.js";

/** A name or a number ("Parsers accept both enum names and integer values"). A closed enum takes numbers it has alone. */
export function readEnum(cursor: JsonCursor, out: WireBuffer, field: JsonField): void {
  const at = cursor.pos;
  const type = field.enum!;
  const first = cursor.bytes[at]!;
  if (first === 0x22) {
    cursor.readToken();
    const number = enumNumber(type, cursor.token, cursor.tokenData, cursor.tokenStart, cursor.tokenEnd);
    if (number !== null) out.int32(number);
    else if (type.ignoreUnknown) cursor.dropped = true;
    else cursor.refuse(field.subject, field.expected, at);
    return;
  }
  const number = readInt(cursor, field);
  if (type.type.closed && !type.type.valuesByNumber.has(number)) cursor.refuse(field.subject, field.expected, at);
  out.int32(number);
}

/** google.protobuf.NullValue: null, or the name or number as of any enum. */
export function readNullValue(cursor: JsonCursor, out: WireBuffer, field: JsonField): void {
  if (cursor.bytes[cursor.pos] === 0x6e) {
    cursor.literal("null");
    out.varint(0);
  } else {
    readEnum(cursor, out, field);
  }
}

/** The number of the name bytes[start, end), or null. Four bytes behind it must be there to be read. */
export function enumNumber(type: JsonEnum, bytes: Buffer, data: DataView, start: number, end: number): number | null {
  const number = type.names.get(data, start, end);
  if (number !== null || type.lowerNames === null) return number;
  return type.lowerNames.get(bytes.toString("utf8", start, end).toLowerCase()) ?? null;
}
