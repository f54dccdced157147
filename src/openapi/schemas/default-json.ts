import type { FieldType } from "../../schema/index.js";
import type { JsonForm, JsonValue } from "../types.js";
import { enumJson } from "./enum-schema.js";

/** The default that a proto2 or editions field has, as its schema writes it; null for none. */
export function defaultJson({ type, defaultValue }: FieldType, form: JsonForm): JsonValue {
  if (defaultValue === null || type.kind === "message") return null;
  if (type.kind === "enum") {
    const value = type.enum.valuesByName.get(String(defaultValue));
    return value === undefined ? null : enumJson(type.enum, value, form);
  }
  const isLong = type.scalar.endsWith("64");
  // A number beyond 2^53 would be another one here.
  if (!isLong) return defaultValue;
  if (form.int64 === "string") return String(defaultValue);
  return Number.isSafeInteger(Number(defaultValue)) ? Number(defaultValue) : null;
}
