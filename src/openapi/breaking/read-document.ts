import { asList, asObject, member } from "../read-json.js";
import type { JsonObject, JsonValue } from "../types.js";

/** What a reference within the document leads to, with what stands beside it (JSON Schema 2020-12, 8.2.3.1); else the value. */
export function dereference(document: JsonObject, value: JsonValue | undefined): JsonObject {
  let object = asObject(value);
  // A reference to itself is no schema; a handful of steps is more than any document takes.
  for (let steps = 0; steps < 16 && typeof object["$ref"] === "string"; steps++) {
    const { $ref: reference, ...beside } = object;
    object = { ...asObject(lookUp(document, String(reference))), ...beside };
  }
  return object;
}

/** RFC 6901 */
function lookUp(document: JsonObject, reference: string): JsonValue | undefined {
  if (!reference.startsWith("#/")) return undefined;
  let at: JsonValue | undefined = document;
  for (const part of reference.slice(2).split("/")) {
    at = member(asObject(at), decodeURIComponent(part).replaceAll("~1", "/").replaceAll("~0", "~"));
  }
  return at;
}

/** An operation with what tells it from others on the wire: the names of path parameters do not. */
export interface ReadOperation {
  readonly title: string;
  readonly key: string;
  readonly members: JsonObject;
  /** Its own parameters and those of its path. */
  readonly parameters: readonly JsonObject[];
}

const METHODS: ReadonlySet<string> = new Set(["get", "put", "post", "delete", "options", "head", "patch", "trace"]);

/** The operations of a document by their keys. */
export function readOperations(document: JsonObject): ReadonlyMap<string, ReadOperation> {
  const found = new Map<string, ReadOperation>();
  for (const [path, item] of Object.entries(asObject(document["paths"]))) {
    for (const [method, members] of Object.entries(asObject(item))) {
      if (!METHODS.has(method)) continue;
      const operation = asObject(members);
      const own = asList(operation["parameters"]);
      const shared = asList(asObject(item)["parameters"]);
      const key = `${method} ${path.replaceAll(/\{[^}]*\}/g, "{}")}`;
      found.set(key, {
        title: `${method.toUpperCase()} ${path}`,
        key,
        members: operation,
        parameters: [...shared, ...own].map((one) => dereference(document, one)),
      });
    }
  }
  return found;
}
