import { isUtf8 } from "node:buffer";
import { clip, quoteValue } from "../../core/index.js";
import { ByteBuffer } from "../bytes/byte-buffer.js";
import { HIGH, specials } from "../bytes/plain-text.js";
import { RangeSet } from "../bytes/range-set.js";
import { utf8Fault } from "../bytes/utf8.js";
import { DEPTH } from "../depth.js";
import { escaped, readEscape } from "./json-escape.js";
import { JsonFault } from "./json-fault.js";
import { createNumberScan } from "./number-scan.js";
import { skipScalar } from "./skip-json.js";

/** Room behind the text for its NUL and for words that reach over its end. */
const ROOM = 8;
const KEPT = 4 * 1024 * 1024;

/** 1 for the bytes that end a plain run inside a JSON string: quote, backslash, control characters. */
const stops = new Uint8Array(256);
stops.fill(1, 0, 0x20);
stops[0x22] = 1;
stops[0x5c] = 1;
/** As `stops`, and for bytes above ASCII: until the whole text is known to be UTF-8. */
const stopsAscii = Uint8Array.from(stops);
stopsAscii.fill(1, 0x80);

/**
 * The place in a JSON text. The text is copied into a buffer of the cursor's own, ended by a NUL: loops then need no bound
 * (NUL ends every token), and all code sees one kind of array (a Buffer and a Uint8Array are different shapes to V8).
 */
export class JsonCursor {
  bytes: Buffer;
  data: DataView;
  pos = 0;
  end = 0;
  depth = 0;
  /** The text of the last string read by `readToken`: token[tokenStart, tokenEnd), unescaped; a byte that is no digit follows. */
  token: Buffer;
  tokenData: DataView;
  tokenStart = 0;
  tokenEnd = 0;
  readonly number = createNumberScan();
  /** Bits of the fields that the open messages have met; each message has its words from `seenTop` on. */
  seen = new Int32Array(0);
  seenTop = 0;
  /** Keys of the open maps, one set for each level of nesting. */
  readonly keys: RangeSet[] = [];
  keysTop = 0;
  /** Set by a value that is an enum name to be ignored; whoever wrote its tag takes it back. */
  dropped = false;
  private stops: Uint8Array = stopsAscii;
  /** As `stops`, for words: -1 stops at bytes above ASCII, 0 does not. */
  private ascii = -1;
  private readonly scratch = new ByteBuffer(256);

  constructor(capacity: number = 16 * 1024) {
    this.bytes = Buffer.allocUnsafeSlow(capacity);
    this.data = new DataView(this.bytes.buffer);
    this.token = this.bytes;
    this.tokenData = this.data;
  }

  load(json: Uint8Array): void {
    const { length } = json;
    if (this.bytes.length < length + ROOM || this.bytes.length > KEPT) {
      this.bytes = Buffer.allocUnsafeSlow(Math.max(16 * 1024, length + ROOM));
      this.data = new DataView(this.bytes.buffer);
    }
    // Else the token would hold on to a buffer that was given back.
    this.token = this.bytes;
    this.tokenData = this.data;
    this.bytes.set(json);
    this.bytes[length] = 0;
    this.pos = 0;
    this.end = length;
    this.depth = 0;
    this.seenTop = 0;
    this.keysTop = 0;
    this.dropped = false;
    this.stops = stopsAscii;
    this.ascii = -1;
  }

  /** The first byte after white space, where `pos` then stands; NUL at the end. */
  next(): number {
    const { bytes } = this;
    let at = this.pos;
    let byte = bytes[at]!;
    while (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09) byte = bytes[++at]!;
    this.pos = at;
    return byte;
  }

  syntax(expected: string, at: number = this.pos): never {
    if (at >= this.end) throw new JsonFault("syntax", this.end, "", `expected ${expected}, but the text ends`);
    throw new JsonFault("syntax", at, "", `expected ${expected}`);
  }

  /** Refuses the value that starts at `at`. */
  refuse(subject: string, expected: string, at: number): never {
    throw new JsonFault("value", at, subject, `expected ${expected}, got ${this.describe(at)}`);
  }

  /** Opens a level of nesting; `depth--` closes it. */
  descend(): void {
    if (++this.depth > DEPTH) throw new JsonFault("deep", this.pos, "", `nested more than ${DEPTH} levels deep`);
  }

