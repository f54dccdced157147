import type { TextBuffer } from "./text-buffer.js";
import type { WireCursor } from "./wire-cursor.js";

export function printDouble(cursor: WireCursor, text: TextBuffer): void {
  writeDouble(text, cursor.double());
}

export function printFloat(cursor: WireCursor, text: TextBuffer): void {
  writeFloat(text, cursor.float());
}

/** The shortest digits that read back as this double; "NaN" and the infinities in quotes. */
export function writeDouble(text: TextBuffer, value: number): void {
  if (!writeShort(text, value)) text.ascii(Number.isFinite(value) ? String(value) : `"${value}"`);
}

/** The shortest digits that read back as this float. */
export function writeFloat(text: TextBuffer, value: number): void {
  if (Math.trunc(value) === value && writeShort(text, value)) return;
  writeDouble(text, shortestOf(value));
}

/** The double with the fewest digits that is this float once rounded. */
function shortestOf(value: number): number {
  // Six digits always tell floats apart from decimals of six digits (FLT_DIG), but for subnormals; nine always suffice.
  for (let digits = Math.abs(value) < 1.1754943508222875e-38 ? 1 : 6; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return short;
  }
  return Number(value.toPrecision(9));
}

const scales = [10, 100, 1000, 10000, 100000, 1000000] as const;

/**
 * Writes integers below 2^32 and decimals of up to six places and nine digits before scaling, without a string in between;
 * false if the value is none. `n / 10^k` is the double nearest to that decimal, and as two decimals of up to 15 digits
 * never share a double (DBL_DIG), it is the shortest that reads back.
 */
function writeShort(text: TextBuffer, value: number): boolean {
  if (value === 0) {
    if (Object.is(value, -0)) text.bytes[text.length++] = 0x2d;
    text.bytes[text.length++] = 0x30;
    return true;
  }
  const size = Math.abs(value);
  if (!(size < 4294967296)) return false;
  const whole = Math.floor(size);
  if (whole === size) {
    text.int(value);
    return true;
  }
  // Below 10^-6 the text would need an exponent.
  if (size < 1e-6) return false;
  for (let places = 1; places <= 6; places++) {
    const scale = scales[places - 1]!;
    const scaled = Math.round(size * scale);
    if (scaled >= 1e15) return false;
    if (scaled / scale !== size) continue;
    if (value < 0) text.bytes[text.length++] = 0x2d;
    text.uint(whole);
    text.bytes[text.length++] = 0x2e;
    text.padded(scaled - whole * scale, places);
    return true;
  }
  return false;
}
