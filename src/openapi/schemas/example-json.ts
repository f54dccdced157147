import type { FieldType, MessageType, ScalarType } from "../../schema/index.js";
import { hasBehavior } from "../field-behavior.js";
import type { JsonForm, JsonObject, JsonValue } from "../types.js";
import type { Schemas } from "./create-schemas.js";
import { enumJson } from "./enum-schema.js";
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
 * schema set every member of a oneof and write text where a 64-bit number belongs. Of each oneof it has the first member;
 * what only the service writes, masks, and messages of any type are left out.
 */
export function exampleOf(message: MessageType, held: ReadonlySet<unknown>, schemas: Schemas): JsonObject {
  return messageExample(message, held, schemas, [message]);
}

function messageExample(
  message: MessageType,
  held: ReadonlySet<unknown>,
  schemas: Schemas,
  around: readonly MessageType[],
): JsonObject {
  const members: Record<string, JsonValue> = {};
  for (const field of message.fields) {
    if (held.has(field) || hasBehavior(field, "OUTPUT_ONLY") || hasBehavior(field, "IDENTIFIER")) continue;
    if (field.oneof !== null && field.oneof.fields[0] !== field) continue;
    const value = fieldExample(field, schemas, around);
    if (value !== null) members[schemas.nameOf(field)] = value;
  }
  return members;
}

/** null for none. */
function fieldExample(field: FieldType, schemas: Schemas, around: readonly MessageType[]): JsonValue {
  const value = single(field, schemas, around);
  if (value === null) return null;
  switch (field.cardinality.kind) {
    case "singular":
      return value;
    case "repeated":
      return [value];
    case "map": {
      const { key } = field.cardinality;
      return { [key === "string" ? "key" : key === "bool" ? "true" : "1"]: value };
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
