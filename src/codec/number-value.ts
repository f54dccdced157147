import type { NumberScan } from "./number-scan.js";

/** Powers of ten that a double holds exactly. */
const powers = Array.from({ length: 23 }, (_, i) => Number(`1e${i}`));

/** The double nearest to a scanned number; ±Infinity if it is out of range. */
export function doubleOf(scan: NumberScan, bytes: Buffer): number {
  const { scale } = scan;
  // Both operands are exact, so the one rounding of * or / gives the nearest double (Clinger, PLDI 1990).
  if (scan.count <= 15 && scale >= -22 && scale <= 22) {
    const value = scale < 0 ? scan.digits / powers[-scale]! : scan.digits * powers[scale]!;
    return scan.negative ? -value : value;
  }
  return Number(bytes.toString("latin1", scan.start, scan.end));
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
  if (!scan.plain || scan.count > 15) return splitBigInteger(bigIntegerOf(scan, bytes), signed);
  const { digits } = scan;
  let low = digits | 0;
  let high = (digits / 0x100000000) | 0;
  if (scan.negative && digits !== 0) {
    if (!signed) return false;
    high = low === 0 ? -high : ~high;
    low = -low | 0;
  }
  halves.low = low;
  halves.high = high;
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
