/**
 * What a number of JSON grammar says: sign, digits and power of ten. Up to 19 digits are held exactly, in two parts; beyond
 * that `count` tells how many there were and the text must be looked at.
 */
export interface NumberScan {
  start: number;
  end: number;
  negative: boolean;
  /** The first 15 digits, without dot and leading zeros, as a number. */
  digits: number;
  /** The next four digits as a number. */
  tail: number;
  /** Significant digits, leading zeros left out. */
  count: number;
  /** The value is all digits as one integer, times 10 ** scale. */
  scale: number;
  /** Written without a dot and an exponent. */
  plain: boolean;
}

export function createNumberScan(): NumberScan {
  return { start: 0, end: 0, negative: false, digits: 0, tail: 0, count: 0, scale: 0, plain: true };
}

/**
 * Reads a number (RFC 8259 section 6: no leading zero, no plus, digits around the dot) at `at`; gives the position behind
 * it, or -1. A byte that is no digit must stand behind the text.
 */
export function scanNumber(bytes: Uint8Array, at: number, scan: NumberScan): number {
  scan.start = at;
  scan.negative = false;
  scan.plain = true;
  let byte = bytes[at]!;
  if (byte === 0x2d) {
    scan.negative = true;
    byte = bytes[++at]!;
  }
  let digits = 0;
  let tail = 0;
  let count = 0;
  let scale = 0;
  if (byte === 0x30) {
    byte = bytes[++at]!;
  } else {
    if (byte < 0x31 || byte > 0x39) return -1;
    do {
      if (count < 15) digits = digits * 10 + (byte - 0x30);
      else if (count < 19) tail = tail * 10 + (byte - 0x30);
      count++;
      byte = bytes[++at]!;
    } while (byte >= 0x30 && byte <= 0x39);
  }
  if (byte === 0x2e) {
    scan.plain = false;
    byte = bytes[++at]!;
    if (byte < 0x30 || byte > 0x39) return -1;
    do {
      if (byte !== 0x30 || count !== 0) {
        if (count < 15) digits = digits * 10 + (byte - 0x30);
        else if (count < 19) tail = tail * 10 + (byte - 0x30);
        count++;
      }
      scale--;
      byte = bytes[++at]!;
    } while (byte >= 0x30 && byte <= 0x39);
  }
  if (byte === 0x65 || byte === 0x45) {
    scan.plain = false;
    byte = bytes[++at]!;
    const minus = byte === 0x2d;
    if (minus || byte === 0x2b) byte = bytes[++at]!;
    if (byte < 0x30 || byte > 0x39) return -1;
    let exponent = 0;
    do {
      if (exponent < 1e9) exponent = exponent * 10 + (byte - 0x30);
      byte = bytes[++at]!;
    } while (byte >= 0x30 && byte <= 0x39);
    scale += minus ? -exponent : exponent;
  }
  scan.digits = digits;
  scan.tail = tail;
  scan.count = count;
  scan.scale = scale;
  scan.end = at;
  return at;
}
