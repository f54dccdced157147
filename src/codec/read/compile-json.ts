import type { EnumType, FieldType, MessageType, Schema } from "../../schema/index.js";
import { literal } from "../bytes/literal.js";
import { enumNames } from "../enum-names.js";
import type { JsonOptions } from "../types.js";
import { wrapperNames } from "../well-known.js";
import { packs, wireTypeOf } from "../wire/wire-types.js";
import { ByteKeys } from "./byte-keys.js";
import type {
  JsonContext,
  JsonEnum,
  JsonField,
  JsonMessage,
  NamedField,
  ReadContent,
  ReadValue,
} from "./json-types.js";
import { readAny } from "./read-any.js";
import { readEnum, readNullValue } from "./read-enum.js";
import { readFieldMask } from "./read-field-mask.js";
import { readMessageContent } from "./read-members.js";
import { keyReader, scalarReaders } from "./read-scalar.js";
import { readDuration, readTimestamp } from "./read-time.js";
import {
  readDynamic,
  readGroup,
  readListValue,
  readMessage,
  readMessageSetItem,
  readStruct,
  readWrapper,
} from "./read-wrapper.js";

/** Well-known types whose JSON is no object of their fields, and how they are read. */
const contents: ReadonlyMap<string, ReadContent> = new Map<string, ReadContent>([
  ["google.protobuf.Any", readAny],
  ["google.protobuf.Timestamp", readTimestamp],
  ["google.protobuf.Duration", readDuration],
  ["google.protobuf.FieldMask", readFieldMask],
  ["google.protobuf.Struct", readStruct],
  ["google.protobuf.Value", readDynamic],
  ["google.protobuf.ListValue", readListValue],
  ...wrapperNames.map((name): [string, ReadContent] => [name, readWrapper]),
]);

const partNames: ReadonlyMap<ReadContent, readonly string[]> = new Map([
  [readStruct, ["fields"]],
  [readListValue, ["values"]],
  [readDynamic, ["null_value", "number_value", "string_value", "bool_value", "struct_value", "list_value"]],
  [readWrapper, ["value"]],
]);

/** Compiles messages for reading from JSON, each once. */
export class JsonCompiler implements JsonContext {
  readonly schema: Schema;
  readonly ignoreUnknown: boolean;
  private readonly options: JsonOptions;
  private readonly messages = new Map<MessageType, JsonMessage>();
  private readonly enums = new Map<EnumType, JsonEnum>();

  constructor(schema: Schema, options: JsonOptions) {
    this.schema = schema;
    this.options = options;
    this.ignoreUnknown = options.unknownFields === "ignore";
  }

  message(type: MessageType): JsonMessage {
    const known = this.messages.get(type);
    if (known !== undefined) return known;
    const message: JsonMessage = {
      type,
      subject: `message ${type.fullName}`,
      content: contents.get(type.fullName) ?? readMessageContent,
      fields: new ByteKeys<NamedField>(new Map()),
      head: createField({ subject: "" }),
      words: 0,
      required: [],
      parts: [],
      context: this,
    };
    // Registered before its fields are compiled, because types may contain themselves.
    this.messages.set(type, message);
    this.complete(message);
    return message;
  }

  private complete(message: JsonMessage): void {
    const { type } = message;
    const parts = partNames.get(message.content);
    if (parts !== undefined) {
      message.parts = parts.map((name) => this.field(type.fieldsByName.get(name)!, 0, 0));
      return;
    }
    if (message.content !== readMessageContent) return;
    const types = [...type.fields, ...type.extensions.values()];
    const fields = new Map(
      types.map((field, index) => {
        const oneof = field.oneof === null ? -1 : types.length + type.oneofs.indexOf(field.oneof);
        return [field, this.field(field, index, oneof)] as const;
      }),
    );
    const names = new Map<string, NamedField>();
    const add = (name: string, of: FieldType): void => {
      const field = fields.get(of)!;
      names.set(name, { key: literal(`${JSON.stringify(name).slice(1, -1)}":`), field });
    };
    for (const [name, field] of type.fieldsByName) add(name, field);
    for (const extension of type.extensions.values()) add(extension.jsonName, extension);
    message.fields = new ByteKeys(names);
    message.words = (types.length + type.oneofs.length + 31) >> 5;
    message.required = [...fields]
      .filter(([{ cardinality }]) => cardinality.kind === "singular" && cardinality.presence === "required")
      .map(([, field]) => field);
    guessOrder(message.head, [...fields.values()]);
  }

