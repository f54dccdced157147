import type { Steps } from "../../core/index.js";
import type { EnumType, FieldType, MessageType } from "../../schema/index.js";
import { type Notes, notesOfField, notesOfMessage } from "../annotations/index.js";
import { commentText } from "../comment-text.js";
import { type FieldLimits, fieldLimits, limitMembers } from "../constraints/field-limits.js";
import { oneOfThese, ruledChoices } from "../constraints/ruled-choices.js";
import { hasBehavior } from "../field-behavior.js";
import { asObject } from "../read-json.js";
import { filled, type JsonForm, type JsonObject, type JsonSchema, type JsonValue, object } from "../types.js";
import type { Visibility } from "../visibility.js";
import { moreThanOne } from "./at-most-one.js";
import { defaultJson } from "./default-json.js";
import { enumSchema } from "./enum-schema.js";
import { localName } from "./local-name.js";
import { keySchema, nullable, scalarSchema } from "./scalar-schema.js";
import { isAlwaysThere, keepsLimits, type Variant, type VariantNames } from "./variants.js";
import { anySchema, isAny, wellKnownSchema } from "./well-known-schema.js";

/** Schemas of what ProtoJSON writes; messages and enums become components when they are first referred to. */
export interface Schemas {
  readonly form: JsonForm;
  /** A message: a reference, or the inline schema of a well-known type. */
  message(message: MessageType, variant: Variant): JsonSchema;
  /** A message written out, without some of its fields; `optional` ones need not be there. */
  partOf(message: MessageType, variant: Variant, left: FieldsLeft): JsonSchema;
  /** A field with its cardinality and what is known of it, as a member of its message. */
  field(field: FieldType, variant: Variant): JsonSchema;
  /** A field with its cardinality alone. */
  value(field: FieldType, variant: Variant): JsonSchema;
  /** One value of a field: itself, an element of a list, a value of a map. */
  single(field: FieldType, variant: Variant): JsonSchema;
  /** The fields of a message that readers get to see. */
  fieldsOf(message: MessageType): readonly FieldType[];
  /** The name of a field in JSON. */
  nameOf(field: FieldType): string;
  /** Adds a component of the document's own; gives its reference. */
  own(name: string, schema: JsonSchema): JsonSchema;
  /** All that was referred to, by name, and what that refers to. */
  components(): Steps<JsonObject>;
}

/** Fields of a message that something else than its JSON gives. */
export interface FieldsLeft {
  readonly out: ReadonlySet<FieldType>;
  readonly optional: ReadonlySet<FieldType>;
}

const NOTHING_LEFT: FieldsLeft = { out: new Set(), optional: new Set() };

