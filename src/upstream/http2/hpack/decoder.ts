import { ConnectionError, ErrorCode } from "../errors.js";
import { DynamicTable } from "./dynamic-table.js";
import { type Field, makeField } from "./field.js";
import { readHuffman } from "./huffman.js";
import { staticTable } from "./static-table.js";

/** Takes the fields of a block in order. */
export interface FieldSink {
  field(field: Field): void;
}

/**
 * An HPACK decoder (RFC 7541): one for all header blocks that a peer sends on a connection, each given whole and in order.
 * Every fault is a COMPRESSION_ERROR of the connection, as RFC 9113 section 4.3 asks, because the tables no longer agree.
 */
export class HpackDecoder {
  readonly #table: DynamicTable;
  /** SETTINGS_HEADER_TABLE_SIZE that this side announced; a size update may not go above it. */
  readonly #limit: number;
  // The cursor of the block in hand, in fields so that reading a string gives no pair of values.
  #buffer: Buffer = Buffer.alloc(0);
  #at = 0;
  #end = 0;

  constructor(tableSize: number) {
    this.#table = new DynamicTable(tableSize);
    this.#limit = tableSize;
  }

  /** Octets in the dynamic table, by RFC 7541's measure. */
  get tableSize(): number {
    return this.#table.size;
  }

  /** Reads the block in `buffer` from `start` to `end`. Throws a ConnectionError. */
  decode(buffer: Buffer, start: number, end: number, sink: FieldSink): void {
    this.#buffer = buffer;
    this.#at = start;
    this.#end = end;
    let fields = 0;
    while (this.#at < end) {
      const first = buffer[this.#at] as number;
      if (first >= 0x80) {
        sink.field(this.#indexed(this.#integer(0x7f)));
        fields++;
      } else if (first >= 0x40) {
        const field = this.#literal(0x3f);
        this.#table.insert(field);
        sink.field(field);
        fields++;
      } else if (first >= 0x20) {
        // RFC 7541 section 4.2: at the beginning of a block only.
        if (fields > 0) throw fault("a table size update follows a field");
        const size = this.#integer(0x1f);
        if (size > this.#limit) throw fault(`a table size update to ${size} is above the limit of ${this.#limit}`);
        this.#table.resize(size);
      } else {
        sink.field(this.#literal(0x0f));
        fields++;
      }
    }
  }

  #indexed(index: number): Field {
    const field =
      index <= staticTable.length ? staticTable[index - 1] : this.#table.get(index - staticTable.length - 1);
    if (field === undefined || field === null) throw fault(`no entry has the index ${index}`);
    return field;
  }

  #literal(mask: number): Field {
    const index = this.#integer(mask);
    const name = index === 0 ? this.#string() : this.#indexed(index).name;
    return makeField(name, this.#string());
  }

  #string(): string {
    if (this.#at >= this.#end) throw fault("a string is missing");
    const huffman = ((this.#buffer[this.#at] as number) & 0x80) !== 0;
    const size = this.#integer(0x7f);
    const start = this.#at;
    if (size > this.#end - start) throw fault("a string goes beyond its block");
    this.#at = start + size;
    return huffman ? readHuffman(this.#buffer, start, this.#at) : this.#buffer.toString("latin1", start, this.#at);
  }

  /** RFC 7541 section 5.1. Values of 2^28 and more are refused: no length or index here can be as large. */
  #integer(mask: number): number {
    let value = (this.#buffer[this.#at++] as number) & mask;
    if (value < mask) return value;
    for (let shift = 0; shift <= 21; shift += 7) {
      if (this.#at >= this.#end) throw fault("an integer goes beyond its block");
      const octet = this.#buffer[this.#at++] as number;
      value += (octet & 0x7f) << shift;
      if (octet < 0x80) return value;
    }
    throw fault("an integer is too large");
  }
}

function fault(message: string): ConnectionError {
  return new ConnectionError(ErrorCode.COMPRESSION_ERROR, `cannot decode a header block: ${message}`);
}
