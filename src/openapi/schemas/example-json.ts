import type { FieldType, MessageType, ScalarType } from "../../schema/index.js";
import { notesOfField, notesOfMessage } from "../annotations/index.js";
import { fieldLimits } from "../constraints/field-limits.js";
import { fittingValue } from "../constraints/fitting-value.js";
import { ruledChoices } from "../constraints/ruled-choices.js";
import { hasBehavior } from "../field-behavior.js";
import type { JsonForm, JsonObject, JsonValue } from "../types.js";
import type { Schemas } from "./create-schemas.js";
import { enumJson } from "./enum-schema.js";
import { isAlwaysThere } from "./variants.js";
import { wrappedScalar } from "./well-known-schema.js";

/** Messages inside messages of an example. */
const DEPTH = 2;

function scalarExample(scalar: ScalarType, { int64 }: JsonForm): JsonValue {
  switch (scalar) {
    case "bool":
      return true;
    case "string":
      return "text";
    case "bytes":
      return "AA==";
    case "double":
    case "float":
      return 1.5;
    default:
      return scalar.endsWith("64") && int64 === "string" ? "1" : 1;
  }
}

const wellKnown: ReadonlyMap<string, JsonValue> = new Map<string, JsonValue>([
  ["Timestamp", "2030-01-02T03:04:05Z"],
  ["Duration", "1.5s"],
  ["Struct", { key: "value" }],
  ["Value", "any JSON"],
  ["ListValue", ["any JSON"]],
  ["Empty", {}],
]);

/**
 * A value of a message that the gateway takes: what a page that shows a body to try begins with. Pages that make one of the
 * schema set every member of a oneof and write text where a 64-bit number belongs. It is the one that the message's own
 * annotation gives, or made: of each oneof it has the first member; what only the service writes, masks, and messages of
 * any type are left out. Undefined where a field that must be there has limits for which no value is found.
 */
export function exampleOf(message: MessageType, held: ReadonlySet<unknown>, schemas: Schemas): JsonValue | undefined {
  const { example } = notesOfMessage(message);
  return example ?? messageExample(message, held, schemas, [message]) ?? undefined;
}

/** null for none. */
function messageExample(
  message: MessageType,
  held: ReadonlySet<unknown>,
  schemas: Schemas,
  around: readonly MessageType[],
): JsonObject | null {
  const members: [string, JsonValue][] = [];
  for (const field of schemas.fieldsOf(message)) {
    if (held.has(field) || hasBehavior(field, "OUTPUT_ONLY") || hasBehavior(field, "IDENTIFIER")) continue;
    if (field.oneof !== null && field.oneof.fields[0] !== field) continue;
    if (ruledChoices(message).some(({ fields }) => fields.indexOf(field) > 0)) continue;
    // Tools that follow references follow them in examples too.
    if (schemas.nameOf(field) === "$ref") continue;
    const { example } = notesOfField(field);
    const value = example ?? fieldExample(field, schemas, around);
    if (value !== null) members.push([schemas.nameOf(field), value]);
    else if (isAlwaysThere(field, "request", schemas.form)) return null;
  }
  return Object.fromEntries(members);
}

/** null for none. */
function fieldExample(field: FieldType, schemas: Schemas, around: readonly MessageType[]): JsonValue {
  const value = single(field, schemas, around);
  if (value === null) return null;
  const { own, each } = fieldLimits(field, schemas.form);
  switch (field.cardinality.kind) {
    case "singular":
      return fittingValue(value, own);
    case "repeated": {
      const element = fittingValue(value, each);
      return element === null || Number(own["minItems"] ?? 0) > 1 ? null : [element];
    }
    case "map": {
      const { key } = field.cardinality;
      const element = fittingValue(value, each);
      if (element === null || Number(own["minProperties"] ?? 0) > 1) return null;
      return { [key === "string" ? "key" : key === "bool" ? "true" : "1"]: element };
    }
  }
}

function single({ type }: FieldType, schemas: Schemas, around: readonly MessageType[]): JsonValue {
  switch (type.kind) {
    case "scalar":
      return scalarExample(type.scalar, schemas.form);
    case "enum": {
      const value = type.enum.values.find(({ number }) => number !== 0) ?? type.enum.values[0];
      if (value === undefined || type.enum.fullName === "google.protobuf.NullValue") return null;
      return enumJson(type.enum, value, schemas.form);
    }
    case "message": {
      const { message } = type;
      const wrapped = wrappedScalar(message);
      if (wrapped !== null) return scalarExample(wrapped, schemas.form);
      if (message.fullName.startsWith("google.protobuf.")) return wellKnown.get(message.name) ?? null;
      if (around.includes(message) || around.length > DEPTH) return null;
      return messageExample(message, new Set(), schemas, [...around, message]);
    }
  }
}
