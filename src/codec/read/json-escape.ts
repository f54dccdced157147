import type { JsonCursor } from "./json-cursor.js";

/** Where the last readEscape ended in its target. One object, so that nothing is allocated for it. */
export const escaped = { to: 0 };

/** Writes what the escape at `at` stands for; gives the position behind it (RFC 8259 section 7). */
export function readEscape(cursor: JsonCursor, at: number, target: Uint8Array, to: number): number {
  const { bytes } = cursor;
  const simple = escapes[bytes[at + 1]!]!;
  if (simple !== 0) {
    target[to] = simple;
    escaped.to = to + 1;
    return at + 2;
  }
  if (bytes[at + 1] !== 0x75) cursor.syntax("an escape that JSON has", at);
  let code = hex4(cursor, at);
  let next = at + 6;
  if (code >= 0xd800 && code < 0xe000) {
    const low = code < 0xdc00 && bytes[next] === 0x5c && bytes[next + 1] === 0x75 ? hex4(cursor, next) : 0;
    if (low < 0xdc00 || low >= 0xe000) cursor.syntax("a pair of surrogates in place of a lone one", at);
    code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
    next += 6;
  }
  if (code < 0x80) {
    target[to++] = code;
  } else if (code < 0x800) {
    target[to++] = 0xc0 | (code >> 6);
    target[to++] = 0x80 | (code & 63);
  } else if (code < 0x10000) {
    target[to++] = 0xe0 | (code >> 12);
    target[to++] = 0x80 | ((code >> 6) & 63);
    target[to++] = 0x80 | (code & 63);
  } else {
    target[to++] = 0xf0 | (code >> 18);
    target[to++] = 0x80 | ((code >> 12) & 63);
    target[to++] = 0x80 | ((code >> 6) & 63);
    target[to++] = 0x80 | (code & 63);
  }
  escaped.to = to;
  return next;
}

function hex4(cursor: JsonCursor, at: number): number {
  let code = 0;
  for (let i = at + 2; i < at + 6; i++) {
    const digit = hexDigits[cursor.bytes[i]!]!;
    if (digit === 255) cursor.syntax("four hexadecimal digits", at);
    code = code * 16 + digit;
  }
  return code;
}

const escapes = new Uint8Array(256);
for (const [letter, byte] of [
  ['"', 0x22],
  ["\\", 0x5c],
  ["/", 0x2f],
  ["b", 8],
  ["f", 12],
  ["n", 10],
  ["r", 13],
  ["t", 9],
] as const) {
  escapes[letter.charCodeAt(0)] = byte;
}

const hexDigits = new Uint8Array(256).fill(255);
for (let i = 0; i < 16; i++) {
  hexDigits[i.toString(16).charCodeAt(0)] = i;
  hexDigits[i.toString(16).toUpperCase().charCodeAt(0)] = i;
}
