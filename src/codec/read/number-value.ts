import { productError } from "../product-error.js";
import type { NumberScan } from "./number-scan.js";

/** Powers of ten that a double holds exactly. */
const powers = Array.from({ length: 23 }, (_, i) => Number(`1e${i}`));

/** The double nearest to a scanned number; ±Infinity if it is out of range. */
export function doubleOf(scan: NumberScan, bytes: Buffer): number {
  const { scale, count, digits } = scan;
  if (scale >= -22 && scale <= 22 && count <= 19) {
    // Both operands are exact, so the one rounding of * or / gives the nearest double (Clinger, PLDI 1990).
    if (count <= 15) {
      const value = scale < 0 ? digits / powers[-scale]! : digits * powers[scale]!;
      return scan.negative ? -value : value;
    }
    const value = longDouble(digits, scan.tail, count - 15, scale);
    if (!Number.isNaN(value)) return scan.negative ? -value : value;
  }
  return Number(bytes.toString("latin1", scan.start, scan.end));
}

/**
 * The double nearest to (digits * 10^tailCount + tail) * 10^scale, or NaN where that is too near to the middle between two
 * to tell. It is worked out as an unevaluated sum of two doubles, of which the second holds what the first rounds away
 * (Dekker, Numerische Mathematik 18, 1971): some 100 bits, where 53 and a little more decide. Measured on 17 digits: a fifth
 * of the time of making a string and a Number of it.
 */
function longDouble(digits: number, tail: number, tailCount: number, scale: number): number {
  const shift = powers[tailCount]!;
  const product = digits * shift;
  const whole = product + tail;
  // The products and sums are integers below 2^64, so what they round away is one below 2^12: exact.
  const rest = productError(digits, shift, product) + (tail - (whole - product));
  const power = powers[Math.abs(scale)]!;
  let high: number;
  let low: number;
  if (scale >= 0) {
    high = whole * power;
    low = productError(whole, power, high) + rest * power;
  } else {
    high = whole / power;
    const back = high * power;
    low = (whole - back - productError(high, power, back) + rest) / power;
  }
  // The sum is off by less than 2^-104 of itself: where 2^-100 more and less round alike, that is the nearest double.
  const margin = high * 2 ** -100;
  const nearest = high + (low + margin);
  return nearest === high + (low - margin) ? nearest : Number.NaN;
}

/**
 * The integer that a scanned number is (also `1.0`, `10e-1`), as a safe integer, or NaN if it has a fraction or is beyond
 * 15 digits: enough for 32-bit types.
 */
export function smallIntegerOf(scan: NumberScan, bytes: Buffer): number {
  if (scan.plain) return scan.count > 15 ? Number.NaN : scan.negative ? 0 - scan.digits : scan.digits;
  const value = bigIntegerOf(scan, bytes);
  return value === null || value > 999999999999999n || value < -999999999999999n ? Number.NaN : Number(value);
}

/** The two halves of the last 64-bit integer made here. One object, so that nothing is allocated for it. */
export const halves = { low: 0, high: 0 };

/** Splits a scanned number into `halves` (two's complement); false if it is no integer or out of range. */
export function splitInteger(scan: NumberScan, bytes: Buffer, signed: boolean): boolean {
  const { digits, count } = scan;
  if (!scan.plain || count > 19) return splitBigInteger(bigIntegerOf(scan, bytes), signed);
  let low = digits | 0;
  let high = Math.floor(digits / 0x100000000);
  if (count > 15) {
    // (upper * 2^25 + lower) * shift + tail, in steps that stay below 2^53.
    const shift = powers[count - 15]!;
    const lower = digits % 0x2000000;
    const upper = ((digits - lower) / 0x2000000) * shift;
    const sum = (upper % 128) * 0x2000000 + lower * shift + scan.tail;
    low = sum | 0;
    high = Math.floor(upper / 128) + Math.floor(sum / 0x100000000);
  }
  if (signed && high >= 0x80000000 && !(scan.negative && high === 0x80000000 && low === 0)) return false;
  if (scan.negative && count !== 0) {
    if (!signed) return false;
    high = low === 0 ? -high : ~high;
    low = -low | 0;
  }
  halves.low = low;
  halves.high = high | 0;
  return true;
}

/** As splitInteger, from a bigint. */
export function splitBigInteger(value: bigint | null, signed: boolean): boolean {
  if (value === null || (signed ? BigInt.asIntN(64, value) : BigInt.asUintN(64, value)) !== value) return false;
  halves.low = Number(BigInt.asIntN(32, value));
  halves.high = Number(BigInt.asIntN(32, value >> 32n));
  return true;
}

/** The exact integer, or null if there is a fraction; a number beyond 20 digits is given as one that no type holds. */
function bigIntegerOf(scan: NumberScan, bytes: Buffer): bigint | null {
  // Only 21 digits are kept: with more significant ones the value is out of every range or has a fraction.
  let significant = "";
  let zeros = 0;
  let length = 0;
  for (let at = scan.start; at < scan.end; at++) {
    const byte = bytes[at]!;
    if (byte === 0x65 || byte === 0x45) break;
    if (byte < 0x30 || byte > 0x39) continue;
    if (byte === 0x30) {
      if (length !== 0) zeros++;
      continue;
    }
    length += zeros + 1;
    if (length <= 21) significant += "0".repeat(zeros) + String.fromCharCode(byte);
    zeros = 0;
  }
  const scale = scan.scale + zeros;
  if (significant === "") return 0n;
  if (scale < 0) return null;
  const value = length + scale > 20 ? 10n ** 21n : BigInt(significant) * 10n ** BigInt(scale);
  return scan.negative ? -value : value;
}
