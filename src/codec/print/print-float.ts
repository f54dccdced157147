import type { WireCursor } from "../wire/wire-cursor.js";
import { writeDecimal } from "./shortest-decimal.js";
import type { TextBuffer } from "./text-buffer.js";

/** The shortest digits that read back as this double; "NaN" and the infinities in quotes. */
export function printDouble(cursor: WireCursor, text: TextBuffer): void {
  const at = cursor.pos;
  const value = cursor.double();
  if (!writeDecimal(text, cursor.data, at, false)) writeByString(text, value);
}

/** The shortest digits that read back as this float. */
export function printFloat(cursor: WireCursor, text: TextBuffer): void {
  const at = cursor.pos;
  const value = cursor.float();
  // Up to 2^24 every integer is a float of its own; of those beyond some have a text of fewer digits.
  const sure = value < 16777216 && value > -16777216;
  if (!sure || !writeDecimal(text, cursor.data, at, true)) writeByString(text, shortestOf(value));
}

function writeByString(text: TextBuffer, value: number): void {
  text.ascii(Number.isFinite(value) ? String(value) : `"${value}"`);
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
