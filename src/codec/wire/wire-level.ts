import type { FieldType, MessageType, ScalarType } from "../../schema/index.js";
import { utf8Fault } from "../bytes/utf8.js";
import { type WireCursor, WireFault } from "./wire-cursor.js";
import { END_GROUP, LENGTH, packs, VARINT, wireTypeOf } from "./wire-types.js";
import { WireBuffer } from "./wire-writer.js";

/** A field's value, as far as it was met. */
export type Value =
  | { readonly kind: "bytes"; readonly bytes: Uint8Array }
  | { readonly kind: "message"; readonly level: Level }
  | { readonly kind: "list"; readonly items: Value[] }
  | { readonly kind: "map"; readonly entries: Map<string, { readonly key: Uint8Array; readonly value: Value }> };

export interface Level {
  readonly message: MessageType;
  /** How deep the message lies, itself counted; an Any goes on from here. */
  depth: number;
  readonly values: Map<FieldType, Value>;
  readonly unknown: Uint8Array[];
}

/** Where values are written before they are copied, which takes a third of the time of a buffer for each. */
const out = new WireBuffer(256);

export function createLevel(message: MessageType): Level {
  return { message, depth: 0, values: new Map(), unknown: [] };
}

/** Reads the message at the cursor into `level`, over what it has already. */
export function collect(cursor: WireCursor, level: Level): void {
  cursor.descend();
  level.depth = cursor.depth;
  const { message } = level;
  for (let start = cursor.pos, tag = cursor.nextTag(); tag !== 0; start = cursor.pos, tag = cursor.nextTag()) {
    if (message.messageSet && tag === 11 && collectItem(cursor, level)) continue;
    const field = message.fieldsByNumber.get(tag >>> 3) ?? message.extensions.get(tag >>> 3);
    if (field === undefined || !collectField(cursor, level, field, tag & 7)) {
      cursor.pos = start;
      cursor.skip(cursor.tag());
      level.unknown.push(Buffer.from(cursor.bytes.subarray(start, cursor.pos)));
    }
  }
  cursor.depth--;
}

/** Reads one occurrence of a field; false if it is to be taken for an unknown one. */
function collectField(cursor: WireCursor, level: Level, field: FieldType, wireType: number): boolean {
  const { cardinality, type } = field;
  const { values } = level;
  if (cardinality.kind === "map") {
    return wireType === LENGTH && collectEntry(cursor, values, field, cardinality.key);
  }
  const packed = cardinality.kind === "repeated" && wireType === LENGTH && packs(type);
  if (!packed && wireType !== wireTypeOf(type)) return false;
  if (cardinality.kind === "singular") {
    const before = values.get(field) ?? null;
    const value = collectValue(cursor, field, before);
    if (value === null) return false;
    if (field.oneof !== null) for (const member of field.oneof.fields) if (member !== field) values.delete(member);
    if (cardinality.presence === "implicit" && isZero(value)) values.delete(field);
    else values.set(field, value);
    return true;
  }
  let list = values.get(field);
  if (list?.kind !== "list") {
    list = { kind: "list", items: [] };
  }
  if (packed) {
    const end = cursor.lengthEnd();
    while (cursor.pos < end) {
      const start = cursor.pos;
      const value = collectValue(cursor, field, null);
      if (value !== null) list.items.push(value);
      else level.unknown.push(unknownEnum(field, cursor.bytes.subarray(start, cursor.pos)));
    }
    if (cursor.pos !== end) cursor.truncated();
  } else {
    const value = collectValue(cursor, field, null);
    if (value === null) return false;
    list.items.push(value);
  }
  if (list.items.length !== 0) values.set(field, list);
  return true;
}

/** Whether a value is the zero of its type, which an implicit field has while unset. */
function isZero(value: Value): boolean {
  return value.kind === "bytes" && value.bytes.every((byte) => byte === 0);
}

/** A number of a packed list that its closed enum does not have, as the unknown field that it becomes. */
function unknownEnum(field: FieldType, value: Uint8Array): Uint8Array {
  out.reset();
  out.tag(field.number, VARINT);
  out.raw(value);
  return Buffer.from(out.view());
}

/** Reads one value, a message over `before`; null for a number that a closed enum does not have. */
function collectValue(cursor: WireCursor, field: FieldType, before: Value | null): Value | null {
  const { type } = field;
  switch (type.kind) {
    case "scalar":
      return { kind: "bytes", bytes: scalarBytes(cursor, type.scalar, field) };
    case "enum": {
      const number = cursor.varint() | 0;
      if (type.enum.closed && !type.enum.valuesByNumber.has(number)) return null;
      out.reset();
      out.int32(number);
      return { kind: "bytes", bytes: Buffer.from(out.view()) };
    }
    default: {
      const level = before?.kind === "message" ? before.level : createLevel(type.message);
      if (type.delimited) within(cursor, cursor.end, ((field.number << 3) | END_GROUP) >>> 0, level);
      else within(cursor, cursor.lengthEnd(), 0, level);
      return { kind: "message", level };
    }
  }
}

