import {
  type ElementDescriptor,
  type EnumDescriptor,
  type EnumValueDescriptor,
  type FieldDescriptor,
  type MessageDescriptor,
  NO_RAW_OPTIONS,
  type NumberRange,
  type RawDefault,
  type RawOptions,
  type TypeReference,
} from "../file-descriptor.js";
import type { ScalarType } from "../types.js";
import { flag, int, optionBytes, readAll, submessage, text } from "./read-fields.js";
import { type Locations, NO_LOCATION } from "./read-source-info.js";
import { WireFault, WireReader } from "./wire-reader.js";

/** FieldDescriptorProto.Type by number; groups, messages and enums are named, and null here. */
const SCALARS: readonly (ScalarType | null)[] = [
  null,
  "double",
  "float",
  "int64",
  "uint64",
  "int32",
  "fixed64",
  "fixed32",
  "bool",
  "string",
  null,
  null,
  "bytes",
  "uint32",
  null,
  "sfixed32",
  "sfixed64",
  "sint32",
  "sint64",
];
const TYPE_GROUP = 10;

/** Nesting beyond this is refused, so that no input exhausts the stack. */
const MAX_DEPTH = 100;

/** Reads a google.protobuf.DescriptorProto. */
export function readMessage(reader: WireReader, path: string, locations: Locations, depth = 0): MessageDescriptor {
  if (depth > MAX_DEPTH) throw new WireFault(`messages are nested deeper than ${MAX_DEPTH} levels`);
  const fields: WireReader[] = [];
  const messages: WireReader[] = [];
  const enums: WireReader[] = [];
  const extensions: WireReader[] = [];
  const oneofs: WireReader[] = [];
  const extensionRanges: NumberRange[] = [];
  const reservedRanges: NumberRange[] = [];
  const reservedNames: string[] = [];
  let name = "";
  let options: RawOptions = NO_RAW_OPTIONS;
  while (reader.next()) {
    switch (reader.number) {
      case 1:
        name = text(reader);
        break;
      case 2:
        fields.push(submessage(reader));
        break;
      case 3:
        messages.push(submessage(reader));
        break;
      case 4:
        enums.push(submessage(reader));
        break;
      case 5:
        extensionRanges.push(readRange(submessage(reader), 1));
        break;
      case 6:
        extensions.push(submessage(reader));
        break;
      case 7:
        options = optionBytes(reader, options);
        break;
      case 8:
        oneofs.push(submessage(reader));
        break;
      case 9:
        reservedRanges.push(readRange(submessage(reader), 1));
        break;
      case 10:
        reservedNames.push(text(reader));
        break;
      default:
        reader.skip();
    }
  }
  const fieldDescriptors = readAll(fields, path, 2, readField, locations);
  const oneofDescriptors = readAll(oneofs, path, 8, readOneof, locations);
  const readNested = (nested: WireReader, at: string) => readMessage(nested, at, locations, depth + 1);
  return {
    name,
    ...(locations.get(path) ?? NO_LOCATION),
    options,
    ...withoutSynthetic(fieldDescriptors, oneofDescriptors),
    messages: readAll(messages, path, 3, readNested, locations),
    enums: readAll(enums, path, 4, readEnum, locations),
    extensions: readAll(extensions, path, 6, readField, locations),
    extensionRanges,
    reservedRanges,
    reservedNames,
    mapEntry: optionFlag(options, MAP_ENTRY),
    messageSet: optionFlag(options, MESSAGE_SET_WIRE_FORMAT),
  };
}

/**
 * Leaves out the oneofs that hold no field: those of proto3 optional fields, which are in a descriptor for readers that
 * do not know proto3_optional.
 */
function withoutSynthetic(
  fields: readonly FieldDescriptor[],
  oneofs: readonly ElementDescriptor[],
): Pick<MessageDescriptor, "fields" | "oneofs"> {
  const kept = oneofs.flatMap((_, index) => (fields.some((field) => field.oneof === index) ? [index] : []));
  if (kept.length === oneofs.length) return { fields, oneofs };
  return {
    oneofs: oneofs.filter((_, index) => kept.includes(index)),
    fields: fields.map((field) =>
      field.oneof === null || field.oneof >= oneofs.length ? field : { ...field, oneof: kept.indexOf(field.oneof) },
    ),
  };
}

/** A range of numbers. Those of messages end before their end (`excluded` 1), those of enums with it (0). */
function readRange(reader: WireReader, excluded: 0 | 1): NumberRange {
  let first = 0;
  let end = 0;
  while (reader.next()) {
    if (reader.number === 1) first = int(reader);
    else if (reader.number === 2) end = int(reader);
    else reader.skip();
  }
  return { first, last: end - excluded };
}

