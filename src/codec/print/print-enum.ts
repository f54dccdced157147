import type { WireCursor } from "../wire/wire-cursor.js";
import type { PrintField } from "./print-types.js";
import type { TextBuffer } from "./text-buffer.js";

/** The name of a value; a number without a name as number if the enum is open, nothing if it is closed. */
export function printEnum(cursor: WireCursor, text: TextBuffer, field: PrintField): void {
  const number = cursor.varint() | 0;
  const type = field.enum!;
  const name = number >= 0 && number < 256 ? type.small[number]! : (type.large.get(number) ?? null);
  if (name !== null) text.literal(name);
  else if (!type.type.closed) text.int(number);
}

export function printEnumNumber(cursor: WireCursor, text: TextBuffer, field: PrintField): void {
  const number = cursor.varint() | 0;
  const { type } = field.enum!;
  if (!type.closed || type.valuesByNumber.has(number)) text.int(number);
}

/** google.protobuf.NullValue: null, whatever the number. */
export function printNull(cursor: WireCursor, text: TextBuffer): void {
  cursor.varint64();
  text.ascii("null");
}