/** Reads a message that ends at `to`, or with the tag `endTag`, into `level`. */
function within(cursor: WireCursor, to: number, endTag: number, level: Level): void {
  const outer = { end: cursor.end, endTag: cursor.endTag };
  cursor.end = to;
  cursor.endTag = endTag;
  collect(cursor, level);
  cursor.end = outer.end;
  cursor.endTag = outer.endTag;
}

/** Reads an entry of a map; false if its value is a number that a closed enum does not have. */
function collectEntry(
  cursor: WireCursor,
  values: Map<FieldType, Value>,
  field: FieldType,
  keyType: ScalarType,
): boolean {
  const outer = { end: cursor.end, endTag: cursor.endTag };
  cursor.end = cursor.lengthEnd();
  cursor.endTag = 0;
  const keyTag = 8 | wireTypeOf({ kind: "scalar", scalar: keyType });
  const valueTag = 16 | wireTypeOf(field.type);
  let key = zeroBytes({ kind: "scalar", scalar: keyType });
  let value: Value | null = null;
  let known = true;
  for (let tag = cursor.nextTag(); tag !== 0; tag = cursor.nextTag()) {
    if (tag === keyTag) {
      key = scalarBytes(cursor, keyType, field);
    } else if (tag === valueTag) {
      // The entry's value is field 2, so a delimited one ends with that tag and not with the map's.
      value = collectValue(cursor, { ...field, number: 2 }, value);
      known = value !== null;
    } else {
      cursor.skip(tag);
    }
  }
  cursor.end = outer.end;
  cursor.endTag = outer.endTag;
  if (!known) return false;
  const { type } = field;
  value ??=
    type.kind === "message"
      ? { kind: "message", level: createLevel(type.message) }
      : { kind: "bytes", bytes: zeroBytes(type) };
  let map = values.get(field);
  if (map?.kind !== "map") {
    map = { kind: "map", entries: new Map() };
    values.set(field, map);
  }
  map.entries.set(Buffer.from(key).toString("latin1"), { key, value });
  return true;
}

/** The value of a scalar in its shortest form, without a tag. */
function scalarBytes(cursor: WireCursor, scalar: ScalarType, field: FieldType): Uint8Array {
  out.reset();
  switch (scalar) {
    case "int32":
      out.int32(cursor.varint() | 0);
      break;
    case "uint32":
    case "sint32":
      out.varint(cursor.varint());
      break;
    case "int64":
    case "uint64":
    case "sint64":
      cursor.varint64();
      out.varint64(cursor.low, cursor.high);
      break;
    case "bool":
      cursor.varint64();
      out.varint((cursor.low | cursor.high) === 0 ? 0 : 1);
      break;
    case "fixed32":
    case "sfixed32":
    case "float":
      out.fixed32(cursor.fixed32());
      break;
    case "fixed64":
    case "sfixed64":
    case "double":
      cursor.fixed64();
      out.fixed64(cursor.low, cursor.high);
      break;
    default: {
      const end = cursor.lengthEnd();
      if (scalar === "string" && field.verifyUtf8 && utf8Fault(cursor.bytes, cursor.pos, end) >= 0) {
        throw new WireFault(`field ${field.fullName} holds invalid UTF-8`);
      }
      const bytes = cursor.bytes.subarray(cursor.pos, end);
      out.varint(bytes.length);
      out.raw(bytes);
      cursor.pos = end;
    }
  }
  return Buffer.from(out.view());
}

function zeroBytes(type: FieldType["type"]): Uint8Array {
  if (type.kind === "enum") {
    out.reset();
    // A closed enum may not have 0; its default is its first value.
    out.int32(type.enum.closed ? (type.enum.values[0]?.number ?? 0) : 0);
    return Buffer.from(out.view());
  }
  const wireType = wireTypeOf(type);
  return new Uint8Array(wireType === 1 ? 8 : wireType === 5 ? 4 : 1);
}

/** Reads an item of a message set, behind its start-group tag; false (cursor unmoved) if it is no known extension. */
function collectItem(cursor: WireCursor, level: Level): boolean {
  const start = cursor.pos;
  const { endTag } = cursor;
  let number = 0;
  let from = -1;
  let to = 0;
  cursor.endTag = 12;
  for (let tag = cursor.nextTag(); tag !== 0; tag = cursor.nextTag()) {
    if (tag === 16) {
      number = cursor.varint();
    } else if (tag === 26) {
      to = cursor.lengthEnd();
      from = cursor.pos;
      cursor.pos = to;
    } else {
      cursor.skip(tag);
    }
  }
  cursor.endTag = endTag;
  const field = level.message.extensions.get(number);
  if (field?.type.kind !== "message" || from < 0) {
    cursor.pos = start;
    return false;
  }
  const after = cursor.pos;
  const before = level.values.get(field);
  const inner = before?.kind === "message" ? before.level : createLevel(field.type.message);
  cursor.pos = from;
  within(cursor, to, 0, inner);
  cursor.pos = after;
  level.values.set(field, { kind: "message", level: inner });
  return true;
}
