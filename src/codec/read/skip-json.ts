import { quoteValue } from "../../core/index.js";
import type { JsonCursor } from "./json-cursor.js";
import { JsonFault } from "./json-fault.js";
import { scanNumber } from "./number-scan.js";

/** Passes over the value at `pos`, whatever it is, checking all of RFC 8259 and that no member stands twice. */
export function skipValue(cursor: JsonCursor): void {
  const byte = cursor.next();
  if (byte === 0x7b) skipObject(cursor);
  else if (byte === 0x5b) skipArray(cursor);
  else skipScalar(cursor);
}

/** Passes over a string, a number or one of the three words at `pos`. */
export function skipScalar(cursor: JsonCursor): void {
  switch (cursor.bytes[cursor.pos]) {
    case 0x22:
      cursor.readToken();
      break;
    case 0x74:
      cursor.literal("true");
      break;
    case 0x66:
      cursor.literal("false");
      break;
    case 0x6e:
      cursor.literal("null");
      break;
    default: {
      const end = scanNumber(cursor.bytes, cursor.pos, cursor.number);
      if (end < 0) cursor.syntax("a value");
      cursor.pos = end;
    }
  }
}

function skipObject(cursor: JsonCursor): void {
  cursor.descend();
  cursor.pos++;
  const names = new Set<string>();
  if (cursor.next() !== 0x7d) {
    for (;;) {
      if (cursor.next() !== 0x22) cursor.syntax("a member name in quotes");
      const at = cursor.pos;
      const name = cursor.readString();
      if (names.has(name)) throw new JsonFault("value", at, "", `the member ${quoteValue(name)} stands twice`);
      names.add(name);
      cursor.colon();
      skipValue(cursor);
      if (cursor.comma(0x7d)) break;
    }
  } else cursor.pos++;
  cursor.depth--;
}

function skipArray(cursor: JsonCursor): void {
  cursor.descend();
  cursor.pos++;
  if (cursor.next() !== 0x5d) {
    do skipValue(cursor);
    while (!cursor.comma(0x5d));
  } else cursor.pos++;
  cursor.depth--;
}
