import type { Binding } from "../../rules/index.js";
import type { FieldType, MessageType } from "../../schema/index.js";
import { type Notes, notesOfField } from "../annotations/index.js";
import { commentText } from "../comment-text.js";
import { fieldLimits } from "../constraints/field-limits.js";
import { hasBehavior } from "../field-behavior.js";
import { type Schemas, withLimits } from "../schemas/create-schemas.js";
import { defaultJson } from "../schemas/default-json.js";
import { keySchema } from "../schemas/scalar-schema.js";
import { isAlwaysThere } from "../schemas/variants.js";
import { isTextMessage, wellKnownSchema, wrappedSchema } from "../schemas/well-known-schema.js";
import { filled, type JsonObject, type JsonSchema, object } from "../types.js";
import { isChosenAgainst, isHeld, leadsThrough } from "./held-fields.js";

/** How deep messages are taken apart into parameters; below, and where a message holds itself, one is JSON. */
const DEPTH = 4;

/**
 * The query parameters of a binding: the fields of the request that neither path nor body gives, those of messages inside
 * it by dotted names, lists by repetition, maps as `map[key]=value` (deepObject), what has no text form as JSON.
 */
export function queryParameters(binding: Binding, schemas: Schemas): readonly JsonObject[] {
  if (binding.body.kind === "whole") return [];
  const found: JsonObject[] = [];

  const visit = (message: MessageType, path: readonly FieldType[], around: readonly MessageType[]): void => {
    for (const field of schemas.fieldsOf(message)) {
      const here = [...path, field];
      if (isHeld(binding, here) || isChosenAgainst(binding, here) || hasBehavior(field, "OUTPUT_ONLY")) continue;
      const inner = field.cardinality.kind === "singular" ? membersOf(field) : null;
      const through = leadsThrough(binding, here);
      const takenApart = inner !== null && !around.includes(inner) && around.length < DEPTH;
      if (inner !== null && (takenApart || through)) visit(inner, here, [...around, inner]);
      else if (!through) found.push(parameter(here, schemas));
    }
  };

  visit(binding.rpc.input, [], [binding.rpc.input]);
  return found;
}

/** The message whose fields are parameters in the place of a field; null where the field is one itself. */
function membersOf({ type }: FieldType): MessageType | null {
  if (type.kind !== "message" || type.message.fields.length === 0 || isTextMessage(type.message)) return null;
  return jsonOnly.has(type.message.fullName) ? null : type.message;
}

/** Their fields are not what their JSON is made of. */
const jsonOnly: ReadonlySet<string> = new Set(
  ["Any", "Struct", "Value", "ListValue"].map((name) => `google.protobuf.${name}`),
);

function parameter(path: readonly FieldType[], schemas: Schemas): JsonObject {
  const field = path[path.length - 1];
  if (field === undefined) throw new Error("a parameter without a field");
  const { cardinality, options } = field;
  const notes = notesOfField(field);
  const style =
    cardinality.kind === "map"
      ? { style: "deepObject", explode: true }
      : cardinality.kind === "repeated"
        ? { style: "form", explode: true }
        : {};
  const isJson = cardinality.kind === "singular" && isJsonText(field);
  return object({
    name: path.map(schemas.nameOf).join("."),
    in: "query",
    description: filled(describe(field, schemas)),
    required: path.every((one) => isAlwaysThere(one, "request", schemas.form)) ? true : undefined,
    deprecated: options["deprecated"] === true || notes["deprecated"] === true ? true : undefined,
    example: notes["example"],
    ...style,
    schema: isJson ? undefined : withLimits(textSchema(field, schemas), fieldLimits(field, schemas.form)),
    content: isJson ? { "application/json": { schema: schemas.value(field, "request") } } : undefined,
    ...extensionsOf(notes),
  });
}

function extensionsOf(notes: Notes): JsonObject {
  return Object.fromEntries(Object.entries(notes).filter(([name]) => name.startsWith("x-")));
}

function describe(field: FieldType, schemas: Schemas): string {
  const { description } = notesOfField(field);
  const parts = [typeof description === "string" ? description : commentText(field.comments)];
  const others = schemas
    .fieldsOf(field.parent)
    .filter((other) => other !== field && field.oneof !== null && other.oneof === field.oneof)
    .map((other) => `\`${schemas.nameOf(other)}\``);
  if (others.length > 0) parts.push(`Not together with ${others.join(", ")}.`);
  return parts.filter((part) => part !== "").join("\n\n");
}

function isJsonText({ type }: FieldType): boolean {
  return type.kind === "message" && !isTextMessage(type.message);
}

/** A field as parameters write it. */
function textSchema(field: FieldType, schemas: Schemas): JsonSchema {
  const { cardinality } = field;
  switch (cardinality.kind) {
    case "singular":
      return object({
        ...valueSchema(field, schemas),
        default: defaultJson(field, schemas.form) ?? notesOfField(field)["default"],
      });
    case "repeated":
      return { type: "array", items: valueSchema(field, schemas) };
    case "map":
      return object({
        type: "object",
        propertyNames: keySchema(cardinality.key) ?? undefined,
        additionalProperties: valueSchema(field, schemas),
      });
  }
}

/** One value as text: there is no null, and a message without a text form is JSON in a string. */
function valueSchema(field: FieldType, schemas: Schemas): JsonSchema {
  const { type } = field;
  if (type.kind !== "message") return schemas.single(field, "request");
  const { message } = type;
  const wrapped = wrappedSchema(message, schemas.form);
  if (wrapped !== null) return wrapped;
  const text = isTextMessage(message) ? wellKnownSchema(message, schemas.form) : null;
  return (
    text ?? { type: "string", contentMediaType: "application/json", contentSchema: schemas.message(message, "request") }
  );
}
