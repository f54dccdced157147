import type { Binding } from "../../rules/index.js";
import type { FieldType } from "../../schema/index.js";

/** What the path or the body of a binding gives, so that no query parameter does (google/api/http.proto). */
export function isHeld({ body, variables }: Binding, path: readonly FieldType[]): boolean {
  if (body.kind === "whole") return true;
  if (body.kind === "field" && path[0] === body.field) return true;
  return variables.some((variable) => {
    const shared = Math.min(variable.path.length, path.length);
    return variable.path.slice(0, shared).every((field, i) => field === path[i]) && path.length >= variable.path.length;
  });
}

/** Whether a variable sets another member of a oneof that the last field of a path is in: the query may not set two. */
export function isChosenAgainst({ variables }: Binding, path: readonly FieldType[]): boolean {
  const field = path[path.length - 1];
  const around = path.slice(0, -1);
  if (field === undefined || field.oneof === null) return false;
  return variables.some((variable) => {
    const other = variable.path[path.length - 1];
    return other !== field && other?.oneof === field.oneof && around.every((one, i) => one === variable.path[i]);
  });
}

/** Whether a variable leads through a field, so that something below it is held. */
export function leadsThrough({ variables }: Binding, path: readonly FieldType[]): boolean {
  return variables.some(
    (variable) => path.length < variable.path.length && path.every((field, i) => field === variable.path[i]),
  );
}
