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

  /** Inside a string or a structure: whether the value ends with this byte. */
  const closes = (byte: number): boolean => {
    if (quoted) {
      if (escaped) escaped = false;
      else if (byte === BACKSLASH) escaped = true;
      else if (byte === QUOTE) {
        quoted = false;
        return depth === 0;
      }
      return false;
    }
    if (byte === QUOTE) quoted = true;
    else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) depth++;
    else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) depth--;
    return depth === 0;
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
      let start = 0;
      for (let i = 0; i < chunk.length; i++, offset++) {
        const byte = chunk[i] ?? 0;
        if (state === "inString" || state === "inStructure") {
          if (closes(byte)) emit(chunk.subarray(start, i + 1));
          continue;
        }
        if (state === "inScalar") {
          if (!isSpace(byte) && byte !== COMMA && byte !== CLOSE_BRACKET) continue;
          emit(chunk.subarray(start, i));
        }
        if (between(byte)) {
          start = i;
          begin(byte);
        }
      }
      if (state === "inString" || state === "inStructure" || state === "inScalar") hold(chunk.subarray(start));
    },
    end() {
      if (state === "inScalar" && !inArray) emit(new Uint8Array(0));
      const whole = inArray ? state === "done" : state === "start" || state === "value";
      if (!whole) refuse("more: the body ends too early");
    },
  };
}
