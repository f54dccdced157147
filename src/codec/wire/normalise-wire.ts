import type { FieldType, MessageType } from "../../schema/index.js";
import { ROOM, WireCursor } from "./wire-cursor.js";
import { collect, createLevel, type Level, type Value } from "./wire-level.js";
import { END_GROUP, LENGTH, packs, START_GROUP, VARINT, wireTypeOf } from "./wire-types.js";
import { WireBuffer } from "./wire-writer.js";

/** What normaliseWire keeps and follows. */
export interface NormaliseOptions {
  /** Whether fields that the message does not have stay, behind those that it has. */
  readonly keepUnknown: boolean;
  /** The type of an Any's value, which is then normalised too; null leaves values of Any alone. */
  readonly typeOf: ((fullName: string) => MessageType | undefined) | null;
}

/**
 * Brings the bytes of a message into canonical form: fields in order of their numbers, each once; lists in one place,
 * packed or not as declared; of scalars, map keys and members of a oneof the last; messages merged; varints shortest. It is
 * the slow way for bytes that no serialiser writes, but that the wire format allows.
 * @throws WireFault
 */
export function normaliseWire(
  message: MessageType,
  bytes: Uint8Array,
  options: NormaliseOptions,
  depth: number = 0,
): Uint8Array {
  const cursor = new WireCursor(bytes.length + ROOM);
  cursor.load(bytes);
  cursor.depth = depth;
  const level = createLevel(message);
  collect(cursor, level);
  const out = new WireBuffer(bytes.length + 64);
  writeLevel(out, level, options);
  return out.view();
}

function writeLevel(out: WireBuffer, level: Level, options: NormaliseOptions): void {
  const { message, values } = level;
  if (message.fullName === "google.protobuf.Any" && options.typeOf !== null) normaliseAny(level, options);
  for (const [field, value] of [...values].sort(([a], [b]) => a.number - b.number)) {
    if (message.messageSet && field.extension) writeItem(out, field, value, options);
    else writeField(out, field, value, options);
  }
  if (options.keepUnknown) for (const bytes of level.unknown) out.raw(bytes);
}

function writeField(out: WireBuffer, field: FieldType, value: Value, options: NormaliseOptions): void {
  const { cardinality, type, number } = field;
  switch (value.kind) {
    case "list":
      if (cardinality.kind === "repeated" && cardinality.packed && packs(type)) {
        out.tag(number, LENGTH);
        const start = out.begin(1);
        for (const item of value.items) if (item.kind === "bytes") out.raw(item.bytes);
        out.end(start, 1);
      } else {
        for (const item of value.items) writeValue(out, number, field, item, options);
      }
      break;
    case "map":
      for (const entry of value.entries.values()) {
        out.tag(number, LENGTH);
        const start = out.begin(1);
        const key = cardinality.kind === "map" ? cardinality.key : "string";
        out.tag(1, wireTypeOf({ kind: "scalar", scalar: key }));
        out.raw(entry.key);
        writeValue(out, 2, field, entry.value, options);
        out.end(start, 1);
      }
      break;
    default:
      writeValue(out, number, field, value, options);
  }
}

function writeValue(out: WireBuffer, number: number, field: FieldType, value: Value, options: NormaliseOptions): void {
  const wireType = wireTypeOf(field.type);
  out.tag(number, wireType);
  if (value.kind === "bytes") {
    out.raw(value.bytes);
  } else if (value.kind === "message") {
    if (wireType === START_GROUP) {
      writeLevel(out, value.level, options);
      out.tag(number, END_GROUP);
    } else {
      const start = out.begin(1);
      writeLevel(out, value.level, options);
      out.end(start, 1);
    }
  }
}

function writeItem(out: WireBuffer, field: FieldType, value: Value, options: NormaliseOptions): void {
  out.tag(1, START_GROUP);
  out.tag(2, VARINT);
  out.varint(field.number);
  writeValue(out, 3, field, value, options);
  out.tag(1, END_GROUP);
}

/** Normalises what an Any holds, if its type is known. */
function normaliseAny(level: Level, options: NormaliseOptions): void {
  const { fieldsByNumber } = level.message;
  const urlField = fieldsByNumber.get(1);
  const valueField = fieldsByNumber.get(2);
  if (urlField === undefined || valueField === undefined) return;
  const url = level.values.get(urlField);
  const value = level.values.get(valueField);
  if (url?.kind !== "bytes" || value?.kind !== "bytes") return;
  const text = Buffer.from(payload(url.bytes)).toString("utf8");
  const type = options.typeOf?.(text.slice(text.lastIndexOf("/") + 1));
  if (type === undefined) return;
  const inner = normaliseWire(type, payload(value.bytes), options, level.depth);
  const out = new WireBuffer(inner.length + 16);
  out.varint(inner.length);
  out.raw(inner);
  level.values.set(valueField, { kind: "bytes", bytes: out.view() });
}

/** A length-delimited value without its length. */
function payload(bytes: Uint8Array): Uint8Array {
  let at = 0;
  while (bytes[at]! > 127) at++;
  return bytes.subarray(at + 1);
}
