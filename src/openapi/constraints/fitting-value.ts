import { asList, asObject } from "../read-json.js";
import type { JsonObject, JsonValue } from "../types.js";

/** What fits formats that limits give. */
const ofFormat: Readonly<Record<string, string>> = {
  email: "ada@example.com",
  hostname: "example.com",
  ipv4: "192.0.2.1",
  ipv6: "2001:db8::1",
  uri: "https://example.com/",
  "uri-reference": "/path",
  uuid: "6ba7b810-9dad-41d1-80b4-00c04fd430c8",
};

/** A value that keeps limits: the given one if it does, else one made of them; null where none is found. */
export function fittingValue(value: JsonValue, limits: JsonObject): JsonValue {
  const { const: only, minimum, maximum, minLength, maxLength, format } = limits;
  const text = String(value);
  const candidates: readonly (JsonValue | undefined)[] = [
    only,
    ...asList(limits["enum"]),
    ofFormat[String(format)],
    value,
    minimum,
    maximum,
    middle(limits),
    typeof minLength === "number" ? text.padEnd(minLength, "x") : undefined,
    typeof maxLength === "number" ? text.slice(0, maxLength) : undefined,
  ];
  return candidates.find((one) => one !== undefined && fits(one, limits)) ?? null;
}

/** Between bounds of which one or both are out of bounds themselves. */
function middle({ exclusiveMinimum, exclusiveMaximum, minimum, maximum }: JsonObject): number {
  const low = Number(exclusiveMinimum ?? minimum ?? Number(exclusiveMaximum ?? maximum) - 2);
  const high = Number(exclusiveMaximum ?? maximum ?? low + 2);
  return Number.isInteger((low + high) / 2) || high - low <= 1 ? (low + high) / 2 : Math.floor((low + high) / 2);
}

/** Whether a value keeps limits, formats and multipleOf aside. */
function fits(value: JsonValue, limits: JsonObject): boolean {
  const { const: only, not, pattern } = limits;
  const among = asList(limits["enum"]);
  if (only !== undefined && value !== only) return false;
  if (among.length > 0 && !among.includes(value)) return false;
  if (asList(asObject(not)["enum"]).includes(value)) return false;
  if (typeof value === "number") return isWithin(value, limits);
  if (typeof value !== "string") return true;
  const length = [...value].length;
  if (length < Number(limits["minLength"] ?? 0) || length > Number(limits["maxLength"] ?? Infinity)) return false;
  return typeof pattern !== "string" || new RegExp(pattern, "u").test(value);
}

function isWithin(value: number, limits: JsonObject): boolean {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = limits;
  return (
    value >= Number(minimum ?? -Infinity) &&
    value <= Number(maximum ?? Infinity) &&
    value > Number(exclusiveMinimum ?? -Infinity) &&
    value < Number(exclusiveMaximum ?? Infinity)
  );
}
