/** What was parsed last. One object, so that nothing is allocated for it. */
export const time = { seconds: 0, nanos: 0 };

export const MIN_TIMESTAMP = -62135596800;
export const MAX_TIMESTAMP = 253402300799;
/** Seconds alone: with a fraction a duration may be almost one more (conformance test DurationMaxValue). */
export const MAX_DURATION = 315576000000;

/** Decimal digits bytes[start, start + count) as a number, or NaN. */
function digits(bytes: Uint8Array, start: number, count: number): number {
  let value = 0;
  for (let at = start; at < start + count; at++) {
    const digit = bytes[at]! - 0x30;
    if (!(digit >= 0 && digit <= 9)) return Number.NaN;
    value = value * 10 + digit;
  }
  return value;
}

const nanoScales = [1e9, 1e8, 1e7, 1e6, 1e5, 1e4, 1e3, 100, 10, 1] as const;

/** 1 to 9 digits as nanoseconds, or NaN. */
function fraction(bytes: Uint8Array, start: number, end: number): number {
  const count = end - start;
  return count < 1 || count > 9 ? Number.NaN : digits(bytes, start, count) * nanoScales[count]!;
}

/**
 * `YYYY-MM-DDTHH:MM:SS[.fraction](Z|±HH:MM)` into `time`; false if it is no such time. As timestamp.proto and the
 * conformance tests have it: upper-case T and Z, at most nine digits, no leap second, years 1 to 9999 in UTC.
 */
export function parseTimestamp(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start < 20) return false;
  const year = digits(bytes, start, 4);
  const month = digits(bytes, start + 5, 2);
  const day = digits(bytes, start + 8, 2);
  const hour = digits(bytes, start + 11, 2);
  const minute = digits(bytes, start + 14, 2);
  const second = digits(bytes, start + 17, 2);
  if (!(year >= 0 && hour <= 23 && minute <= 59 && second <= 59)) return false;
  if (!(month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month))) return false;
  if (bytes[start + 4] !== 0x2d || bytes[start + 7] !== 0x2d || bytes[start + 10] !== 0x54) return false;
  if (bytes[start + 13] !== 0x3a || bytes[start + 16] !== 0x3a) return false;
  let at = start + 19;
  let nanos = 0;
  if (bytes[at] === 0x2e) {
    const from = ++at;
    while (at < end && bytes[at]! >= 0x30 && bytes[at]! <= 0x39) at++;
    nanos = fraction(bytes, from, at);
    if (Number.isNaN(nanos)) return false;
  }
  let offset = 0;
  if (bytes[at] === 0x5a) {
    if (at + 1 !== end) return false;
  } else {
    const sign = bytes[at] === 0x2b ? 1 : bytes[at] === 0x2d ? -1 : 0;
    const hours = digits(bytes, at + 1, 2);
    const minutes = digits(bytes, at + 4, 2);
    if (sign === 0 || at + 6 !== end || bytes[at + 3] !== 0x3a || !(hours <= 23 && minutes <= 59)) return false;
    offset = sign * (hours * 3600 + minutes * 60);
  }
  const seconds = daysFromCivil(year, month, day) * 86400 + hour * 3600 + minute * 60 + second - offset;
  if (seconds < MIN_TIMESTAMP || seconds > MAX_TIMESTAMP) return false;
  time.seconds = seconds;
  time.nanos = nanos;
  return true;
}

/** `[-]seconds[.fraction]s` into `time`, both parts with the sign; false if it is no such duration. */
export function parseDuration(bytes: Uint8Array, start: number, end: number): boolean {
  const negative = bytes[start] === 0x2d;
  const from = negative ? start + 1 : start;
  const last = end - 1;
  let at = from;
  while (at < last && bytes[at]! >= 0x30 && bytes[at]! <= 0x39) at++;
  if (at === from || at - from > 12 || bytes[last] !== 0x73) return false;
  const seconds = digits(bytes, from, at - from);
  const nanos = at === last ? 0 : bytes[at] === 0x2e ? fraction(bytes, at + 1, last) : Number.NaN;
  if (Number.isNaN(nanos) || seconds > MAX_DURATION) return false;
  time.seconds = negative ? 0 - seconds : seconds;
  time.nanos = negative ? 0 - nanos : nanos;
  return true;
}

function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/**
 * Days from 1970-01-01 in the proleptic Gregorian calendar. Years are taken to begin in March, so that the leap day is the
 * last of its year; an era is 400 years, 146097 days.
 */
export function daysFromCivil(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146097 + dayOfEra - 719468;
}

/** The inverse of daysFromCivil as year * 10000 + month * 100 + day. */
export function civilFromDays(days: number): number {
  const shifted = days + 719468;
  const era = Math.floor(shifted / 146097);
  const dayOfEra = shifted - era * 146097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36524) - Math.floor(dayOfEra / 146096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1;
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  return year * 10000 + month * 100 + day;
}
