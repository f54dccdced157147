/** "00" to "99", each as the two bytes of a little-endian word: a store for two digits. */
const pairs = new Uint16Array(100);
for (let i = 0; i < 100; i++) pairs[i] = 0x3030 + Math.floor(i / 10) + ((i % 10) << 8);

/*
 * `>>> 0` around a quotient lets V8 divide integers, which by a constant is a multiplication. Digits are taken four at a
 * time, so that the divisions of one four do not wait for those of the other.
 */

/** Writes the digits of an integer below 2^32; gives the position behind them. */
export function writeUint(data: DataView, to: number, value: number): number {
  const whole = value >>> 0;
  if (whole < 10000) return writeSmall(data, to, whole);
  const upper = (whole / 10000) >>> 0;
  if (upper < 10000) {
    const at = writeSmall(data, to, upper);
    writeFour(data, at, whole - upper * 10000);
    return at + 4;
  }
  const top = (upper / 10000) >>> 0;
  const at = writeSmall(data, to, top);
  writeFour(data, at, upper - top * 10000);
  writeFour(data, at + 4, whole - upper * 10000);
  return at + 8;
}

/** Writes one to four digits; value < 10^4. */
function writeSmall(data: DataView, to: number, value: number): number {
  if (value < 100) {
    if (value < 10) {
      data.setUint8(to, 0x30 + value);
      return to + 1;
    }
    data.setUint16(to, pairs[value]!, true);
    return to + 2;
  }
  if (value < 1000) {
    const top = (value / 100) >>> 0;
    data.setUint8(to, 0x30 + top);
    data.setUint16(to + 1, pairs[value - top * 100]!, true);
    return to + 3;
  }
  writeFour(data, to, value);
  return to + 4;
}

/** Writes exactly four digits; value < 10^4. */
function writeFour(data: DataView, to: number, value: number): void {
  const top = (value / 100) >>> 0;
  data.setUint16(to, pairs[top]!, true);
  data.setUint16(to + 2, pairs[value - top * 100]!, true);
}

/** Writes exactly eight digits; value < 10^8. */
export function writeEight(data: DataView, to: number, value: number): void {
  const upper = (value / 10000) >>> 0;
  writeFour(data, to, upper);
  writeFour(data, to + 4, value - upper * 10000);
}

/** Writes exactly `count` digits, with leading zeros; value < 10^count, count <= 9. */
export function writePadded(data: DataView, to: number, value: number, count: number): void {
  let at = to + count;
  let left = value >>> 0;
  for (; count > 1; count -= 2) {
    const rest = (left / 100) >>> 0;
    at -= 2;
    data.setUint16(at, pairs[left - rest * 100]!, true);
    left = rest;
  }
  if (count === 1) data.setUint8(at - 1, 0x30 + (left % 10));
}
