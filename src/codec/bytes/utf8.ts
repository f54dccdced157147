/** The length of the character at `at`, which starts above ASCII; 0 if it is not well-formed (Unicode 16, table 3-7). */
export function utf8Length(bytes: Uint8Array, at: number, end: number): number {
  const first = bytes[at]!;
  if (first < 0xc2) return 0;
  if (first < 0xe0) return at + 1 < end && isTail(bytes[at + 1]!) ? 2 : 0;
  const second = bytes[at + 1]!;
  if (first < 0xf0) {
    if (at + 2 >= end || !isTail(second) || !isTail(bytes[at + 2]!)) return 0;
    if (first === 0xe0 && second < 0xa0) return 0;
    return first === 0xed && second > 0x9f ? 0 : 3;
  }
  if (first > 0xf4 || at + 3 >= end || !isTail(second) || !isTail(bytes[at + 2]!) || !isTail(bytes[at + 3]!)) return 0;
  if (first === 0xf0 && second < 0x90) return 0;
  return first === 0xf4 && second > 0x8f ? 0 : 4;
}

function isTail(byte: number): boolean {
  return (byte & 0xc0) === 0x80;
}

/** The position of the first byte of bytes[start, end) that is not well-formed UTF-8, or -1. */
export function utf8Fault(bytes: Uint8Array, start: number, end: number): number {
  for (let at = start; at < end; ) {
    if (bytes[at]! < 0x80) {
      at++;
    } else {
      const length = utf8Length(bytes, at, end);
      if (length === 0) return at;
      at += length;
    }
  }
  return -1;
}
