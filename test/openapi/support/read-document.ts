import type { JsonObject, JsonSchema, JsonValue, OpenApiDocument } from "../../../src/openapi/index.js";

/** One operation of a document, with where it stands. */
export interface Operation {
  readonly id: string;
  readonly httpMethod: string;
  readonly path: string;
  readonly members: JsonObject;
  /** JSON Pointer of the operation. */
  readonly pointer: string;
}

/** All operations of a document. */
export function operationsOf(document: OpenApiDocument): readonly Operation[] {
  return Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).flatMap(([method, members]) =>
      method.startsWith("x-")
        ? []
        : [
            {
              id: String(asObject(members)["operationId"]),
              httpMethod: method.toUpperCase(),
              path,
              members: asObject(members),
              pointer: pointer("paths", path, method),
            },
          ],
    ),
  );
}

/** RFC 6901 in a URI fragment. */
export function pointer(...parts: readonly string[]): string {
  return parts.map((part) => `/${encodeURIComponent(part.replaceAll("~", "~0").replaceAll("/", "~1"))}`).join("");
}

/** What a reference leads to, or the value itself. */
export function resolve(document: OpenApiDocument, value: JsonValue | undefined): JsonObject {
  const object = asObject(value);
  const { $ref: reference } = object;
  if (typeof reference !== "string") return object;
  const parts = reference.slice(2).split("/");
  const target = parts.reduce<JsonValue | undefined>((at, part) => asObject(at)[part], document);
  const { $ref: _, ...siblings } = object;
  return { ...resolve(document, target), ...siblings };
}

export function asObject(value: JsonValue | undefined): JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}

export function asList(value: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(value) ? (value as readonly JsonValue[]) : [];
}

/** The schema of a media type, with its pointer below that of what holds the content. */
export function schemaOfContent(content: JsonObject, mediaType: string): JsonSchema | null {
  const found = content[mediaType] ?? content["*/*"];
  return found === undefined ? null : asObject(asObject(found)["schema"]);
}
