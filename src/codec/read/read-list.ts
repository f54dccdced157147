import type { WireBuffer } from "../wire/wire-writer.js";
import type { JsonCursor } from "./json-cursor.js";
import type { JsonField } from "./json-types.js";
import { SLACK, undo } from "./read-members.js";
import { readInt32, readPlainRun } from "./read-scalar.js";

/** An array, each element with its tag. */
export function readList(cursor: JsonCursor, out: WireBuffer, field: JsonField): void {
  if (openArray(cursor, field)) return;
  do {
    openElement(cursor, out, field);
    const start = out.length;
    out.varint(field.tag);
    field.value(cursor, out, field);
    if (cursor.dropped) undo(cursor, out, start);
  } while (!cursor.comma(0x5d));
}

/** An array of scalars in one length-delimited value; an empty one writes nothing. */
export function readPackedList(cursor: JsonCursor, out: WireBuffer, field: JsonField): void {
  if (openArray(cursor, field)) return;
  const before = out.length;
  out.varint(field.tag);
  const reserved = field.reserved;
  const start = out.begin(reserved);
  const plain = field.value === readInt32;
  do {
    if (plain) readPlainRun(cursor, out);
    openElement(cursor, out, field);
    const at = out.length;
    field.value(cursor, out, field);
    if (cursor.dropped) undo(cursor, out, at);
  } while (!cursor.comma(0x5d));
  if (out.length === start) out.length = before;
  else field.reserved = out.end(start, reserved);
}

/** Passes the bracket; true if the array is empty and passed. */
function openArray(cursor: JsonCursor, field: JsonField): boolean {
  if (cursor.bytes[cursor.pos] !== 0x5b) cursor.refuse(field.subject, `a list of ${field.expected}`, cursor.pos);
  cursor.pos++;
  if (cursor.next() !== 0x5d) return false;
  cursor.pos++;
  return true;
}

function openElement(cursor: JsonCursor, out: WireBuffer, field: JsonField): void {
  if (cursor.next() === 0x6e && !field.nullable) cursor.refuse(field.subject, field.expected, cursor.pos);
  out.ensure(cursor.end - cursor.pos + SLACK);
}
