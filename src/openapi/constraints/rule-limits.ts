import { asList } from "../read-json.js";
import { type JsonObject, type JsonValue, object } from "../types.js";

/** Rules of a string: StringRules. Lengths are in characters (code points), as those of JSON Schema are. */
export function stringLimits(rules: JsonObject): JsonObject {
  const { len, min_len: minLength, max_len: maxLength, pattern, const: only } = rules;
  return object({
    minLength: numberOf(len ?? minLength),
    maxLength: numberOf(len ?? maxLength),
    pattern: patternOf(pattern) ?? partsPattern(rules),
    ...valueLimits(only, rules, (value) => value),
    format: formats.find(([rule]) => rules[rule] === true)?.[1],
  });
}

/** What a text begins with, ends with, holds and does not hold, as one pattern. */
function partsPattern({ prefix, suffix, contains, not_contains: without }: JsonObject): string | undefined {
  const hasNot = typeof without === "string" ? `(?![\\s\\S]*${escapeText(without)})` : "";
  const has = typeof contains === "string" ? `(?=[\\s\\S]*${escapeText(contains)})` : "";
  const begins = typeof prefix === "string" ? escapeText(prefix) : "";
  const ends = typeof suffix === "string" ? `(?=[\\s\\S]*${escapeText(suffix)}$)` : "";
  const parts = hasNot + has + ends + begins;
  return parts === "" ? undefined : `^${parts}`;
}

const formats: readonly (readonly [rule: string, format: string])[] = [
  ["email", "email"],
  ["hostname", "hostname"],
  ["ipv4", "ipv4"],
  ["ipv6", "ipv6"],
  ["uri", "uri"],
  ["uri_ref", "uri-reference"],
  ["uuid", "uuid"],
];

/** Rules of a number: Int32Rules, DoubleRules and so on. */
export function numberLimits(rules: JsonObject): JsonObject {
  const { gt, gte, lt, lte, const: only } = rules;
  const [low, high] = [numberOf(gt ?? gte), numberOf(lt ?? lte)];
  const values = valueLimits(only, rules, (value) => numberOf(value) ?? value);
  // A lower bound above the upper one means: outside of the two. JSON Schema would take it for: nothing.
  if (low !== undefined && high !== undefined && low > high) return object(values);
  return object({
    minimum: numberOf(gte),
    exclusiveMinimum: numberOf(gt),
    maximum: numberOf(lte),
    exclusiveMaximum: numberOf(lt),
    ...values,
  });
}

/** RepeatedRules, but for those of its items. */
export function listLimits(rules: JsonObject): JsonObject {
  return object({
    minItems: numberOf(rules["min_items"]),
    maxItems: numberOf(rules["max_items"]),
    uniqueItems: rules["unique"] === true ? true : undefined,
  });
}

/** Rules of an enum, whose values are numbers there; `name` is how the gateway writes one. */
export function enumLimits(rules: JsonObject, name: (value: JsonValue) => JsonValue): JsonObject {
  return object(valueLimits(rules["const"], rules, name));
}

/** MapRules, but for those of its keys and values. */
export function mapLimits(rules: JsonObject): JsonObject {
  return object({ minProperties: numberOf(rules["min_pairs"]), maxProperties: numberOf(rules["max_pairs"]) });
}

/** `const`, `in` and `not_in`, which rules of all types have. */
function valueLimits(
  only: JsonValue | undefined,
  rules: JsonObject,
  convert: (value: JsonValue) => JsonValue,
): { readonly [keyword: string]: JsonValue | undefined } {
  const [among, outside] = [asList(rules["in"]).map(convert), asList(rules["not_in"]).map(convert)];
  return {
    const: only === undefined ? undefined : convert(only),
    enum: among.length === 0 ? undefined : among,
    not: outside.length === 0 ? undefined : { enum: outside },
  };
}

/** 64-bit integers of rules are text; what is no number, such as "NaN", limits nothing. */
function numberOf(value: JsonValue | undefined): number | undefined {
  const number = Number(value ?? Number.NaN);
  return Number.isFinite(number) ? number : undefined;
}

/** A pattern of RE2, where ECMA-262 reads it as well (JSON Schema 2020-12, 6.4). */
function patternOf(pattern: JsonValue | undefined): string | undefined {
  if (typeof pattern !== "string") return undefined;
  try {
    new RegExp(pattern, "u");
    return pattern;
  } catch {
    // RE2 has what ECMA-262 has not, such as (?i) and \z: no pattern is better than one that no tool reads.
    return undefined;
  }
}

function escapeText(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");
}
