import { GatewayError } from "../../core/index.js";

/**
 * How a body holds its messages: `array` is one JSON array (what application/json must be), `values` are JSON values one
 * after the other, on lines or not (application/x-ndjson), `either` goes by the first character.
 */
export type StreamBody = "array" | "values" | "either";

/**
 * Cuts a body that arrives in chunks into the texts of its messages, each given as soon as its last byte is there.
 * It finds where a value ends and no more: whether the text is JSON is for the codec that reads it.
 */
export interface JsonSplitter {
  /** @throws GatewayError GW_BODY_NOT_JSON, GW_BODY_TOO_LARGE (for one message) */
  push(chunk: Uint8Array): void;
  /** @throws GatewayError GW_BODY_NOT_JSON where the body ends inside a message or its array */
  end(): void;
}

type State =
  | "start"
  /** After `[`: a value or `]`. */
  | "first"
  /** After a comma, or between values: a value. */
  | "value"
  | "inString"
  | "inStructure"
  /** A number or a literal, which only what follows it can end. */
  | "inScalar"
  /** After a value of an array: a comma or `]`. */
  | "after"
  | "done";

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/** JSON's white space (RFC 8259, 2) and the record separator of JSON text sequences (RFC 7464). */
function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09 || byte === 0x1e;
}

/** Makes a splitter that calls `onValue` with each message's text, in order. `limit` bounds one message, in bytes. */
export function createJsonSplitter(body: StreamBody, limit: number, onValue: (text: Uint8Array) => void): JsonSplitter {
  let state: State = "start";
  let inArray = false;
  let depth = 0;
  let quoted = false;
  let escaped = false;
  let offset = 0;
  let held: Buffer[] = [];
  let heldLength = 0;

  const hold = (part: Uint8Array): void => {
    heldLength += part.length;
    if (heldLength > limit) {
      throw new GatewayError("GW_BODY_TOO_LARGE", `cannot take the body: a message is larger than ${limit} bytes`);
    }
    held.push(Buffer.from(part));
  };

  const emit = (part: Uint8Array): void => {
    if (held.length === 0 && part.length <= limit) {
      onValue(part);
    } else {
      hold(part);
      const text = Buffer.concat(held, heldLength);
      held = [];
      heldLength = 0;
      onValue(text);
    }
    state = inArray ? "after" : "value";
  };

  const refuse = (expected: string): never => {
    throw new GatewayError(
      "GW_BODY_NOT_JSON",
      `cannot read the body as a stream: expected ${expected} at offset ${offset}`,
    );
  };

  /** Opens the value that begins with a byte. */
  const begin = (byte: number): void => {
    quoted = byte === QUOTE;
    escaped = false;
    depth = byte === OPEN_BRACE || byte === OPEN_BRACKET ? 1 : 0;
    state = quoted ? "inString" : depth === 1 ? "inStructure" : "inScalar";
  };

  /**
   * Goes on inside a string or a structure: the index behind its last byte, or -1 where the chunk ends first. In locals and
   * without a call a byte: some 390 MB/s in place of 180 (messages of 408 bytes, Node 20.20).
   */
  const scan = (chunk: Uint8Array, from: number): number => {
    const { length } = chunk;
    let open = depth;
    let inQuotes = quoted;
    let at = from;
    if (escaped && at < length) {
      escaped = false;
      at++;
    }
    for (; at < length; at++) {
      const byte = chunk[at];
      if (inQuotes) {
        if (byte === BACKSLASH) {
          // What is escaped is skipped, in the next chunk if need be.
          if (++at === length) escaped = true;
        } else if (byte === QUOTE) {
          inQuotes = false;
          if (open === 0) return at + 1;
        }
      } else if (byte === QUOTE) inQuotes = true;
      else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) open++;
      else if ((byte === CLOSE_BRACE || byte === CLOSE_BRACKET) && --open === 0) return at + 1;
    }
    depth = open;
    quoted = inQuotes;
    return -1;
  };

  /** Between values; true where the byte begins one. */
  const between = (byte: number): boolean => {
    if (isSpace(byte)) return false;
    switch (state) {
      case "start":
        inArray = body === "array" || (body === "either" && byte === OPEN_BRACKET);
        if (!inArray) return true;
        if (byte !== OPEN_BRACKET) refuse("'['");
        state = "first";
        return false;
      case "first":
        if (byte === COMMA) refuse("a value or ']'");
        if (byte !== CLOSE_BRACKET) return true;
        state = "done";
        return false;
      case "after":
        if (byte === COMMA) state = "value";
        else if (byte === CLOSE_BRACKET) state = "done";
        else refuse("',' or ']'");
        return false;
      case "done":
        return refuse("the end");
      default:
        if (inArray && (byte === COMMA || byte === CLOSE_BRACKET)) refuse("a value");
        return true;
    }
  };

  return {
    push(chunk) {
      const base = offset;
      let start = 0;
      let i = 0;
      while (i < chunk.length) {
        offset = base + i;
        if (state === "inString" || state === "inStructure") {
          const end = scan(chunk, i);
          if (end < 0) break;
          emit(chunk.subarray(start, end));
          i = end;
          continue;
        }
        const byte = chunk[i] ?? 0;
        if (state === "inScalar") {
          if (!isSpace(byte) && byte !== COMMA && byte !== CLOSE_BRACKET) {
            i++;
            continue;
          }
          emit(chunk.subarray(start, i));
        }
        if (between(byte)) {
          start = i;
          begin(byte);
        }
        i++;
      }
      offset = base + chunk.length;
      if (state === "inString" || state === "inStructure" || state === "inScalar") hold(chunk.subarray(start));
    },
    end() {
      if (state === "inScalar" && !inArray) emit(new Uint8Array(0));
      const whole = inArray ? state === "done" : state === "start" || state === "value";
      if (!whole) refuse("more: the body ends too early");
    },
  };
}
