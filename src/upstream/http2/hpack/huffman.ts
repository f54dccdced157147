import { ConnectionError, ErrorCode } from "../errors.js";
import { huffmanLengths } from "./huffman-lengths.js";

const EOS = 256;

/** The code of each symbol, given out in order of length and then of symbol, as a canonical code is. */
const codes: readonly number[] = makeCodes();

function makeCodes(): number[] {
  const order = huffmanLengths.map((_, symbol) => symbol);
  order.sort((a, b) => length(a) - length(b) || a - b);
  const out = new Array<number>(257).fill(0);
  let code = 0;
  let previous = 0;
  for (const symbol of order) {
    code *= 2 ** (length(symbol) - previous);
    previous = length(symbol);
    out[symbol] = code;
    code++;
  }
  return out;
}

function length(symbol: number): number {
  return huffmanLengths[symbol] as number;
}

/** How many octets a text of octets (latin1) takes in Huffman code. */
export function huffmanSize(text: string): number {
  let bits = 0;
  for (let i = 0; i < text.length; i++) bits += length(text.charCodeAt(i));
  return (bits + 7) >> 3;
}

/** Writes a text of octets (latin1) in Huffman code; gives the position after it. */
export function writeHuffman(buffer: Buffer, at: number, text: string): number {
  let held = 0;
  let bits = 0;
  for (let i = 0; i < text.length; i++) {
    const symbol = text.charCodeAt(i);
    // At most 7 bits are held and a code has at most 30, which is more than a 32-bit integer: plain arithmetic.
    held = held * 2 ** length(symbol) + (codes[symbol] as number);
    bits += length(symbol);
    while (bits >= 8) {
      bits -= 8;
      const octet = Math.floor(held / 2 ** bits);
      buffer[at++] = octet;
      held -= octet * 2 ** bits;
    }
  }
  // RFC 7541 section 5.2: padded with the most significant bits of EOS, which are ones.
  if (bits > 0) buffer[at++] = (held << (8 - bits)) | (0xff >> bits);
  return at;
}

/*
 * Decoding goes four bits at a time through a table. A state is an inner node of the code tree; no code is shorter than
 * five bits, so that four bits complete one symbol at most. An entry is the next state, the symbol and two flags.
 */
const EMITS = 0x100;
const ENDS_WELL = 0x200;
const FAILS = 0x400;
const STATE_SHIFT = 11;
const table: Int32Array = makeTable();

function makeTable(): Int32Array {
  // Each inner node has two children: an inner node (its number), or a symbol (-1 - symbol).
  const children: [number | null, number | null][] = [[null, null]];
  const wellEnded = new Set<number>();
  for (let symbol = 0; symbol <= EOS; symbol++) {
    let node = 0;
    const code = codes[symbol] as number;
    for (let bit = length(symbol) - 1; bit >= 0; bit--) {
      const side = Math.floor(code / 2 ** bit) % 2 === 1 ? 1 : 0;
      const pair = children[node] as [number | null, number | null];
      if (bit === 0) {
        pair[side] = -1 - symbol;
        break;
      }
      pair[side] ??= children.push([null, null]) - 1;
      node = pair[side];
    }
  }
  // Padding: fewer than eight bits, all of them ones, which is a node on the way to EOS.
  for (let node = 0, depth = 0; depth < 8; depth++) {
    wellEnded.add(node);
    node = (children[node] as [number, number])[1];
  }
  const out = new Int32Array(children.length * 16);
  children.forEach((_, state) => {
    for (let nibble = 0; nibble < 16; nibble++) {
      let node = state;
      let entry = 0;
      for (let bit = 3; bit >= 0; bit--) {
        const child = (children[node] as [number, number])[(nibble >> bit) & 1] as number;
        if (child >= 0) {
          node = child;
          continue;
        }
        if (child === -1 - EOS) entry |= FAILS;
        else entry |= EMITS | (-1 - child);
        node = 0;
      }
      if (wellEnded.has(node)) entry |= ENDS_WELL;
      out[state * 16 + nibble] = entry | (node << STATE_SHIFT);
    }
  });
  return out;
}

/** Grows to the longest text seen; a header block's limit bounds it. Decoding is synchronous, so one is enough. */
let scratch = Buffer.allocUnsafeSlow(1024);

/**
 * Reads Huffman code as a text of octets (latin1). Throws a COMPRESSION_ERROR for EOS and for padding that is longer than
 * seven bits or not of ones (RFC 7541 section 5.2).
 */
export function readHuffman(buffer: Buffer, start: number, end: number): string {
  // The shortest code has five bits.
  const most = Math.ceil(((end - start) * 8) / 5);
  if (scratch.length < most) scratch = Buffer.allocUnsafeSlow(most * 2);
  const out = scratch;
  let size = 0;
  let state = 0;
  let entry = ENDS_WELL;
  for (let i = start; i < end; i++) {
    const octet = buffer[i] as number;
    entry = table[state * 16 + (octet >> 4)] as number;
    if ((entry & EMITS) !== 0) out[size++] = entry & 0xff;
    if ((entry & FAILS) !== 0) break;
    state = entry >> STATE_SHIFT;
    entry = table[state * 16 + (octet & 15)] as number;
    if ((entry & EMITS) !== 0) out[size++] = entry & 0xff;
    if ((entry & FAILS) !== 0) break;
    state = entry >> STATE_SHIFT;
  }
  if ((entry & FAILS) !== 0) throw new ConnectionError(ErrorCode.COMPRESSION_ERROR, "Huffman code contains EOS");
  if ((entry & ENDS_WELL) === 0) {
    throw new ConnectionError(ErrorCode.COMPRESSION_ERROR, "Huffman code is not padded with fewer than eight ones");
  }
  return out.toString("latin1", 0, size);
}
