import { isUtf8 } from "node:buffer";
import { hasSpecial } from "../bytes/plain-text.js";
import { utf8Length } from "../bytes/utf8.js";
import { type WireCursor, WireFault } from "../wire/wire-cursor.js";
import type { PrintField } from "./print-types.js";
import type { TextBuffer } from "./text-buffer.js";

/** 0 for bytes that stand for themselves in a JSON string; else the letter of their escape, 1 for \u00XX, 2 above ASCII. */
const escapes = new Uint8Array(256);
escapes.fill(1, 0, 0x20);
escapes.fill(2, 0x80);
for (const [byte, letter] of [
  [0x22, '"'],
  [0x5c, "\\"],
  [8, "b"],
  [9, "t"],
  [10, "n"],
  [12, "f"],
  [13, "r"],
] as const) {
  escapes[byte] = letter.charCodeAt(0);
}

/** As `escapes`, for text that is known to be UTF-8. */
const escapesOfUtf8 = Uint8Array.from(escapes);
escapesOfUtf8.fill(0, 0x80);

export function printString(cursor: WireCursor, text: TextBuffer, field: PrintField): void {
  const end = cursor.lengthEnd();
  printText(cursor, cursor.pos, end, text, field.subject);
  cursor.pos = end;
}

/**
 * After so many characters above ASCII, with so many bytes to come, the rest of a string is validated natively: the call
 * costs as much as some thirty characters here (measured).
 */
const MANY = 16;
const REST = 128;

/**
 * Prints the bytes [start, end) of the cursor, which must be UTF-8, as a JSON string (RFC 8259 section 7), escaping what
 * must be and no more.
 */
export function printText(cursor: WireCursor, start: number, end: number, text: TextBuffer, subject: string): void {
  const { bytes, data } = cursor;
  // Room for the string if each byte is one of text, and for what may follow; escapes ask for more.
  text.ensure(end - start + 66);
  let target = text.bytes;
  let words = text.data;
  let to = text.length;
  let ascii = -1;
  let table = escapes;
  let above = 0;
  let at = start;
  target[to++] = 0x22;
  for (;;) {
    while (at + 4 <= end) {
      const word = data.getInt32(at, true);
      if (hasSpecial(word, ascii)) break;
      words.setInt32(to, word, true);
      at += 4;
      to += 4;
    }
    // The word has a special byte, or less than a word is left: what is plain before it, byte by byte.
    let kind = 0;
    for (; at < end; at++) {
      const byte = bytes[at]!;
      kind = table[byte]!;
      if (kind !== 0) break;
      target[to++] = byte;
    }
    if (at === end) break;
    const byte = bytes[at]!;
    if (kind === 2) {
      if (++above === MANY && end - at >= REST && isUtf8(bytes.subarray(at, end))) {
        ascii = 0;
        table = escapesOfUtf8;
      }
      const length = utf8Length(bytes, at, end);
      if (length === 0) throw new WireFault(`${subject} holds invalid UTF-8`);
      for (const next = at + length; at < next; at++) target[to++] = bytes[at]!;
    } else {
      text.length = to;
      text.ensure(end - at + 72);
      target = text.bytes;
      words = text.data;
      target[to++] = 0x5c;
      if (kind === 1) {
        target[to++] = 0x75;
        target[to++] = 0x30;
        target[to++] = 0x30;
        target[to++] = 0x30 + (byte >> 4);
        target[to++] = (byte & 15) < 10 ? 0x30 + (byte & 15) : 0x57 + (byte & 15);
      } else {
        target[to++] = kind;
      }
      at++;
    }
  }
  target[to++] = 0x22;
  text.length = to;
}
