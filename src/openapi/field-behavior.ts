import type { FieldType } from "../schema/index.js";
import { notesOfField } from "./annotations/index.js";

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

/** Whether a field is annotated with a behaviour. `read_only` of other annotations is OUTPUT_ONLY, `write_only` INPUT_ONLY. */
export function hasBehavior(field: FieldType, behavior: FieldBehavior): boolean {
  const value = field.options["[google.api.field_behavior]"];
  if (Array.isArray(value) ? value.includes(behavior) : value === behavior) return true;
  if (behavior === "OUTPUT_ONLY") return notesOfField(field)["readOnly"] === true;
  return behavior === "INPUT_ONLY" && notesOfField(field)["writeOnly"] === true;
}
