import type { ByteBuffer } from "./byte-buffer.js";

const standard = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const letters = Uint8Array.from(Buffer.from(standard));
const values = new Uint8Array(256).fill(255);
for (let i = 0; i < 64; i++) values[letters[i]!] = i;
values[0x2d] = 62;
values[0x5f] = 63;

/**
 * Appends the bytes that source[start, end) stands for: standard or URL alphabet, with or without padding. False if it is
 * no base64: another character, a length of 4n + 1, padding that does not fill the last group.
 */
export function decodeBase64(source: Uint8Array, start: number, end: number, out: ByteBuffer): boolean {
  let stop = end;
  if (stop > start && source[stop - 1] === 0x3d) {
    stop--;
    if (stop > start && source[stop - 1] === 0x3d) stop--;
    if ((end - start) % 4 !== 0) return false;
  }
  const rest = (stop - start) % 4;
  if (rest === 1) return false;
  out.ensure(((stop - start) >> 2) * 3 + 3);
  const target = out.bytes;
  let to = out.length;
  let at = start;
  for (const full = stop - rest; at < full; at += 4) {
    const a = values[source[at]!]!;
    const b = values[source[at + 1]!]!;
    const c = values[source[at + 2]!]!;
    const d = values[source[at + 3]!]!;
    if ((a | b | c | d) > 63) return false;
    target[to++] = (a << 2) | (b >> 4);
    target[to++] = (b << 4) | (c >> 2);
    target[to++] = (c << 6) | d;
  }
  if (rest !== 0) {
    const a = values[source[at]!]!;
    const b = values[source[at + 1]!]!;
    const c = rest === 3 ? values[source[at + 2]!]! : 0;
    if ((a | b | c) > 63) return false;
    target[to++] = (a << 2) | (b >> 4);
    if (rest === 3) target[to++] = (b << 4) | (c >> 2);
  }
  out.length = to;
  return true;
}

/** Appends source[start, end) in the standard alphabet with padding. */
export function encodeBase64(source: Uint8Array, start: number, end: number, out: ByteBuffer): void {
  out.ensure(Math.ceil((end - start) / 3) * 4);
  const target = out.bytes;
  let to = out.length;
  let at = start;
  for (; at + 2 < end; at += 3) {
    const group = (source[at]! << 16) | (source[at + 1]! << 8) | source[at + 2]!;
    target[to++] = letters[group >> 18]!;
    target[to++] = letters[(group >> 12) & 63]!;
    target[to++] = letters[(group >> 6) & 63]!;
    target[to++] = letters[group & 63]!;
  }
  if (at < end) {
    const second = at + 1 < end ? source[at + 1]! : 0;
    const group = (source[at]! << 16) | (second << 8);
    target[to++] = letters[group >> 18]!;
    target[to++] = letters[(group >> 12) & 63]!;
    target[to++] = at + 1 < end ? letters[(group >> 6) & 63]! : 0x3d;
    target[to++] = 0x3d;
  }
  out.length = to;
}
