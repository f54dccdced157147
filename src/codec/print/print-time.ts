import { civilFromDays, MAX_DURATION, MAX_TIMESTAMP, MIN_TIMESTAMP } from "../time-text.js";
import { type WireCursor, WireFault } from "../wire/wire-cursor.js";
import type { PrintMessage } from "./print-types.js";
import type { TextBuffer } from "./text-buffer.js";

/** Nanos of the time that was read last; its seconds are what readTime gives. */
let nanos = 0;

/** Reads `int64 seconds = 1; int32 nanos = 2`; seconds as a double, which holds every one that is in range. */
function readTime(cursor: WireCursor): number {
  let seconds = 0;
  nanos = 0;
  for (let tag = cursor.nextTag(); tag !== 0; tag = cursor.nextTag()) {
    if (tag === 8) {
      cursor.varint64();
      seconds = cursor.high * 0x100000000 + (cursor.low >>> 0);
    } else if (tag === 16) {
      nanos = cursor.varint() | 0;
    } else {
      cursor.skip(tag);
    }
  }
  return seconds;
}

/** The day printed last and its date: the times of a list lie near each other, and the calendar is most of the work. */
let lastDays = 0;
let lastDate = 19700101;

/** "uses RFC 3339, where generated output will always be Z-normalized and uses 0, 3, 6 or 9 fractional digits". */
export function printTimestamp(cursor: WireCursor, text: TextBuffer, message: PrintMessage): void {
  const seconds = readTime(cursor);
  if (seconds < MIN_TIMESTAMP || seconds > MAX_TIMESTAMP || nanos < 0 || nanos > 999999999) {
    throw new WireFault(`${message.subject} is out of range`);
  }
  const days = Math.floor(seconds / 86400);
  const second = (seconds - days * 86400) | 0;
  if (days !== lastDays) {
    lastDays = days;
    lastDate = civilFromDays(days);
  }
  const date = lastDate;
  text.ensure(64);
  const { bytes } = text;
  bytes[text.length++] = 0x22;
  text.padded((date / 10000) | 0, 4);
  bytes[text.length++] = 0x2d;
  text.padded(((date / 100) | 0) % 100, 2);
  bytes[text.length++] = 0x2d;
  text.padded(date % 100, 2);
  bytes[text.length++] = 0x54;
  text.padded((second / 3600) | 0, 2);
  bytes[text.length++] = 0x3a;
  text.padded(((second / 60) | 0) % 60, 2);
  bytes[text.length++] = 0x3a;
  text.padded(second % 60, 2);
  printFraction(text, nanos);
  bytes[text.length++] = 0x5a;
  bytes[text.length++] = 0x22;
}

export function printDuration(cursor: WireCursor, text: TextBuffer, message: PrintMessage): void {
  const seconds = readTime(cursor);
  const size = Math.abs(seconds);
  const fraction = Math.abs(nanos);
  if (size > MAX_DURATION || fraction > 999999999 || seconds * nanos < 0) {
    throw new WireFault(`${message.subject} is out of range, or its parts have different signs`);
  }
  text.ensure(64);
  const { bytes } = text;
  bytes[text.length++] = 0x22;
  if (seconds < 0 || nanos < 0) bytes[text.length++] = 0x2d;
  text.int64(size | 0, Math.floor(size / 0x100000000), false);
  printFraction(text, fraction);
  bytes[text.length++] = 0x73;
  bytes[text.length++] = 0x22;
}

function printFraction(text: TextBuffer, fraction: number): void {
  if (fraction === 0) return;
  text.bytes[text.length++] = 0x2e;
  if (fraction % 1000000 === 0) text.padded(fraction / 1000000, 3);
  else if (fraction % 1000 === 0) text.padded(fraction / 1000, 6);
  else text.padded(fraction, 9);
}
