import { asList, asObject } from "../read-json.js";
import type { JsonSchema } from "../types.js";

/** Keywords that bound a value from above; each with what it says. */
const upper: Readonly<Record<string, string>> = {
  maximum: "may be at most",
  exclusiveMaximum: "must be less than",
  maxLength: "may have at most so many characters:",
  maxItems: "may have at most so many elements:",
  maxProperties: "may have at most so many members:",
};

const lower: Readonly<Record<string, string>> = {
  minimum: "must be at least",
  exclusiveMinimum: "must be more than",
  minLength: "must have at least so many characters:",
  minItems: "must have at least so many elements:",
  minProperties: "must have at least so many members:",
};

/** What a request's value may be no more, by the bounds of two schemas of one kind; parts of sentences. */
export function narrowedLimits(old: JsonSchema, now: JsonSchema): readonly string[] {
  const found: string[] = [];
  for (const [keyword, says] of Object.entries(upper)) {
    const [was, is] = [boundOf(old, keyword, Infinity), boundOf(now, keyword, Infinity)];
    if (is < was) found.push(`${says} ${is}`);
  }
  for (const [keyword, says] of Object.entries(lower)) {
    // No length is less than zero, so that a bound of zero is none.
    const none = keyword === "minimum" || keyword === "exclusiveMinimum" ? -Infinity : 0;
    const [was, is] = [boundOf(old, keyword, none), boundOf(now, keyword, none)];
    if (is > was) found.push(`${says} ${is}`);
  }
  if (now["uniqueItems"] === true && old["uniqueItems"] !== true) found.push("may not have an element twice");
  const { multipleOf } = now;
  if (multipleOf !== undefined && multipleOf !== old["multipleOf"]) found.push(`must be a multiple of ${multipleOf}`);
  const before = asList(asObject(old["not"])["enum"]);
  for (const value of asList(asObject(now["not"])["enum"])) {
    if (!before.includes(value)) found.push(`may not be ${JSON.stringify(value)}`);
  }
  return found;
}

/** In OpenAPI 3.0 `exclusiveMinimum` is a flag, which is no bound: the one beside it is compared. */
function boundOf(schema: JsonSchema, keyword: string, none: number): number {
  const value = schema[keyword];
  return typeof value === "number" ? value : none;
}
