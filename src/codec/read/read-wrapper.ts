import type { WireBuffer } from "../wire/wire-writer.js";
import type { JsonCursor } from "./json-cursor.js";
import type { JsonField, JsonMessage } from "./json-types.js";
import { readField } from "./read-members.js";

/** A wrapper (google.protobuf.Int32Value and so on): "the same representation in JSON as the wrapped primitive type". */
export function readWrapper(cursor: JsonCursor, out: WireBuffer, message: JsonMessage): void {
  readField(cursor, out, message.parts[0]!);
}

/** A message with its length. */
export function readMessage(cursor: JsonCursor, out: WireBuffer, field: JsonField): void {
  const message = field.message!;
  const reserved = field.reserved;
  const start = out.begin(reserved);
  message.content(cursor, out, message);
  field.reserved = out.end(start, reserved);
}

/** A delimited message: its start-group tag is written, its end-group tag follows. */
export function readGroup(cursor: JsonCursor, out: WireBuffer, field: JsonField): void {
  const message = field.message!;
  message.content(cursor, out, message);
  out.varint(field.endTag);
}

/** google.protobuf.Struct: an object; its member `fields` is a map of string to Value. */
export function readStruct(cursor: JsonCursor, out: WireBuffer, message: JsonMessage): void {
  cursor.descend();
  readField(cursor, out, message.parts[0]!);
  cursor.depth--;
}

/** google.protobuf.ListValue: an array; its member `values` is a list of Value. */
export function readListValue(cursor: JsonCursor, out: WireBuffer, message: JsonMessage): void {
  cursor.descend();
  readField(cursor, out, message.parts[0]!);
  cursor.depth--;
}

/** google.protobuf.Value: any JSON value. `parts` are its fields in order: null, number, string, bool, struct, list. */
export function readDynamic(cursor: JsonCursor, out: WireBuffer, message: JsonMessage): void {
  readField(cursor, out, message.parts[partOf(cursor.bytes[cursor.pos]!)]!);
}

function partOf(first: number): number {
  switch (first) {
    case 0x6e:
      return 0;
    case 0x22:
      return 2;
    case 0x74:
    case 0x66:
      return 3;
    case 0x7b:
      return 4;
    case 0x5b:
      return 5;
    default:
      return 1;
  }
}

/** An extension of a message set: group 1 with type_id = 2 and message = 3. Its start-group tag is written. */
export function readMessageSetItem(cursor: JsonCursor, out: WireBuffer, field: JsonField): void {
  out.varint(16);
  out.varint(field.type!.number);
  out.varint(26);
  readMessage(cursor, out, field);
  out.varint(12);
}
