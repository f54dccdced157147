import { GatewayError, quoteValue } from "../../core/index.js";
import type { FieldType, MessageType, ValueType } from "../../schema/index.js";
import { JsonCursor } from "../read/json-cursor.js";
import { JsonFault } from "../read/json-fault.js";
import type { JsonContext, JsonEnum } from "../read/json-types.js";
import { enumNumber } from "../read/read-enum.js";
import { writePaths } from "../read/read-field-mask.js";
import { SLACK } from "../read/read-members.js";
import { writeTime } from "../read/read-time.js";
import { parseDuration, parseTimestamp } from "../time-text.js";
import type { TextToField, WireWriter } from "../types.js";
import { wrapperNames } from "../well-known.js";
import { wireTypeOf } from "../wire/wire-types.js";
import { WireBuffer } from "../wire/wire-writer.js";
import { scalarTexts, type WriteText } from "./text-value.js";

/** What reading text needs of the compiled readers of JSON. */
export interface TextContext extends JsonContext {
  enum(type: Extract<ValueType, { kind: "enum" }>["enum"]): JsonEnum;
}

/** Compiles `Codec.textToField`. */
export function compileText(path: readonly FieldType[], context: TextContext): TextToField {
  const { field, name, wrap } = compilePath(path);
  const write = compileValue(field, context);
  const wireType = wireTypeOf(field.type);
  return (text, out) => {
    wrap(out, (inner) => {
      inner.tag(field.number, wireType);
      if (!write(text, inner)) throw refuse(field, name, expectedOf(field), text);
      if (wireType === 3) inner.tag(field.number, 4);
    });
  };
}

/** Compiles `Codec.textToMapEntry`. */
export function compileTextEntry(
  path: readonly FieldType[],
  context: TextContext,
): (key: string, value: string, out: WireWriter) => void {
  const { field, name, wrap } = compilePath(path);
  if (field.cardinality.kind !== "map") throw new Error(`field ${field.fullName} is no map`);
  const { key: keyType } = field.cardinality;
  const keyWireType = wireTypeOf({ kind: "scalar", scalar: keyType });
  const writeKey = scalarTexts[keyType];
  const write = compileValue(field, context);
  const wireType = wireTypeOf(field.type);
  return (key, text, out) => {
    const entry = `${name}[${key}]`;
    wrap(out, (inner) => {
      inner.tag(field.number, 2);
      const start = inner.begin(1);
      inner.tag(1, keyWireType);
      if (!writeKey(key, inner)) throw refuse(field, entry, `a key that is ${keyType}`, key);
      inner.tag(2, wireType);
      if (!write(text, inner)) throw refuse(field, entry, expectedOf(field), text);
      if (wireType === 3) inner.tag(2, 4);
      inner.end(start, 1);
    });
  };
}

interface TextPath {
  /** The field at the end. */
  readonly field: FieldType;
  /** The path in proto names. */
  readonly name: string;
  /** Appends to `out` the messages on the way around what `write` writes. */
  wrap(out: WireWriter, write: (inner: WireBuffer) => void): void;
}

function compilePath(path: readonly FieldType[]): TextPath {
  const field = path.at(-1);
  if (field === undefined) throw new Error("a path without a field was compiled");
  const parents = path.slice(0, -1).map(({ number, type }) => ({ number, wireType: wireTypeOf(type) }));
  const scratch = new WireBuffer(256);
  const starts: number[] = [];
  return {
    field,
    name: path.map((step) => step.name).join("."),
    wrap(out, write) {
      scratch.reset();
      starts.length = 0;
      for (const { number, wireType } of parents) {
        scratch.tag(number, wireType);
        starts.push(wireType === 3 ? 0 : scratch.begin(1));
      }
      write(scratch);
      for (let i = parents.length - 1; i >= 0; i--) {
        const { number, wireType } = parents[i]!;
        if (wireType === 3) scratch.tag(number, 4);
        else scratch.end(starts[i]!, 1);
      }
      out.raw(scratch.view());
    },
  };
}

