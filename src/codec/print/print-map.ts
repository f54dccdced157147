import type { RangeSet } from "../bytes/range-set.js";
import type { WireCursor } from "../wire/wire-cursor.js";
import { irregular, type PrintField } from "./print-types.js";
import type { TextBuffer } from "./text-buffer.js";

/**
 * Prints the map entry at the cursor (behind its tag) as `,"key":value`: nothing if its value is a number that a closed
 * enum does not have. Key and value may be missing, which is their zero.
 */
export function printEntry(cursor: WireCursor, text: TextBuffer, field: PrintField, keys: RangeSet): void {
  const end = cursor.lengthEnd();
  const outer = cursor.end;
  const { endTag } = cursor;
  cursor.end = end;
  cursor.endTag = 0;
  const key = field.mapKey!;
  const value = field.mapValue!;
  text.comma();
  const start = text.length;
  if (cursor.passes(key.tag)) key.value(cursor, text, key);
  else text.literal(key.zero);
  const keyEnd = text.length;
  text.ensure(64);
  text.bytes[text.length++] = 0x3a;
  const at = text.length;
  if (cursor.passes(value.tag)) value.value(cursor, text, value);
  else if (cursor.pos === end) printUnset(cursor, text, value);
  if (cursor.pos !== end) {
    if (cursor.pos > end) cursor.truncated();
    throw irregular;
  }
  if (text.length === at) text.length = start - 1;
  else if (!keys.add(text, start, keyEnd)) throw irregular;
  cursor.end = outer;
  cursor.endTag = endTag;
}

/** A value that the entry does not have: the zero of a scalar, an empty message. The cursor stands at the entry's end. */
function printUnset(cursor: WireCursor, text: TextBuffer, value: PrintField): void {
  if (value.message === null) text.literal(value.zero);
  else value.message.content(cursor, text, value.message);
}
