import { parseDuration, parseTimestamp, time } from "../time-text.js";
import type { WireBuffer } from "../wire/wire-writer.js";
import type { JsonCursor } from "./json-cursor.js";
import type { JsonMessage } from "./json-types.js";

export function readTimestamp(cursor: JsonCursor, out: WireBuffer, message: JsonMessage): void {
  const at = cursor.pos;
  if (cursor.bytes[at] === 0x22) {
    cursor.readToken();
    if (parseTimestamp(cursor.token, cursor.tokenStart, cursor.tokenEnd)) {
      writeTime(out);
      return;
    }
  }
  cursor.refuse(message.subject, "a timestamp as RFC 3339 has it, from year 1 to 9999", at);
}

export function readDuration(cursor: JsonCursor, out: WireBuffer, message: JsonMessage): void {
  const at = cursor.pos;
  if (cursor.bytes[at] === 0x22) {
    cursor.readToken();
    if (parseDuration(cursor.token, cursor.tokenStart, cursor.tokenEnd)) {
      writeTime(out);
      return;
    }
  }
  cursor.refuse(message.subject, 'seconds such as "1.5s", up to 315576000000', at);
}

/** The content of google.protobuf.Timestamp and Duration: int64 seconds = 1, int32 nanos = 2. */
export function writeTime(out: WireBuffer): void {
  const { seconds, nanos } = time;
  if (seconds !== 0) {
    out.varint(8);
    out.varint64(seconds | 0, Math.floor(seconds / 0x100000000) | 0);
  }
  if (nanos !== 0) {
    out.varint(16);
    out.int32(nanos);
  }
}
