import type { ScalarType } from "../../schema/index.js";
import type { JsonForm, JsonSchema } from "../types.js";

/** ProtoJSON: "JSON value will be a number or one of the special string values "NaN", "Infinity", and "-Infinity"". */
const NOT_FINITE: JsonSchema = { type: "string", enum: ["NaN", "Infinity", "-Infinity"] };

const narrow: Readonly<Record<Exclude<ScalarType, LongType>, JsonSchema>> = {
  double: { anyOf: [{ type: "number", format: "double" }, NOT_FINITE] },
  float: { anyOf: [{ type: "number", format: "float" }, NOT_FINITE] },
  int32: { type: "integer", format: "int32" },
  sint32: { type: "integer", format: "int32" },
  sfixed32: { type: "integer", format: "int32" },
  uint32: { type: "integer", format: "uint32", minimum: 0 },
  fixed32: { type: "integer", format: "uint32", minimum: 0 },
  bool: { type: "boolean" },
  string: { type: "string" },
  // `format` is for tools that know OpenAPI 3.0 alone; JSON Schema 2020-12 has contentEncoding.
  bytes: { type: "string", format: "byte", contentEncoding: "base64" },
};

type LongType = "int64" | "uint64" | "sint64" | "fixed64" | "sfixed64";

const longFormats: Readonly<Record<LongType, "int64" | "uint64">> = {
  int64: "int64",
  sint64: "int64",
  sfixed64: "int64",
  uint64: "uint64",
  fixed64: "uint64",
};

/** The schema of a scalar as ProtoJSON writes it. 64-bit integers are strings, unless the gateway writes numbers. */
export function scalarSchema(scalar: ScalarType, form: JsonForm): JsonSchema {
  if (!isLong(scalar)) return narrow[scalar];
  const format = longFormats[scalar];
  if (form.int64 === "string") return { type: "string", format };
  return format === "int64" ? { type: "integer", format } : { type: "integer", format, minimum: 0 };
}

/** What the keys of a map look like; null where any text will do. */
export function keySchema(key: ScalarType): JsonSchema | null {
  if (key === "string") return null;
  if (key === "bool") return { enum: ["true", "false"] };
  const unsigned = key === "uint32" || key === "fixed32" || key === "uint64" || key === "fixed64";
  return { pattern: unsigned ? "^[0-9]+$" : "^-?[0-9]+$" };
}

function isLong(scalar: ScalarType): scalar is LongType {
  return Object.hasOwn(longFormats, scalar);
}

/** A schema that null fits as well. */
export function nullable(schema: JsonSchema): JsonSchema {
  if (typeof schema["type"] === "string") return { ...schema, type: [schema["type"], "null"] };
  if (Array.isArray(schema["type"]) || Object.keys(schema).length === 0) return schema;
  const { anyOf } = schema;
  return Array.isArray(anyOf)
    ? { ...schema, anyOf: [...anyOf, { type: "null" }] }
    : { anyOf: [schema, { type: "null" }] };
}
