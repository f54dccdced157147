import { HIGH, specials } from "../bytes/plain-text.js";
import { utf8Fault } from "../bytes/utf8.js";
import { type WireCursor, WireFault } from "../wire/wire-cursor.js";
import type { PrintField } from "./print-types.js";
import type { TextBuffer } from "./text-buffer.js";

/** 0 for bytes that stand for themselves in a JSON string; else the letter of their escape, or 1 for \u00XX. */
const escapes = new Uint8Array(256);
escapes.fill(1, 0, 0x20);
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

export function printString(cursor: WireCursor, text: TextBuffer, field: PrintField): void {
  const end = cursor.lengthEnd();
  printText(cursor, cursor.pos, end, text, field.subject);
  cursor.pos = end;
}

/**
 * Prints the bytes [start, end) of the cursor as a JSON string (RFC 8259 section 7), escaping what must be and no more.
 * Whether they are UTF-8 is asked for the whole text at once, and only if it has a byte above ASCII: between quotes, which
 * are ASCII, a string is well-formed exactly if the text around it is. With `cursor.strict` each string is asked, so that
 * the fault can be told with its field.
 */
export function printText(cursor: WireCursor, start: number, end: number, text: TextBuffer, subject: string): void {
  const { bytes, data } = cursor;
  if (cursor.strict && utf8Fault(bytes, start, end) >= 0) throw new WireFault(`${subject} holds invalid UTF-8`);
  // Room for the string if each byte is one of text, and for what may follow; escapes ask for more.
  text.ensure(end - start + 66);
  let target = text.bytes;
  let words = text.data;
  let to = text.length;
  let at = start;
  let met = 0;
  target[to++] = 0x22;
  for (;;) {
    // Four words between two branches: a third less time than one on strings of 100 to 400 bytes.
    while (at + 16 <= end) {
      const a = data.getInt32(at, true);
      const b = data.getInt32(at + 4, true);
      const c = data.getInt32(at + 8, true);
      const d = data.getInt32(at + 12, true);
      if (((specials(a) | specials(b) | specials(c) | specials(d)) & HIGH) !== 0) break;
      words.setInt32(to, a, true);
      words.setInt32(to + 4, b, true);
      words.setInt32(to + 8, c, true);
      words.setInt32(to + 12, d, true);
      met |= a | b | c | d;
      at += 16;
      to += 16;
    }
    while (at + 4 <= end) {
      const word = data.getInt32(at, true);
      if ((specials(word) & HIGH) !== 0) break;
      words.setInt32(to, word, true);
      met |= word;
      at += 4;
      to += 4;
    }
    // The word has a special byte, or less than a word is left: what is plain before it, byte by byte.
    let kind = 0;
    for (; at < end; at++) {
      const byte = bytes[at]!;
      kind = escapes[byte]!;
      if (kind !== 0) break;
      met |= byte;
      target[to++] = byte;
    }
    if (at === end) break;
    const byte = bytes[at++]!;
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
  }
  target[to++] = 0x22;
  text.length = to;
  text.met |= met;
}
