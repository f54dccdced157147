/**
 * A fixed text, ready to be written or compared four bytes at a time. Measured on a 400-byte message: a fifth of the time of
 * printing and of reading went into keys byte by byte.
 */
export interface Literal {
  readonly bytes: Uint8Array;
  readonly length: number;
  /** The bytes in little-endian words, the last one filled up with zeros. */
  readonly words: Int32Array;
  /** The bits of the last word that are text. */
  readonly lastMask: number;
}

/** The literal of a text in UTF-8. */
export function literal(text: string): Literal {
  const bytes = Uint8Array.from(Buffer.from(text));
  const { length } = bytes;
  const words = new Int32Array((length + 3) >> 2);
  const data = new DataView(words.buffer);
  for (let i = 0; i < length; i++) data.setUint8(i, bytes[i]!);
  // DataView is told its byte order; Int32Array has the machine's, so words are read back through the view.
  for (let i = 0; i < words.length; i++) words[i] = data.getInt32(i * 4, true);
  const rest = length & 3;
  return { bytes, length, words, lastMask: rest === 0 ? -1 : (1 << (rest * 8)) - 1 };
}

/** Whether a literal (not the empty one) stands at `at`. Four bytes behind the text must be there to be read. */
export function standsAt(data: DataView, at: number, { words, lastMask }: Literal): boolean {
  const last = words.length - 1;
  if (last < 0) return false;
  for (let i = 0; i < last; i++) {
    if (data.getInt32(at, true) !== words[i]) return false;
    at += 4;
  }
  return (data.getInt32(at, true) & lastMask) === words[last];
}
