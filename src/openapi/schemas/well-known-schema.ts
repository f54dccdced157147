import type { MessageType, ScalarType } from "../../schema/index.js";
import type { JsonForm, JsonSchema } from "../types.js";
import { nullable, scalarSchema } from "./scalar-schema.js";

const PREFIX = "google.protobuf.";

/** The messages that ProtoJSON writes in a form of their own, but for the wrappers and Any. */
const fixed: ReadonlyMap<string, JsonSchema> = new Map<string, JsonSchema>([
  ["Timestamp", { type: "string", format: "date-time" }],
  // No `format: duration`, which is that of ISO 8601 (JSON Schema Validation 2020-12, 7.3.1).
  ["Duration", { type: "string", pattern: "^-?[0-9]{1,12}(\\.[0-9]{1,9})?s$" }],
  // Paths in lowerCamelCase, separated by commas; an underscore would not come back the same.
  ["FieldMask", { type: "string", pattern: "^([^,_]+(,[^,_]+)*)?$" }],
  ["Struct", { type: "object", additionalProperties: true }],
  ["Value", {}],
  ["ListValue", { type: "array", items: {} }],
  ["Empty", { type: "object" }],
]);

const wrappers: ReadonlyMap<string, ScalarType> = new Map<string, ScalarType>([
  ["DoubleValue", "double"],
  ["FloatValue", "float"],
  ["Int64Value", "int64"],
  ["UInt64Value", "uint64"],
  ["Int32Value", "int32"],
  ["UInt32Value", "uint32"],
  ["BoolValue", "bool"],
  ["StringValue", "string"],
  ["BytesValue", "bytes"],
]);

/** What a wrapper holds; null for every other message. */
export function wrappedScalar(message: MessageType): ScalarType | null {
  return wrappers.get(shortName(message) ?? "") ?? null;
}

/** The schema of what a wrapper holds; null for every other message. */
export function wrappedSchema(message: MessageType, form: JsonForm): JsonSchema | null {
  const scalar = wrappedScalar(message);
  return scalar === null ? null : scalarSchema(scalar, form);
}

/** The inline schema of a well-known type; null for every other message, and for Any, which is a component. */
export function wellKnownSchema(message: MessageType, form: JsonForm): JsonSchema | null {
  const name = shortName(message);
  if (name === null) return null;
  const wrapped = wrappedSchema(message, form);
  return wrapped === null ? (fixed.get(name) ?? null) : nullable(wrapped);
}

/** Whether ProtoJSON writes a message as one string, number or boolean, so that it is a query parameter. */
export function isTextMessage(message: MessageType): boolean {
  const name = shortName(message);
  return name !== null && (wrappers.has(name) || name === "Timestamp" || name === "Duration" || name === "FieldMask");
}

/** Whether a message is google.protobuf.Any. */
export function isAny(message: MessageType): boolean {
  return message.fullName === `${PREFIX}Any`;
}

/** A component of its own, so that what stands around the members of a packed message is told once. */
export const anySchema: JsonSchema = {
  type: "object",
  title: "Any",
  description:
    "A message of any type. `@type` names the type; the members of the message stand beside it, or, where its JSON form " +
    "is no object, under `value`.",
  properties: { "@type": { type: "string", description: "Such as `type.googleapis.com/google.rpc.ErrorInfo`." } },
  additionalProperties: true,
};

function shortName({ fullName }: MessageType): string | null {
  return fullName.startsWith(PREFIX) ? fullName.slice(PREFIX.length) : null;
}
