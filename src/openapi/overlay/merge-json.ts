import type { JsonValue } from "../types.js";

/** An action that a document does not allow. */
export class OverlayError extends Error {
  override readonly name = "OverlayError";
}

/** A value that may be changed in place: a copy of a document, or of a part. */
export type Draft = JsonValue | Draft[] | { [name: string]: Draft };

/** A copy in which no two places share a value, so that one of them can be changed. */
export function copyJson(value: JsonValue): Draft {
  return JSON.parse(JSON.stringify(value)) as Draft;
}

/**
 * Merges an update into a target (Overlay 1.1.0, "Action Object", which writes down what 1.0.0 calls "recursively merged"):
 * members are added, objects merged, lists joined, plain values replaced. Gives the target where it is an object or a list.
 * @throws OverlayError where an object, a list and a plain value meet
 */
export function mergeJson(target: Draft, update: Draft, at = ""): Draft {
  const [was, is] = [kindOf(target), kindOf(update)];
  if (was !== is) throw new OverlayError(`${at === "" ? "the target" : at} is ${was}, and the update has ${is}`);
  if (Array.isArray(target)) target.push(...(update as Draft[]));
  if (was !== "an object") return was === "a list" ? target : update;
  for (const [name, value] of Object.entries(update as { [name: string]: Draft })) {
    const known = memberOf(target, name);
    setMember(target, name, known === undefined ? value : mergeJson(known, value, `${at}.${name}`));
  }
  return target;
}

/** What stands at a name or an index; its own alone, since names may be those of Object.prototype. */
export function memberOf(of: Draft, name: string | number): Draft | undefined {
  return Object.hasOwn(of as object, name) ? (of as { [name: string]: Draft })[name] : undefined;
}

/** Defined, where an assignment to `__proto__` would set the prototype. */
export function setMember(of: Draft, name: string | number, value: Draft): void {
  Object.defineProperty(of, name, { value, enumerable: true, configurable: true, writable: true });
}

/** What a value is to a merge. */
export function kindOf(value: Draft): "an object" | "a list" | "a plain value" {
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" && value !== null ? "an object" : "a plain value";
}