export function createSchemas(form: JsonForm, names: VariantNames, visibility: Visibility): Schemas {
  const made = new Map<string, JsonSchema | null>();
  const pending: (() => void)[] = [];

  /** Refers to a component; it is written later, since types contain each other. */
  const refer = (name: string, write: () => JsonSchema): JsonSchema => {
    if (!made.has(name)) {
      made.set(name, null);
      pending.push(() => made.set(name, write()));
    }
    return { $ref: `#/components/schemas/${name}` };
  };

  const nameOf = (field: FieldType): string => (form.protoNames && !field.extension ? field.name : field.jsonName);

  const messageRef = (message: MessageType, variant: Variant): JsonSchema => {
    const inline = wellKnownSchema(message, form);
    if (inline !== null) return inline;
    if (isAny(message)) return refer(message.fullName, () => anySchema);
    return refer(names(message, variant), () => messageSchema(message, variant, NOTHING_LEFT));
  };

  const enumRef = (type: EnumType): JsonSchema =>
    type.fullName === "google.protobuf.NullValue"
      ? { type: "null" }
      : refer(type.fullName, () => enumSchema(type, form, visibility));

  const single = ({ type }: FieldType, variant: Variant): JsonSchema => {
    switch (type.kind) {
      case "scalar":
        return scalarSchema(type.scalar, form);
      case "enum":
        return enumRef(type.enum);
      case "message":
        return messageRef(type.message, variant);
    }
  };

  const value = (field: FieldType, variant: Variant): JsonSchema => {
    const { cardinality } = field;
    switch (cardinality.kind) {
      case "singular":
        return single(field, variant);
      case "repeated":
        return { type: "array", items: single(field, variant) };
      case "map":
        return object({
          type: "object",
          propertyNames: keySchema(cardinality.key) ?? undefined,
          additionalProperties: single(field, variant),
        });
    }
  };

  const field = (of: FieldType, variant: Variant): JsonSchema => {
    const { cardinality, type, options, oneof } = of;
    const writesNull = form.emitDefaults === "all" && variant === "reply" && type.kind === "message";
    const limited = keepsLimits(variant, form)
      ? withLimits(value(of, variant), fieldLimits(of, form))
      : value(of, variant);
    return object({
      ...(writesNull && cardinality.kind === "singular" && oneof === null && !of.extension
        ? nullable(limited)
        : limited),
      description: filled(commentText(of.comments)),
      default: defaultJson(of, form) ?? undefined,
      ...withoutLimits(notesOfField(of)),
      deprecated: options["deprecated"] === true ? true : undefined,
      readOnly: hasBehavior(of, "OUTPUT_ONLY") ? true : undefined,
      writeOnly: hasBehavior(of, "INPUT_ONLY") ? true : undefined,
      "x-google-field-behavior": hasBehavior(of, "IMMUTABLE") ? ["IMMUTABLE"] : undefined,
      "x-google-resource-reference": resourceReference(of),
    });
  };

  const messageSchema = (message: MessageType, variant: Variant, left: FieldsLeft): JsonSchema => {
    const properties: [string, JsonSchema][] = [];
    const required: string[] = [];
    for (const of of [...message.fields, ...message.extensions.values()].filter(visibility.isFieldVisible)) {
      if (left.out.has(of)) continue;
      properties.push([nameOf(of), field(of, variant)]);
      if (!left.optional.has(of) && isAlwaysThere(of, variant, form)) required.push(nameOf(of));
    }
    const namesOf = (fields: readonly FieldType[]): readonly string[] =>
      fields.filter((of) => !left.out.has(of) && visibility.isFieldVisible(of)).map(nameOf);
    // What the path gives is a choice made.
    const ruled = variant === "request" ? ruledChoices(message) : [];
    const open = ruled.filter(({ fields }) => !fields.some((of) => left.out.has(of) || left.optional.has(of)));
    const groups = [...message.oneofs.map((oneof) => oneof.fields), ...ruled.map(({ fields }) => fields)];
    const named = new Map(groups.map(namesOf).map((names) => [JSON.stringify(names), names]));
    const choices = [...named.values()].flatMap(moreThanOne);
    const asked = open.filter((choice) => choice.required).map(({ fields }) => oneOfThese(namesOf(fields)));
    return object({
      type: "object",
      title: localName(message.fullName, message.file),
      description: filled(describe(message, visibility, nameOf)),
      properties: filled(Object.fromEntries(properties)),
      required: filled(required),
      not: choices.length === 0 ? undefined : choices.length === 1 ? choices[0] : { anyOf: choices },
      allOf: filled(asked),
      deprecated: message.options["deprecated"] === true ? true : undefined,
      ...notesOfMessage(message),
    });
  };

  return {
    form,
    message: messageRef,
    partOf: messageSchema,
    fieldsOf: (message) => message.fields.filter(visibility.isFieldVisible),
    field,
    value,
    single,
    nameOf,
    own: (name, schema) => refer(name, () => schema),
    *components() {
      for (let write = pending.pop(); write !== undefined; write = pending.pop()) {
        write();
        yield;
      }
      const sorted = [...made].sort(([a], [b]) => (a < b ? -1 : 1));
      return object(Object.fromEntries(sorted.map(([name, schema]) => [name, schema ?? undefined])));
    },
  };
}

/** A schema with limits of its own and of its elements. */
export function withLimits(schema: JsonSchema, { own, each }: FieldLimits): JsonSchema {
  if (Object.keys(each).length === 0) return { ...schema, ...own };
  const inside = schema["items"] === undefined ? "additionalProperties" : "items";
  return { ...schema, [inside]: { ...asObject(schema[inside]), ...each }, ...own };
}

function withoutLimits(notes: Notes): JsonObject {
  return object(Object.fromEntries(Object.entries(notes).filter(([name]) => !limitMembers.has(name))));
}

/** The message's comment, and what its oneofs are. */
function describe(message: MessageType, visibility: Visibility, nameOf: (field: FieldType) => string): string {
  const parts = [commentText(message.comments)];
  for (const oneof of message.oneofs) {
    const names = oneof.fields.filter(visibility.isFieldVisible).map((field) => `\`${nameOf(field)}\``);
    if (names.length < 2) continue;
    const meaning = commentText(oneof.comments);
    parts.push(
      `At most one of ${names.slice(0, -1).join(", ")} and ${names.at(-1)}.${meaning === "" ? "" : ` ${meaning}`}`,
    );
  }
  return parts.filter((part) => part !== "").join("\n\n");
}

/** google.api.resource_reference: the type, or that of what lies below it. */
function resourceReference({ options }: FieldType): JsonObject | undefined {
  const value = options["[google.api.resource_reference]"];
  if (typeof value !== "object" || Array.isArray(value)) return undefined;
  const { type, child_type: childType } = value as { readonly [name: string]: JsonValue };
  return object({ type, childType });
}
