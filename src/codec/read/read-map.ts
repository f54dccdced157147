import { quoteValue } from "../../core/index.js";
import type { WireBuffer } from "../wire/wire-writer.js";
import type { JsonCursor } from "./json-cursor.js";
import { JsonFault } from "./json-fault.js";
import type { JsonField } from "./json-types.js";
import { SLACK } from "./read-members.js";

/** An object whose members are entries: messages of a key (field 1) and a value (field 2). */
export function readMap(cursor: JsonCursor, out: WireBuffer, field: JsonField): void {
  if (cursor.bytes[cursor.pos] !== 0x7b) cursor.refuse(field.subject, "an object", cursor.pos);
  cursor.pos++;
  if (cursor.next() === 0x7d) {
    cursor.pos++;
    return;
  }
  const keys = cursor.openKeys();
  const key = field.mapKey!;
  const value = field.mapValue!;
  do {
    if (cursor.next() !== 0x22) cursor.syntax("a key in quotes");
    const at = cursor.pos;
    out.ensure(cursor.end - at + SLACK);
    const before = out.length;
    out.varint(field.tag);
    const reserved = field.reserved;
    const start = out.begin(reserved);
    out.varint(key.tag);
    key.value(cursor, out, key);
    const keyEnd = out.length;
    cursor.colon();
    if (cursor.next() === 0x6e && !value.nullable) cursor.refuse(field.subject, value.expected, cursor.pos);
    out.ensure(cursor.end - cursor.pos + SLACK);
    out.varint(value.tag);
    value.value(cursor, out, value);
    if (cursor.dropped) {
      cursor.dropped = false;
      out.length = before;
    } else {
      field.reserved = out.end(start, reserved);
      const by = field.reserved - reserved;
      if (!keys.add(out, start + by, keyEnd + by)) {
        throw new JsonFault("value", at, field.subject, `the key ${describeKey(cursor, at)} stands twice`);
      }
    }
  } while (!cursor.comma(0x7d));
  cursor.keysTop--;
}

function describeKey(cursor: JsonCursor, at: number): string {
  cursor.pos = at;
  return quoteValue(cursor.readString());
}
