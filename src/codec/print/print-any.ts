import { quoteValue } from "../../core/index.js";
import { encodeBase64 } from "../bytes/base64.js";
import { literal } from "../bytes/literal.js";
import { type WireCursor, WireFault } from "../wire/wire-cursor.js";
import { printMembers, printMessageContent, printRange } from "./print-members.js";
import { printText } from "./print-string.js";
import type { PrintMessage } from "./print-types.js";
import type { TextBuffer } from "./text-buffer.js";

const TYPE = literal(',"@type":');
const VALUE = literal(',"value":');

/** google.protobuf.Any: `string type_url = 1; bytes value = 2`, of each the last. See readAny for the form. */
export function printAny(cursor: WireCursor, text: TextBuffer, message: PrintMessage): void {
  cursor.descend();
  let urlStart = 0;
  let urlEnd = 0;
  let start = cursor.pos;
  let end = cursor.pos;
  for (let tag = cursor.nextTag(); tag !== 0; tag = cursor.nextTag()) {
    if (tag === 10) {
      urlEnd = cursor.lengthEnd();
      urlStart = cursor.pos;
      cursor.pos = urlEnd;
    } else if (tag === 18) {
      end = cursor.lengthEnd();
      start = cursor.pos;
      cursor.pos = end;
    } else {
      cursor.skip(tag);
    }
  }
  const after = cursor.pos;
  const open = text.length;
  if (urlStart === urlEnd) {
    if (start !== end) throw new WireFault(`${message.subject} has a value but no type_url`);
    cursor.depth--;
    text.close(open, 0x7b, 0x7d);
    return;
  }
  text.literal(TYPE);
  printText(cursor, urlStart, urlEnd, text, message.subject);
  const url = cursor.bytes.toString("utf8", urlStart, urlEnd);
  const slash = url.lastIndexOf("/");
  const type = slash < 0 ? undefined : message.context.schema.messages.get(url.slice(slash + 1));
  cursor.pos = start;
  if (type === undefined) {
    if (message.context.unknownAny === "reject") throw new WireFault(`the type ${quoteValue(url)} is not known`);
    text.literal(VALUE);
    text.byte(0x22);
    encodeBase64(cursor.bytes, start, end, text);
    text.byte(0x22);
  } else {
    const inner = message.context.message(type);
    if (inner.content === printMessageContent) {
      printOpen(cursor, text, inner, end);
    } else {
      text.literal(VALUE);
      printRange(cursor, text, inner, end);
    }
  }
  text.close(open, 0x7b, 0x7d);
  cursor.depth--;
  cursor.pos = after;
}

/** Prints the members of the message from the cursor to `to`, behind those that stand in `text` already. */
function printOpen(cursor: WireCursor, text: TextBuffer, inner: PrintMessage, to: number): void {
  const { end, endTag } = cursor;
  cursor.end = to;
  cursor.endTag = 0;
  printMembers(cursor, text, inner);
  cursor.end = end;
  cursor.endTag = endTag;
}
