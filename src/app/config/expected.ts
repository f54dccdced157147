import { clip, quoteValue } from "../../core/index.js";
import type { JsonSchema } from "./json-schema.js";
import { type Kind, type KindName, kinds } from "./kinds.js";

/** Completes "expected …" for a value of this schema. */
export function expectedText(schema: JsonSchema): string {
  const kind = schema["x-kind"];
  if (kind !== undefined && Object.hasOwn(kinds, kind)) return kinds[kind as keyof typeof kinds].expected;
  if (schema.enum !== undefined) return orList(schema.enum.map((value) => JSON.stringify(value)));
  if (schema.type === "integer") return `a whole number from ${schema.minimum} to ${schema.maximum}`;
  if (schema.type === "number") return `a number from ${schema.minimum} to ${schema.maximum}`;
  const types = schema.type === undefined || typeof schema.type === "string" ? [schema.type ?? ""] : schema.type;
  return orList(types.map((type) => typeTexts[type] ?? type));
}

const typeTexts: Readonly<Record<string, string>> = {
  string: "a text that is not empty",
  boolean: "true or false",
  array: "a list",
  object: "a map",
  null: "null",
};

/** Completes "got …": scalars as written, the rest by what they are. */
export function gotText(value: unknown): string {
  if (typeof value === "string") return quoteValue(value);
  if (value === null || value === undefined) return "nothing";
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "a map" : clip(String(value));
}

/** The same for a value of this schema, which may be a secret. */
export function gotValue(value: unknown, schema: JsonSchema): string {
  const kind: Kind | undefined = kinds[schema["x-kind"] as KindName];
  const isScalar = typeof value !== "object" && value !== undefined;
  return kind?.secret === true && isScalar && value !== "" ? `a ${typeof value}, which is not shown` : gotText(value);
}

/** `a, b or c`. */
export function orList(items: readonly string[]): string {
  return items.length < 2 ? items.join("") : `${items.slice(0, -1).join(", ")} or ${items.at(-1)}`;
}