  /** A field as a member of its message; `index` is its bit, `oneof` that of its oneof or -1. */
  field(type: FieldType, index: number, oneof: number): JsonField {
    const shape = this.value(type);
    const { cardinality } = type;
    const bits = {
      word: index >> 5,
      bit: 1 << (index & 31),
      oneofWord: oneof < 0 ? 0 : oneof >> 5,
      oneofBit: oneof < 0 ? 0 : 1 << (oneof & 31),
      key: literal(`${JSON.stringify(type.jsonName).slice(1, -1)}":`),
    };
    switch (cardinality.kind) {
      case "singular":
        return createField({ ...shape, ...bits, form: cardinality.presence === "implicit" ? "implicit" : "explicit" });
      case "repeated": {
        const packed = cardinality.packed && packs(type.type);
        const tag = packed ? ((type.number << 3) | 2) >>> 0 : shape.tag!;
        return createField({ ...shape, ...bits, tag, form: packed ? "packed" : "list" });
      }
      default: {
        const key: Partial<JsonField> = {
          subject: shape.subject!,
          expected: `a key that is ${cardinality.key}`,
          tag: 8 | wireTypeOf({ kind: "scalar", scalar: cardinality.key }),
          value: keyReader(cardinality.key),
        };
        const value = { ...shape, tag: 16 | wireTypeOf(type.type), endTag: shape.endTag === 0 ? 0 : 20 };
        return createField({
          ...shape,
          ...bits,
          tag: ((type.number << 3) | 2) >>> 0,
          form: "map",
          mapKey: createField(key),
          mapValue: createField(value),
        });
      }
    }
  }

  private value(field: FieldType): Partial<JsonField> {
    const { type } = field;
    const common = {
      type: field,
      subject: `field ${field.fullName}`,
      tag: ((field.number << 3) | wireTypeOf(type)) >>> 0,
      endTag: 0,
    };
    switch (type.kind) {
      case "scalar":
        return { ...common, expected: type.scalar, value: scalarReaders[type.scalar] };
      case "enum": {
        const nullable = type.enum.fullName === "google.protobuf.NullValue";
        return {
          ...common,
          expected: `a value of enum ${type.enum.fullName}`,
          value: nullable ? readNullValue : readEnum,
          nullable,
          enum: this.enum(type.enum),
        };
      }
      default: {
        const message = this.message(type.message);
        const item = field.parent.messageSet && field.extension;
        const read: ReadValue = item ? readMessageSetItem : type.delimited ? readGroup : readMessage;
        return {
          ...common,
          // An item of a message set is a group of number 1 around the type's number and the message.
          ...(item ? { tag: 11 } : {}),
          expected: type.message.fullName,
          value: read,
          nullable: type.message.fullName === "google.protobuf.Value",
          endTag: type.delimited ? ((field.number << 3) | 4) >>> 0 : 0,
          message,
        };
      }
    }
  }

  enum(type: EnumType): JsonEnum {
    const known = this.enums.get(type);
    if (known !== undefined) return known;
    const names = enumNames(type, this.options.stripEnumPrefix);
    const lowerNames = new Map<string, number>();
    for (const [name, number] of names) {
      // Of names that differ by case alone the first keeps its lower-case form.
      if (!lowerNames.has(name.toLowerCase())) lowerNames.set(name.toLowerCase(), number);
    }
    const compiled: JsonEnum = {
      type,
      names: new ByteKeys(names),
      lowerNames: this.options.caseInsensitiveEnums ? lowerNames : null,
      ignoreUnknown: this.options.unknownEnumNames === "ignore",
    };
    this.enums.set(type, compiled);
    return compiled;
  }
}

/** Chains the fields in the order of the source, the first guess for the order of members. */
function guessOrder(head: JsonField, fields: readonly JsonField[]): void {
  let previous = head;
  for (const field of fields) {
    previous.next = field;
    previous = field;
  }
}

const noKey = literal("");

function noValue(): never {
  throw new Error("a field without a value was read");
}

/** A record with every property, in one order: V8 then knows one shape. Its guess for the next field is itself. */
function createField(given: Partial<JsonField>): JsonField {
  const field: { -readonly [K in keyof JsonField]: JsonField[K] | null } = {
    subject: given.subject ?? "",
    expected: given.expected ?? "",
    key: given.key ?? noKey,
    next: null,
    tag: given.tag ?? 0,
    endTag: given.endTag ?? 0,
    form: given.form ?? "explicit",
    value: given.value ?? noValue,
    nullable: given.nullable ?? false,
    word: given.word ?? 0,
    bit: given.bit ?? 0,
    oneofWord: given.oneofWord ?? 0,
    oneofBit: given.oneofBit ?? 0,
    reserved: 1,
    message: given.message ?? null,
    enum: given.enum ?? null,
    mapKey: given.mapKey ?? null,
    mapValue: given.mapValue ?? null,
    type: given.type ?? null,
  };
  field.next = field as JsonField;
  return field as JsonField;
}