  /** Ends the text: nothing but white space may follow. */
  finish(): void {
    this.next();
    if (this.pos !== this.end) this.syntax("the end of the text");
  }

  /** The value at `at` as a message quotes it. Throws a syntax fault if it is no value at all. */
  describe(at: number): string {
    this.pos = at;
    switch (this.bytes[at]) {
      case 0x7b:
        return "an object";
      case 0x5b:
        return "an array";
      case 0x22:
        return quoteValue(this.readString());
      default:
        skipScalar(this);
        return clip(this.bytes.toString("latin1", at, this.pos));
    }
  }

  /** Reads `literal`, of which the first byte is known to stand at `pos`. */
  literal(literal: string): void {
    const { bytes } = this;
    const start = this.pos;
    for (let i = 1; i < literal.length; i++) {
      if (bytes[start + i] !== literal.charCodeAt(i)) this.syntax("a value", start);
    }
    this.pos = start + literal.length;
  }

  /** The string at `pos` as `token`, unescaped; `pos` stands behind it. */
  readToken(): void {
    const { bytes } = this;
    const start = this.pos + 1;
    let at = start;
    while (this.stops[bytes[at]!] === 0) at++;
    if (bytes[at] === 0x22) {
      this.token = bytes;
      this.tokenData = this.data;
      this.tokenStart = start;
      this.tokenEnd = at;
      this.pos = at + 1;
      return;
    }
    const { scratch } = this;
    scratch.length = 0;
    scratch.ensure(this.end - this.pos + ROOM);
    this.copyString(scratch);
    scratch.bytes[scratch.length] = 0;
    this.token = scratch.bytes;
    this.tokenData = scratch.data;
    this.tokenStart = 0;
    this.tokenEnd = scratch.length;
  }

  readString(): string {
    this.readToken();
    return this.token.toString("utf8", this.tokenStart, this.tokenEnd);
  }

  /** Appends the unescaped bytes of the string at `pos`; `out` must have room for what is left of the text. */
  copyString(out: ByteBuffer): void {
    const { bytes, data } = this;
    const target = out.bytes;
    const words = out.data;
    let to = out.length;
    let at = this.pos + 1;
    for (;;) {
      for (
        let word = data.getInt32(at, true);
        ((specials(word) | (word & this.ascii)) & HIGH) === 0;
        word = data.getInt32(at, true)
      ) {
        words.setInt32(to, word, true);
        at += 4;
        to += 4;
      }
      // The word has a byte that stops: at most three plain ones stand before it.
      let byte = bytes[at]!;
      while (this.stops[byte] === 0) {
        target[to++] = byte;
        byte = bytes[++at]!;
      }
      if (byte === 0x22) {
        break;
      } else if (byte >= 0x80) {
        this.checkUtf8();
      } else if (byte === 0x5c) {
        at = readEscape(this, at, target, to);
        to = escaped.to;
      } else {
        this.syntax(at < this.end ? "an escape in place of a control character" : "the end of the string", at);
      }
    }
    out.length = to;
    this.pos = at + 1;
  }

  /** On the first byte above ASCII: checks the whole text at once, natively, after which such bytes are plain. */
  checkUtf8(): void {
    const text = this.bytes.subarray(0, this.end);
    if (!isUtf8(text)) throw new JsonFault("syntax", utf8Fault(text, 0, text.length), "", "expected valid UTF-8");
    this.stops = stops;
    this.ascii = 0;
  }

  /** Passes the colon after a member name. */
  colon(): void {
    if (this.next() !== 0x3a) this.syntax("':'");
    this.pos++;
  }

  /** Passes a comma (false) or the bracket that closes an object or array (true). */
  comma(close: number): boolean {
    const byte = this.next();
    if (byte === 0x2c) {
      this.pos++;
      return false;
    }
    if (byte !== close) this.syntax(close === 0x7d ? "',' or '}'" : "',' or ']'");
    this.pos++;
    return true;
  }

  /** An empty set for the keys of the map that opens now; given back by `keysTop--`. */
  openKeys(): RangeSet {
    let set = this.keys[this.keysTop];
    if (set === undefined) {
      set = new RangeSet();
      this.keys.push(set);
    }
    this.keysTop++;
    set.clear();
    return set;
  }
}
