import { decodeBase64 } from "../bytes/base64.js";
import type { WireBuffer } from "../wire/wire-writer.js";
import type { JsonCursor } from "./json-cursor.js";
import type { JsonField } from "./json-types.js";

export function readStringValue(cursor: JsonCursor, out: WireBuffer, field: JsonField): void {
  if (cursor.bytes[cursor.pos] !== 0x22) cursor.refuse(field.subject, field.expected, cursor.pos);
  const reserved = field.reserved;
  const start = out.begin(reserved);
  cursor.copyString(out);
  field.reserved = out.end(start, reserved);
}

/** Base64 (RFC 4648 sections 4 and 5), "with or without padding". */
export function readBytes(cursor: JsonCursor, out: WireBuffer, field: JsonField): void {
  const at = cursor.pos;
  if (cursor.bytes[at] !== 0x22) cursor.refuse(field.subject, field.expected, at);
  cursor.readToken();
  const reserved = field.reserved;
  const start = out.begin(reserved);
  if (!decodeBase64(cursor.token, cursor.tokenStart, cursor.tokenEnd, out)) {
    cursor.refuse(field.subject, field.expected, at);
  }
  field.reserved = out.end(start, reserved);
}
