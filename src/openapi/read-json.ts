import type { JsonObject, JsonValue } from "./types.js";

/** An object, or an empty one: for data from anywhere, of which nothing need be there. */
export function asObject(value: JsonValue | undefined): JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}

/** A member of an object, its own alone: names come from protos and may be those of Object.prototype. */
export function member(of: JsonObject, name: string): JsonValue | undefined {
  return Object.hasOwn(of, name) ? of[name] : undefined;
}

/** A list, or an empty one. */
export function asList(value: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(value) ? (value as readonly JsonValue[]) : [];
}
