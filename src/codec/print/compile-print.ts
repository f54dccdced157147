import type { EnumType, FieldType, MessageType, Schema } from "../../schema/index.js";
import { type Literal, literal } from "../bytes/literal.js";
import { strippedName } from "../enum-names.js";
import type { JsonOptions } from "../types.js";
import { isWellKnown, wrapperNames } from "../well-known.js";
import { packs, wireTypeOf } from "../wire/wire-types.js";
import { printAny } from "./print-any.js";
import { printEnum, printEnumNumber, printNull } from "./print-enum.js";
import { printFieldMask } from "./print-field-mask.js";
import { printGroup, printMessage, printMessageContent } from "./print-members.js";
import { printMessageSet } from "./print-message-set.js";
import { keyPrinters, scalarPrinters, zeroText } from "./print-scalar.js";
import { printDuration, printTimestamp } from "./print-time.js";
import type { DefaultText, PrintContent, PrintContext, PrintEnum, PrintField, PrintMessage } from "./print-types.js";
import { printDynamic, printListValue, printStruct, printWrapper } from "./print-wrapper.js";

/** Well-known types whose JSON is no object of their fields, and how they are printed. */
const contents: ReadonlyMap<string, PrintContent> = new Map<string, PrintContent>([
  ["google.protobuf.Any", printAny],
  ["google.protobuf.Timestamp", printTimestamp],
  ["google.protobuf.Duration", printDuration],
  ["google.protobuf.FieldMask", printFieldMask],
  ["google.protobuf.Struct", printStruct],
  ["google.protobuf.Value", printDynamic],
  ["google.protobuf.ListValue", printListValue],
  ...wrapperNames.map((name): [string, PrintContent] => [name, printWrapper]),
]);

/** Well-known types that are made of fields; the others are read by their numbers alone. */
const composed: ReadonlySet<PrintContent> = new Set([printStruct, printDynamic, printListValue, printWrapper]);

/** Tags below this are looked up in an array: fields up to number 511. */
const SMALL_TAGS = 4096;

/** Compiles messages for printing, each once. */
export class PrintCompiler implements PrintContext {
  readonly schema: Schema;
  readonly unknownAny: "reject" | "base64";
  private readonly options: JsonOptions;
  private readonly messages = new Map<MessageType, PrintMessage>();
  private readonly enums = new Map<EnumType, PrintEnum>();

  constructor(schema: Schema, options: JsonOptions) {
    this.schema = schema;
    this.options = options;
    this.unknownAny = options.unknownAny;
  }

  message(type: MessageType): PrintMessage {
    const known = this.messages.get(type);
    if (known !== undefined) return known;
    const message: PrintMessage = {
      type,
      subject: `message ${type.fullName}`,
      content: contents.get(type.fullName) ?? (type.messageSet ? printMessageSet : printMessageContent),
      byTag: [],
      more: new Map(),
      words: 0,
      plain: false,
      required: [],
      defaults: null,
      parts: [],
      context: this,
    };
    // Registered before its fields are compiled, because types may contain themselves.
    this.messages.set(type, message);
    this.complete(message);
    return message;
  }

  private complete(message: PrintMessage): void {
    const { type } = message;
    if (composed.has(message.content)) {
      message.parts = type.fields.map((field) => this.fields(field, 0, 0, -1)[0]!);
    } else if (message.content === printMessageContent) {
      this.completeOrdinary(message, this.layout(type));
    } else if (message.content === printMessageSet) {
      const layout = this.layout(type);
      message.words = layout.words;
      message.more = new Map(layout.fields.map((field) => [field.type!.number, field]));
    }
  }

  /** All fields and extensions of a message in order of their numbers, each under all of its tags. */
  private layout(type: MessageType): { fields: readonly PrintField[]; words: number } {
    const types = [...type.fields, ...type.extensions.values()].sort((a, b) => a.number - b.number);
    const fields = types.flatMap((field, index) => {
      const oneof = field.oneof === null ? -1 : types.length + type.oneofs.indexOf(field.oneof);
      return this.fields(field, index, index, oneof);
    });
    return { fields, words: (types.length + type.oneofs.length + 31) >> 5 };
  }

  private completeOrdinary(message: PrintMessage, layout: { fields: readonly PrintField[]; words: number }): void {
    const { fields, words } = layout;
    message.words = words;
    const largest = Math.max(0, ...fields.map(({ tag }) => tag).filter((tag) => tag < SMALL_TAGS));
    const byTag = new Array<PrintField | null>(largest + 1).fill(null);
    const more = new Map<number, PrintField>();
    for (const field of fields) {
      if (field.tag < SMALL_TAGS) byTag[field.tag] = field;
      else more.set(field.tag, field);
    }
    message.byTag = byTag;
    message.more = more;
    message.required = fields.filter(({ type }) => {
      return type?.cardinality.kind === "singular" && type.cardinality.presence === "required";
    });
    if (this.options.emitDefaults === "none") {
      message.plain = words <= 1 && message.required.length === 0 && fields.every(({ oneofBit }) => oneofBit === 0);
      return;
    }
    const defaults: DefaultText[] = [];
    for (const field of fields) {
      defaults[field.order] = { word: field.word, bit: field.bit, text: this.defaultText(field) };
    }
    message.defaults = defaults;
  }

  /** A message that has one field alone, for response_body. Printed, it is `{}` or the key, the value and `}`. */
  single(field: FieldType): SingleField {
    const message: PrintMessage = { ...this.message(field.parent), content: printMessageContent };
    const fields = this.fields(field, 0, 0, -1);
    this.completeOrdinary(message, { fields, words: 1 });
    message.defaults = null;
    message.required = [];
    return { message, keyLength: fields[0]!.key.length, zero: unsetText(field, fields[0]!) };
  }

