import type { FieldType } from "../schema/index.js";

/** google.api.FieldBehavior (AIP-203). */
export type FieldBehavior =
  | "OPTIONAL"
  | "REQUIRED"
  | "OUTPUT_ONLY"
  | "INPUT_ONLY"
  | "IMMUTABLE"
  | "UNORDERED_LIST"
  | "NON_EMPTY_DEFAULT"
  | "IDENTIFIER";

/** Whether a field is annotated with a behaviour. */
export function hasBehavior(field: FieldType, behavior: FieldBehavior): boolean {
  const value = field.options["[google.api.field_behavior]"];
  return Array.isArray(value) ? value.includes(behavior) : value === behavior;
}
