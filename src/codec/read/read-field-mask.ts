import type { WireBuffer } from "../wire/wire-writer.js";
import type { JsonCursor } from "./json-cursor.js";
import type { JsonMessage } from "./json-types.js";

/**
 * google.protobuf.FieldMask from one string of lowerCamelCase paths separated by commas. An underscore is refused
 * (conformance test FieldMaskInvalidCharacter): such a name would not come back.
 */
export function readFieldMask(cursor: JsonCursor, out: WireBuffer, message: JsonMessage): void {
  const at = cursor.pos;
  if (cursor.bytes[at] === 0x22) {
    cursor.readToken();
    if (writePaths(cursor.token, cursor.tokenStart, cursor.tokenEnd, out, false)) return;
  }
  cursor.refuse(message.subject, "paths in lowerCamelCase separated by commas", at);
}

/** Writes the paths in bytes[start, end) as the content of a FieldMask; `snake` takes underscores as they are. */
export function writePaths(bytes: Uint8Array, start: number, end: number, out: WireBuffer, snake: boolean): boolean {
  if (start === end) return true;
  out.ensure((end - start) * 2 + 16);
  let at = start;
  for (;;) {
    out.varint(10);
    const path = out.begin(1);
    const target = out.bytes;
    let to = path;
    for (; at < end && bytes[at] !== 0x2c; at++) {
      const byte = bytes[at]!;
      if (byte === 0x5f && !snake) return false;
      if (byte >= 0x41 && byte <= 0x5a) {
        target[to++] = 0x5f;
        target[to++] = byte | 0x20;
      } else {
        target[to++] = byte;
      }
    }
    if (to === path) return false;
    out.length = to;
    out.end(path, 1);
    if (at === end) return true;
    at++;
  }
}