  private defaultText(field: PrintField): Literal {
    const { cardinality, type, oneof, extension } = field.type!;
    const text = (value: string): Literal => literal(Buffer.from(field.key.bytes).toString() + value);
    if (extension || oneof !== null) return nothing;
    switch (cardinality.kind) {
      case "repeated":
        return text("[]");
      case "map":
        return text("{}");
      default:
        if (type.kind === "message") return this.options.emitDefaults === "all" ? text("null") : nothing;
        return cardinality.presence === "implicit" ? text(Buffer.from(field.zero.bytes).toString()) : nothing;
    }
  }

  /** A field under each tag that it may have: its own, and for numbers in lists both packed and not. */
  private fields(type: FieldType, index: number, order: number, oneof: number): PrintField[] {
    const { cardinality } = type;
    const name = JSON.stringify(this.options.protoNames && !type.extension ? type.name : type.jsonName);
    const common: Partial<PrintField> = {
      ...this.value(type),
      type,
      order,
      key: literal(`,${name}:`),
      word: index >> 5,
      bit: 1 << (index & 31),
      oneofWord: oneof < 0 ? 0 : oneof >> 5,
      oneofBit: oneof < 0 ? 0 : 1 << (oneof & 31),
    };
    const lengthTag = ((type.number << 3) | 2) >>> 0;
    switch (cardinality.kind) {
      case "singular":
        return [createField({ ...common, form: cardinality.presence === "implicit" ? "implicit" : "explicit" })];
      case "repeated": {
        const list = createField({ ...common, form: "list" });
        return packs(type.type) ? [list, createField({ ...common, tag: lengthTag, form: "packed" })] : [list];
      }
      default: {
        const keyTag = 8 | wireTypeOf({ kind: "scalar", scalar: cardinality.key });
        const key = {
          subject: common.subject!,
          tag: keyTag,
          value: keyPrinters[cardinality.key],
          zero: literal(cardinality.key === "string" ? '""' : cardinality.key === "bool" ? '"false"' : '"0"'),
        };
        const value = { ...common, tag: 16 | wireTypeOf(type.type), endTag: common.endTag === 0 ? 0 : 20 };
        return [
          createField({
            ...common,
            tag: lengthTag,
            form: "map",
            mapKey: createField(key),
            mapValue: createField(value),
          }),
        ];
      }
    }
  }

  private value(field: FieldType): Partial<PrintField> {
    const { type } = field;
    const common = {
      subject: `field ${field.fullName}`,
      tag: ((field.number << 3) | wireTypeOf(type)) >>> 0,
      endTag: 0,
    };
    switch (type.kind) {
      case "scalar": {
        const zero = zeroText(type.scalar, this.options.int64);
        return { ...common, value: scalarPrinters[this.options.int64][type.scalar], zero: literal(zero) };
      }
      case "enum": {
        if (type.enum.fullName === "google.protobuf.NullValue") {
          return { ...common, value: printNull, zero: literal("null") };
        }
        const names = this.enum(type.enum);
        const zero = this.options.enumsAsNumbers ? literal("0") : (names.small[0] ?? literal("0"));
        return { ...common, value: this.options.enumsAsNumbers ? printEnumNumber : printEnum, enum: names, zero };
      }
      default:
        return {
          ...common,
          value: type.delimited ? printGroup : printMessage,
          endTag: type.delimited ? ((field.number << 3) | 4) >>> 0 : 0,
          message: this.message(type.message),
        };
    }
  }

  private enum(type: EnumType): PrintEnum {
    const known = this.enums.get(type);
    if (known !== undefined) return known;
    const small = new Array<Literal | null>(256).fill(null);
    const large = new Map<number, Literal>();
    for (const [number, { name }] of type.valuesByNumber) {
      const text = literal(JSON.stringify(this.options.stripEnumPrefix ? strippedName(type, name) : name));
      if (number >= 0 && number < 256) small[number] = text;
      else large.set(number, text);
    }
    const compiled = { type, small, large };
    this.enums.set(type, compiled);
    return compiled;
  }
}

/** A message with one field, the length of that field's key, and what the field is while unset. */
export interface SingleField {
  readonly message: PrintMessage;
  readonly keyLength: number;
  readonly zero: Literal;
}

function unsetText({ type, cardinality }: FieldType, { zero }: PrintField): Literal {
  if (cardinality.kind !== "singular") return literal(cardinality.kind === "map" ? "{}" : "[]");
  if (type.kind !== "message") return zero;
  switch (type.message.fullName) {
    case "google.protobuf.Any":
    case "google.protobuf.Struct":
      return literal("{}");
    case "google.protobuf.ListValue":
      return literal("[]");
    default:
      return literal(isWellKnown(type.message.fullName) ? "null" : "{}");
  }
}

const nothing = literal("");

function noValue(): never {
  throw new Error("a field without a value was printed");
}

/** A record with every property, in one order: V8 then knows one shape. */
function createField(given: Partial<PrintField>): PrintField {
  return {
    subject: given.subject ?? "",
    tag: given.tag ?? 0,
    endTag: given.endTag ?? 0,
    key: given.key ?? nothing,
    form: given.form ?? "explicit",
    value: given.value ?? noValue,
    zero: given.zero ?? nothing,
    word: given.word ?? 0,
    bit: given.bit ?? 0,
    oneofWord: given.oneofWord ?? 0,
    oneofBit: given.oneofBit ?? 0,
    order: given.order ?? 0,
    message: given.message ?? null,
    enum: given.enum ?? null,
    mapKey: given.mapKey ?? null,
    mapValue: given.mapValue ?? null,
    type: given.type ?? null,
  };
}