function refuse(field: FieldType, path: string, expected: string, text: string): GatewayError {
  const description = `expected ${expected}, got ${quoteValue(text)}`;
  return new GatewayError("GW_FIELD_INVALID", `cannot read field ${field.fullName} from text: ${description}`, {
    violation: { field: path, description },
  });
}

function expectedOf({ type }: FieldType): string {
  switch (type.kind) {
    case "scalar":
      return type.scalar;
    case "enum":
      return `a value of enum ${type.enum.fullName}`;
    default:
      return (
        expectedTexts.get(type.message.fullName) ?? wrappedScalar(type.message) ?? `${type.message.fullName} as JSON`
      );
  }
}

/** A wrapper is read as the text of its value. */
function wrappedScalar(message: MessageType): string | null {
  const value = message.fields[0];
  return wrapperNames.includes(message.fullName) && value?.type.kind === "scalar" ? value.type.scalar : null;
}

const expectedTexts: ReadonlyMap<string, string> = new Map([
  ["google.protobuf.Timestamp", "a timestamp as RFC 3339 has it, from year 1 to 9999"],
  ["google.protobuf.Duration", 'seconds such as "1.5s", up to 315576000000'],
  ["google.protobuf.FieldMask", "paths separated by commas"],
]);

/** The value of a field (or an element or entry of it), its length included where it has one. */
function compileValue({ type }: FieldType, context: TextContext): WriteText {
  switch (type.kind) {
    case "scalar":
      return scalarTexts[type.scalar];
    case "enum":
      return enumText(context.enum(type.enum));
    default: {
      const content = compileContent(type.message, context);
      if (type.delimited) return content;
      return (text, out) => {
        const start = out.begin(1);
        const done = content(text, out);
        out.end(start, 1);
        return done;
      };
    }
  }
}

function enumText(type: JsonEnum): WriteText {
  const int32 = scalarTexts.int32;
  const isNull = type.type.fullName === "google.protobuf.NullValue";
  return (text, out) => {
    const name = Buffer.from(`${text}\0\0\0\0`);
    const data = new DataView(name.buffer, name.byteOffset, name.length);
    const number = isNull && text === "null" ? 0 : enumNumber(type, name, data, 0, name.length - 4);
    if (number !== null) {
      out.int32(number);
      return true;
    }
    return int32(text, out) && (!type.type.closed || type.type.valuesByNumber.has(Number(text)));
  };
}

/** The fields of a message: by its text form, or else its JSON. */
function compileContent(message: MessageType, context: TextContext): WriteText {
  const { fullName } = message;
  if (fullName === "google.protobuf.Timestamp") return timeText(parseTimestamp);
  if (fullName === "google.protobuf.Duration") return timeText(parseDuration);
  if (fullName === "google.protobuf.FieldMask") {
    return (text, out) => {
      const bytes = Buffer.from(text);
      return text.isWellFormed() && writePaths(bytes, 0, bytes.length, out, true);
    };
  }
  const value = message.fields[0];
  if (wrapperNames.includes(fullName) && value?.type.kind === "scalar") {
    const { number, type } = value;
    return (text, out) => {
      out.tag(number, wireTypeOf(type));
      return scalarTexts[type.scalar](text, out);
    };
  }
  return jsonText(message, context);
}

function timeText(parse: (bytes: Uint8Array, start: number, end: number) => boolean): WriteText {
  return (text, out) => {
    const bytes = Buffer.from(text);
    if (!parse(bytes, 0, bytes.length)) return false;
    out.ensure(SLACK);
    writeTime(out);
    return true;
  };
}

function jsonText(message: MessageType, context: TextContext): WriteText {
  const cursor = new JsonCursor(1024);
  const compiled = context.message(message);
  return (text, out) => {
    if (!text.isWellFormed()) return false;
    cursor.load(Buffer.from(text));
    out.ensure(cursor.end + SLACK);
    try {
      cursor.next();
      compiled.content(cursor, out, compiled);
      cursor.finish();
      return true;
    } catch (reason) {
      if (reason instanceof JsonFault) return false;
      throw reason;
    }
  };
}
