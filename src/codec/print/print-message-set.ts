import type { WireCursor } from "../wire/wire-cursor.js";
import { printRange } from "./print-members.js";
import type { PrintField, PrintMessage } from "./print-types.js";
import { irregular } from "./print-types.js";
import type { TextBuffer } from "./text-buffer.js";

/**
 * A message with message_set_wire_format: groups of number 1, each with `type_id = 2` (the number of an extension) and
 * `message = 3`, printed as extensions are. Items that the Schema does not know are unknown fields.
 */
export function printMessageSet(cursor: WireCursor, text: TextBuffer, message: PrintMessage): void {
  const open = text.length;
  cursor.descend();
  const base = cursor.openSeen(message.words);
  for (let tag = cursor.nextTag(); tag !== 0; tag = cursor.nextTag()) {
    if (tag === 11) printItem(cursor, text, message, base);
    else cursor.skip(tag);
  }
  cursor.seenTop = base;
  cursor.depth--;
  text.close(open, 0x7b, 0x7d);
}

function printItem(cursor: WireCursor, text: TextBuffer, message: PrintMessage, base: number): void {
  const { endTag } = cursor;
  cursor.endTag = 12;
  let number = 0;
  let start = -1;
  let end = 0;
  for (let tag = cursor.nextTag(); tag !== 0; tag = cursor.nextTag()) {
    if (tag === 16) {
      number = cursor.varint();
    } else if (tag === 26) {
      end = cursor.lengthEnd();
      start = cursor.pos;
      cursor.pos = end;
    } else {
      cursor.skip(tag);
    }
  }
  cursor.endTag = endTag;
  const field: PrintField | undefined = message.more.get(number);
  if (field === undefined || start < 0) return;
  if ((cursor.seen[base + field.word]! & field.bit) !== 0) throw irregular;
  cursor.seen[base + field.word]! |= field.bit;
  text.literal(field.key);
  const after = cursor.pos;
  cursor.pos = start;
  printRange(cursor, text, field.message!, end);
  cursor.pos = after;
}
