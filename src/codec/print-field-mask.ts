import { printText } from "./print-string.js";
import type { PrintMessage } from "./print-types.js";
import type { TextBuffer } from "./text-buffer.js";
import { type WireCursor, WireFault } from "./wire-cursor.js";

/**
 * google.protobuf.FieldMask as one string: `repeated string paths = 1` in lowerCamelCase, joined by commas. A path that
 * would not come back the same is an error (conformance tests FieldMaskPathsDontRoundTrip and the like).
 */
export function printFieldMask(cursor: WireCursor, text: TextBuffer, message: PrintMessage): void {
  const paths: string[] = [];
  for (let tag = cursor.nextTag(); tag !== 0; tag = cursor.nextTag()) {
    if (tag === 10) {
      const end = cursor.lengthEnd();
      const path = cursor.bytes.toString("utf8", cursor.pos, end);
      if (/[A-Z]|_(?![a-z])/.test(path)) throw new WireFault(`${message.subject} has a path that JSON cannot carry`);
      paths.push(path.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()));
      cursor.pos = end;
    } else {
      cursor.skip(tag);
    }
  }
  const joined = Buffer.from(paths.join(","));
  printText(joined, 0, joined.length, text, message.subject);
}
