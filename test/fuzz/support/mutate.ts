import type { Random } from "../../codec/support/random.js";

/**
 * One to three changes of a kind that a fuzzer makes: bytes replaced, cut out, doubled, inserted, or the end cut off.
 * `alphabet` is what is put in.
 */
export function mutate(random: Random, bytes: Uint8Array, alphabet: Uint8Array): Buffer {
  let result = Buffer.from(bytes);
  for (let i = random.below(3); i >= 0; i--) {
    const at = random.below(result.length + 1);
    const length = random.below(8);
    const byte = Uint8Array.of(alphabet[random.below(alphabet.length)] ?? 0);
    switch (random.below(5)) {
      case 0:
        result = Buffer.concat([result.subarray(0, at), byte, result.subarray(at + 1)]);
        break;
      case 1:
        result = Buffer.concat([result.subarray(0, at), result.subarray(at + length)]);
        break;
      case 2:
        result = Buffer.concat([result.subarray(0, at + length), result.subarray(at)]);
        break;
      case 3:
        result = Buffer.concat([result.subarray(0, at), byte, result.subarray(at)]);
        break;
      default:
        result = result.subarray(0, at);
    }
  }
  return result;
}

/** As mutate, for text. What is no UTF-8 any more becomes U+FFFD. */
export function mutateText(random: Random, text: string, alphabet: string): string {
  return mutate(random, Buffer.from(text), Buffer.from(alphabet)).toString();
}

/** Bytes in pieces of random sizes, empty ones among them. */
export function cut(random: Random, bytes: Uint8Array): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = at + random.below(random.chance(0.5) ? 4 : 64);
    pieces.push(bytes.subarray(at, end));
    at = end;
  }
  return pieces;
}

export function randomBytes(random: Random, length: number): Buffer {
  return Buffer.from(Array.from({ length }, () => random.below(256)));
}

export const anyByte = Uint8Array.from({ length: 256 }, (_, byte) => byte);
