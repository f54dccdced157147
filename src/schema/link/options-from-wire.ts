import { unreachable } from "../../core/index.js";
import { WireFault, WireReader, WireType } from "../binary/wire-reader.js";
import type { FieldType, MessageType, ScalarType, ValueType } from "../types.js";
import { enumItem, floatItem, type OptionItem, OptionMessage, type OptionScalar, zeroItem } from "./option-message.js";

const MAX_DEPTH = 100;

/**
 * Reads the bytes of a message into `message`, merging with what is there. Fields and extensions that the Schema does not
 * know are passed over. Throws a WireFault.
 */
export function setFromWire(message: OptionMessage, reader: WireReader, depth = 0): void {
  if (depth > MAX_DEPTH) throw new WireFault(`options are nested deeper than ${MAX_DEPTH} levels`);
  while (reader.next()) {
    if (message.type.messageSet && reader.number === 1 && reader.wireType === WireType.START_GROUP) {
      readMessageSetItem(message, reader, depth);
      continue;
    }
    const field = fieldNumbered(message.type, reader.number);
    if (field === undefined || !readField(message, field, reader, depth)) reader.skip();
  }
}

function fieldNumbered(type: MessageType, number: number): FieldType | undefined {
  return type.fieldsByNumber.get(number) ?? type.extensions.get(number);
}

/** False if the value has another wire type than the field: it is unknown then, as everywhere in protobuf. */
function readField(message: OptionMessage, field: FieldType, reader: WireReader, depth: number): boolean {
  const { type } = field;
  const expected = wireTypeOf(type);
  const { wireType } = reader;
  if (field.cardinality.kind === "map") {
    if (wireType !== WireType.LENGTH) return false;
    readEntry(message, field, field.cardinality.key, reader.message(), depth);
    return true;
  }
  const repeated = field.cardinality.kind === "repeated";
  if (repeated && wireType === WireType.LENGTH && expected !== WireType.LENGTH && type.kind !== "message") {
    const packed = reader.message();
    while (!packed.done) message.push(field, readItem(type, packed));
    return true;
  }
  if (type.kind === "message") {
    const content = readContent(reader);
    if (content === null) return false;
    const present = repeated ? undefined : message.single(field);
    const into = present instanceof OptionMessage ? present : new OptionMessage(type.message);
    setFromWire(into, content, depth + 1);
    if (repeated) message.push(field, into);
    else message.set(field, into);
    return true;
  }
  if (wireType !== expected) return false;
  if (repeated) message.push(field, readItem(type, reader));
  else message.set(field, readItem(type, reader));
  return true;
}

/** The bytes of a message, in a length-prefixed value or in a group: which of them its features decide later. */
function readContent(reader: WireReader): WireReader | null {
  if (reader.wireType === WireType.LENGTH) return reader.message();
  if (reader.wireType !== WireType.START_GROUP) return null;
  const { at, number } = reader;
  return new WireReader(reader.buffer, at, reader.skipGroup(number));
}

function readEntry(
  message: OptionMessage,
  field: FieldType,
  keyType: ScalarType,
  reader: WireReader,
  depth: number,
): void {
  let key: OptionItem | null = null;
  let value: OptionItem | null = null;
  while (reader.next()) {
    const type: ValueType | null =
      reader.number === 1 ? { kind: "scalar", scalar: keyType } : reader.number === 2 ? field.type : null;
    if (type === null || reader.wireType !== wireTypeOf(type)) {
      reader.skip();
      continue;
    }
    if (type.kind === "message") {
      const into: OptionMessage = value instanceof OptionMessage ? value : new OptionMessage(type.message);
      setFromWire(into, reader.message(), depth + 1);
      value = into;
    } else if (reader.number === 1) key = readItem(type, reader);
    else value = readItem(type, reader);
  }
  message.setEntry(field, String(key ?? zeroItem({ kind: "scalar", scalar: keyType })), value ?? zeroItem(field.type));
}

/** An item of a message set: a group of `type_id = 2` and `message = 3` (protobuf's WireFormat, kMessageSetItemNumber). */
function readMessageSetItem(message: OptionMessage, reader: WireReader, depth: number): void {
  const { at } = reader;
  const item = new WireReader(reader.buffer, at, reader.skipGroup(1));
  let field: FieldType | undefined;
  const contents: WireReader[] = [];
  while (item.next()) {
    if (item.number === 2 && item.wireType === WireType.VARINT) field = fieldNumbered(message.type, item.int32());
    else if (item.number === 3 && item.wireType === WireType.LENGTH) contents.push(item.message());
    else item.skip();
  }
  if (field?.type.kind !== "message") return;
  const present = message.single(field);
  const into = present instanceof OptionMessage ? present : new OptionMessage(field.type.message);
  for (const content of contents) setFromWire(into, content, depth + 1);
  message.set(field, into);
}

function wireTypeOf(type: ValueType): number {
  if (type.kind === "message") return WireType.LENGTH;
  if (type.kind === "enum") return WireType.VARINT;
  switch (type.scalar) {
    case "double":
    case "fixed64":
    case "sfixed64":
      return WireType.FIXED64;
    case "float":
    case "fixed32":
    case "sfixed32":
      return WireType.FIXED32;
    case "string":
    case "bytes":
      return WireType.LENGTH;
    default:
      return WireType.VARINT;
  }
}

/** A scalar or an enum. */
function readItem(type: ValueType, reader: WireReader): OptionScalar {
  if (type.kind === "enum") return enumItem(type.enum, reader.int32());
  if (type.kind === "message") throw new WireFault("a message stands where a scalar must");
  const { scalar } = type;
  switch (scalar) {
    case "double":
      return floatItem(reader.double(), false);
    case "float":
      return floatItem(reader.float(), true);
    case "int32":
      return reader.int32();
    case "uint32":
      return reader.uint32();
    case "sint32": {
      const value = reader.uint32();
      return (value >>> 1) ^ -(value & 1);
    }
    case "fixed32":
      return reader.fixed32();
    case "sfixed32":
      return reader.fixed32() | 0;
    case "int64":
      return String(BigInt.asIntN(64, reader.varint()));
    case "uint64":
      return String(reader.varint());
    case "sint64": {
      const value = reader.varint();
      return String((value >> 1n) ^ -(value & 1n));
    }
    case "fixed64":
      return String(reader.fixed64());
    case "sfixed64":
      return String(BigInt.asIntN(64, reader.fixed64()));
    case "bool":
      return reader.bool();
    case "string":
      return reader.string();
    case "bytes":
      return reader.bytes().toString("base64");
    default:
      return unreachable(scalar);
  }
}
