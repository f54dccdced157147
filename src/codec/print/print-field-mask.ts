import { utf8Fault } from "../bytes/utf8.js";
import { type WireCursor, WireFault } from "../wire/wire-cursor.js";
import type { PrintMessage } from "./print-types.js";
import type { TextBuffer } from "./text-buffer.js";

/**
 * google.protobuf.FieldMask as one string: `repeated string paths = 1` in lowerCamelCase, joined by commas. A path that
 * would not come back the same is an error (conformance tests FieldMaskPathsDontRoundTrip and the like).
 */
export function printFieldMask(cursor: WireCursor, text: TextBuffer, message: PrintMessage): void {
  text.ensure(2);
  const start = text.length;
  text.bytes[text.length++] = 0x22;
  for (let tag = cursor.nextTag(); tag !== 0; tag = cursor.nextTag()) {
    if (tag === 10) {
      const end = cursor.lengthEnd();
      if (text.length !== start + 1) text.byte(0x2c);
      printPath(cursor, text, end, message);
      cursor.pos = end;
    } else {
      cursor.skip(tag);
    }
  }
  text.byte(0x22);
}

/** One path, from the cursor to `end`: `_x` becomes `X`. */
function printPath(cursor: WireCursor, text: TextBuffer, end: number, message: PrintMessage): void {
  const path = cursor.bytes.toString("utf8", cursor.pos, end);
  if (/[A-Z]|_(?![a-z])/.test(path) || utf8Fault(cursor.bytes, cursor.pos, end) >= 0) {
    throw new WireFault(`${message.subject} has a path that JSON cannot carry`);
  }
  const camel = path.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
  text.raw(Buffer.from(JSON.stringify(camel).slice(1, -1)));
}
