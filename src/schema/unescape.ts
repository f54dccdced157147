const BACKSLASH = 92;

const SIMPLE: Readonly<Record<string, number>> = {
  a: 7,
  b: 8,
  f: 12,
  n: 10,
  r: 13,
  t: 9,
  v: 11,
  "\\": 92,
  "?": 63,
  "'": 39,
  '"': 34,
};

/** What an escape may be: the language specification's charEscape, octEscape, hexEscape and the two unicode escapes. */
const ESCAPE = /\\(?:([0-7]{1,3})|[xX]([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([abfnrtv\\?'"]))/y;

/**
 * The value of the inside of a string literal: a string where it is plain text, bytes where octal or hexadecimal escapes
 * make it so. Null if an escape is malformed.
 */
export function unescapeLiteral(inside: string): string | Uint8Array | null {
  if (!inside.includes("\\")) return inside;
  const parts: Buffer[] = [];
  let plain = true;
  for (let at = 0; at < inside.length; ) {
    if (inside.charCodeAt(at) !== BACKSLASH) {
      const next = inside.indexOf("\\", at);
      const end = next < 0 ? inside.length : next;
      parts.push(Buffer.from(inside.slice(at, end), "utf8"));
      at = end;
      continue;
    }
    ESCAPE.lastIndex = at;
    const match = ESCAPE.exec(inside);
    if (match === null) return null;
    const [whole, octal, hexadecimal, short, long, simple] = match;
    at += whole.length;
    if (simple !== undefined) {
      parts.push(Buffer.of(SIMPLE[simple] ?? 0));
    } else if (short !== undefined || long !== undefined) {
      let code = Number.parseInt(short ?? long ?? "", 16);
      // A pair of \u escapes may spell a character beyond the basic plane (protoc's tokenizer joins them).
      if (code >= 0xd800 && code < 0xdc00) {
        const low = /^\\u([dD][c-fC-F][0-9a-fA-F]{2})/.exec(inside.slice(at, at + 6));
        if (low?.[1] !== undefined) {
          code = 0x10000 + ((code - 0xd800) << 10) + (Number.parseInt(low[1], 16) - 0xdc00);
          at += 6;
        }
      }
      if (code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) return null;
      parts.push(Buffer.from(String.fromCodePoint(code), "utf8"));
    } else {
      const value = octal === undefined ? Number.parseInt(hexadecimal ?? "", 16) : Number.parseInt(octal, 8);
      if (value > 0xff) return null;
      if (value >= 0x80) plain = false;
      parts.push(Buffer.of(value));
    }
  }
  const bytes = Buffer.concat(parts);
  return plain ? bytes.toString("utf8") : bytes;
}

/** Adjacent literals as one value, as in C. */
export function joinLiterals(values: readonly (string | Uint8Array)[]): string | Uint8Array {
  if (values.length === 1) return values[0] ?? "";
  if (values.every((value) => typeof value === "string")) return values.join("");
  return Buffer.concat(values.map(bytesOf));
}

/** The bytes of a literal's value. */
export function bytesOf(value: string | Uint8Array): Uint8Array {
  return typeof value === "string" ? Buffer.from(value, "utf8") : value;
}