function readOneof(reader: WireReader, path: string, locations: Locations): ElementDescriptor {
  let name = "";
  let options: RawOptions = NO_RAW_OPTIONS;
  while (reader.next()) {
    if (reader.number === 1) name = text(reader);
    else if (reader.number === 2) options = optionBytes(reader, options);
    else reader.skip();
  }
  return { name, options, ...(locations.get(path) ?? NO_LOCATION) };
}

/** Reads a google.protobuf.FieldDescriptorProto. */
export function readField(reader: WireReader, path: string, locations: Locations): FieldDescriptor {
  let name = "";
  let number = 0;
  let label = 1;
  let type = 0;
  let typeName = "";
  let extendee: string | null = null;
  let defaultValue: RawDefault | null = null;
  let oneof: number | null = null;
  let jsonName: string | null = null;
  let proto3Optional = false;
  let options: RawOptions = NO_RAW_OPTIONS;
  while (reader.next()) {
    switch (reader.number) {
      case 1:
        name = text(reader);
        break;
      case 2:
        extendee = text(reader);
        break;
      case 3:
        number = int(reader);
        break;
      case 4:
        label = int(reader);
        break;
      case 5:
        type = int(reader);
        break;
      case 6:
        typeName = text(reader);
        break;
      case 7:
        defaultValue = { kind: "text", text: text(reader) };
        break;
      case 8:
        options = optionBytes(reader, options);
        break;
      case 9:
        oneof = int(reader);
        break;
      case 10:
        jsonName = text(reader);
        break;
      case 17:
        proto3Optional = flag(reader);
        break;
      default:
        reader.skip();
    }
  }
  return {
    name,
    ...(locations.get(path) ?? NO_LOCATION),
    number,
    label: label === 2 ? "required" : label === 3 ? "repeated" : "optional",
    type: typeOf(name, type, typeName),
    oneof: proto3Optional ? null : oneof,
    proto3Optional,
    jsonName,
    defaultValue,
    extendee,
    options,
  };
}

/** The type number says what a field is; without one (allowed where a name is given) the name decides. */
function typeOf(field: string, type: number, name: string): TypeReference {
  const scalar = SCALARS[type] ?? null;
  if (scalar !== null) return { kind: "scalar", scalar };
  if (name === "" || type < 0 || type >= SCALARS.length) {
    throw new WireFault(`field ${JSON.stringify(field)} has the type ${type} and no type name`);
  }
  return { kind: type === TYPE_GROUP ? "group" : "named", name };
}

/** Reads a google.protobuf.EnumDescriptorProto. */
export function readEnum(reader: WireReader, path: string, locations: Locations): EnumDescriptor {
  const values: WireReader[] = [];
  const reservedRanges: NumberRange[] = [];
  const reservedNames: string[] = [];
  let name = "";
  let options: RawOptions = NO_RAW_OPTIONS;
  while (reader.next()) {
    switch (reader.number) {
      case 1:
        name = text(reader);
        break;
      case 2:
        values.push(submessage(reader));
        break;
      case 3:
        options = optionBytes(reader, options);
        break;
      case 4:
        reservedRanges.push(readRange(submessage(reader), 0));
        break;
      case 5:
        reservedNames.push(text(reader));
        break;
      default:
        reader.skip();
    }
  }
  return {
    name,
    ...(locations.get(path) ?? NO_LOCATION),
    options,
    values: readAll(values, path, 2, readEnumValue, locations),
    reservedRanges,
    reservedNames,
  };
}

function readEnumValue(reader: WireReader, path: string, locations: Locations): EnumValueDescriptor {
  let name = "";
  let number = 0;
  let options: RawOptions = NO_RAW_OPTIONS;
  while (reader.next()) {
    if (reader.number === 1) name = text(reader);
    else if (reader.number === 2) number = int(reader);
    else if (reader.number === 3) options = optionBytes(reader, options);
    else reader.skip();
  }
  return { name, number, options, ...(locations.get(path) ?? NO_LOCATION) };
}

/** The fields of MessageOptions that must be known before any option can be interpreted. */
const MESSAGE_SET_WIRE_FORMAT = 1;
const MAP_ENTRY = 7;

function optionFlag(options: RawOptions, number: number): boolean {
  if (options.kind !== "wire") return false;
  const reader = new WireReader(options.bytes);
  let value = false;
  while (reader.next()) {
    if (reader.number === number) value = flag(reader);
    else reader.skip();
  }
  return value;
}
