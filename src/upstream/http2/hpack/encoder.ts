import { huffmanSize, writeHuffman } from "./huffman.js";
import { staticFieldIndex, staticNameIndex } from "./static-table.js";

/** A field that is sent again and again on one connection, with its place in that connection's table. */
export interface RepeatedField {
  readonly name: string;
  readonly value: string;
  /** Index of the whole field in the static table, or 0. */
  readonly staticIndex: number;
  /** Index of the name in the static table, or 0. */
  readonly nameIndex: number;
  /** Which insertion into the dynamic table it was; -1 before it is there. */
  ordinal: number;
}

export function repeatedField(name: string, value: string): RepeatedField {
  return {
    name,
    value,
    staticIndex: staticFieldIndex(name, value),
    nameIndex: staticNameIndex(name),
    ordinal: -1,
  };
}

const STATIC_ENTRIES = 61;
/** A literal without indexing, and one never indexed (RFC 7541 sections 6.2.2 and 6.2.3), both with a new name. */
const LITERAL = 0x00;
const SECRET = 0x10;
/** Up to this length a loop writes a text in half the time of a call into Node (25 against 60 ns for 12 octets). */
const SHORT = 32;

/**
 * An HPACK encoder (RFC 7541) for a client that repeats a few fields (path, authority, content-type) with every request
 * and has the rest in values that do not come back. The former enter the dynamic table, in Huffman code, as long as there
 * is room; the latter are literals without indexing, in plain octets, which cost the fewest cycles on both sides. Nothing
 * is evicted to make room, so that a gateway with more methods than fit does not churn the table.
 *
 * All writers take a buffer with room (`fieldBound` for each field, 12 octets for `begin`) and a position, and give the
 * position after what they wrote.
 */
export class HpackEncoder {
  #maxSize: number;
  #size = 0;
  /** Sizes of the entries that are in the table, the oldest first. */
  #sizes: number[] = [];
  /** Insertions ever; entries older than `#oldest` are gone. */
  #inserted = 0;
  #oldest = 0;
  /** Size updates that the next block must begin with: the smallest on the way, then the last (section 4.2). */
  #smallest = -1;
  #latest = -1;

  /** `maxSize`: SETTINGS_HEADER_TABLE_SIZE of the peer; 4096 until it says otherwise. */
  constructor(maxSize = 4096) {
    this.#maxSize = maxSize;
  }

  /** Octets in the dynamic table, by RFC 7541's measure. */
  get tableSize(): number {
    return this.#size;
  }

  /** The peer changed SETTINGS_HEADER_TABLE_SIZE. */
  resize(maxSize: number): void {
    if (maxSize === this.#maxSize && this.#latest < 0) return;
    this.#maxSize = maxSize;
    this.#smallest = this.#smallest < 0 ? maxSize : Math.min(this.#smallest, maxSize);
    this.#latest = maxSize;
    while (this.#size > maxSize) {
      this.#size -= this.#sizes.shift() as number;
      this.#oldest++;
    }
  }

  /** Opens a block: writes the table size updates that are due. */
  begin(buffer: Buffer, at: number): number {
    if (this.#latest < 0) return at;
    if (this.#smallest < this.#latest) at = writeInteger(buffer, at, 0x20, 0x1f, this.#smallest);
    at = writeInteger(buffer, at, 0x20, 0x1f, this.#latest);
    this.#smallest = -1;
    this.#latest = -1;
    return at;
  }

  /** A field from a table, or a literal that enters the table if there is room. */
  repeated(buffer: Buffer, at: number, field: RepeatedField): number {
    if (field.ordinal >= this.#oldest) {
      return writeInteger(buffer, at, 0x80, 0x7f, STATIC_ENTRIES + this.#inserted - field.ordinal);
    }
    if (field.staticIndex > 0) return writeInteger(buffer, at, 0x80, 0x7f, field.staticIndex);
    const size = field.name.length + field.value.length + 32;
    if (this.#size + size > this.#maxSize) return this.literal(buffer, at, field.name, field.value);
    if (field.nameIndex > 0) {
      at = writeInteger(buffer, at, 0x40, 0x3f, field.nameIndex);
    } else {
      buffer[at++] = 0x40;
      at = writeShortest(buffer, at, field.name);
    }
    at = writeShortest(buffer, at, field.value);
    field.ordinal = this.#inserted++;
    this.#size += size;
    this.#sizes.push(size);
    return at;
  }

  /** A literal without indexing (section 6.2.2). */
  literal(buffer: Buffer, at: number, name: string, value: string): number {
    buffer[at++] = LITERAL;
    at = writePlain(buffer, at, name);
    return writePlain(buffer, at, value);
  }

  /** A literal of either kind whose beginning is laid out already. */
  begun(buffer: Buffer, at: number, beginning: Uint8Array, value: string): number {
    for (let i = 0; i < beginning.length; i++) buffer[at + i] = beginning[i] as number;
    return writePlain(buffer, at + beginning.length, value);
  }

  /** A literal that no one on the way may put in a table (section 6.2.3): credentials. */
  secret(buffer: Buffer, at: number, name: string, value: string): number {
    buffer[at++] = SECRET;
    at = writePlain(buffer, at, name);
    return writePlain(buffer, at, value);
  }
}

/** How a literal of a name begins, for names that come again and again with other values. */
export function literalBeginning(name: string, kind: "plain" | "secret"): Uint8Array {
  const buffer = Buffer.alloc(fieldBound(name, ""));
  buffer[0] = kind === "secret" ? SECRET : LITERAL;
  return buffer.subarray(0, writePlain(buffer, 1, name));
}

/** The most octets that any of the representations of a field takes. */
export function fieldBound(name: string, value: string): number {
  return name.length + value.length + 11;
}

/** RFC 7541 section 5.1: `flags` in the bits that the prefix leaves free, `mask` for the prefix. */
export function writeInteger(buffer: Buffer, at: number, flags: number, mask: number, value: number): number {
  if (value < mask) {
    buffer[at] = flags | value;
    return at + 1;
  }
  buffer[at++] = flags | mask;
  value -= mask;
  while (value >= 0x80) {
    buffer[at++] = (value & 0x7f) | 0x80;
    value >>>= 7;
  }
  buffer[at++] = value;
  return at;
}

function writePlain(buffer: Buffer, at: number, text: string): number {
  at = writeInteger(buffer, at, 0, 0x7f, text.length);
  if (text.length > SHORT) return at + buffer.write(text, at, "latin1");
  for (let i = 0; i < text.length; i++) buffer[at + i] = text.charCodeAt(i);
  return at + text.length;
}

function writeShortest(buffer: Buffer, at: number, text: string): number {
  const size = huffmanSize(text);
  if (size >= text.length) return writePlain(buffer, at, text);
  at = writeInteger(buffer, at, 0x80, 0x7f, size);
  return writeHuffman(buffer, at, text);
}
