import type { WireCursor } from "../wire/wire-cursor.js";
import type { TextBuffer } from "./text-buffer.js";

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
  // Up to 2^24 every integer is a float of its own, so none of them has a shorter text.
  if (Math.trunc(value) === value && Math.abs(value) <= 16777216 && writeShort(text, value)) return;
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

/**
 * Writes integers below 2^32 and decimals of up to six places and 15 digits without a string in between; false if the value
 * is none of these. n / 10^6 rounded is the double nearest to that decimal, and as two decimals of up to 15 digits never
 * share a double (DBL_DIG), it is the shortest that reads back once its zeros at the end are gone.
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
  const scaled = Math.round(size * 1e6);
  // Below 10^-6 the text would need an exponent.
  if (size < 1e-6 || scaled >= 1e15 || scaled / 1e6 !== size) return false;
  let fraction = scaled - whole * 1e6;
  let places = 6;
  while (fraction % 10 === 0) {
    fraction /= 10;
    places--;
  }
  if (value < 0) text.bytes[text.length++] = 0x2d;
  text.uint(whole);
  text.bytes[text.length++] = 0x2e;
  text.padded(fraction, places);
  return true;
}
