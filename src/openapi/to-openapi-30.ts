import { finish, inSteps, type Steps } from "../core/index.js";
import { asList, asObject } from "./read-json.js";
import type { JsonObject, JsonSchema, JsonValue, OpenApiDocument } from "./types.js";

/**
 * The same document as OpenAPI 3.0.3, for tools that read no other. What its dialect of JSON Schema cannot say is left out:
 * names of members (`propertyNames`), encodings of content. `null` beside a type becomes `nullable`, and what
 * stands beside a reference goes around it (OpenAPI 3.0.3, "Reference Object": siblings are ignored).
 */
export function toOpenApi30(document: OpenApiDocument): OpenApiDocument {
  return finish(toOpenApi30InSteps(document));
}

/** The same, a path or a schema at a time. */
export function* toOpenApi30InSteps(document: OpenApiDocument): Steps<OpenApiDocument> {
  const { summary: _, ...info } = document.info;
  const paths = yield* mapInSteps(document.paths, (item) => asObject(convert(item)));
  const components = yield* asComponents(document);
  return { ...document, openapi: "3.0.3", info, paths, components };
}

function* asComponents({ components }: OpenApiDocument): Steps<OpenApiDocument["components"]> {
  const sections: [string, JsonObject][] = [];
  for (const [section, members] of Object.entries(components)) {
    const converted = section === "schemas" ? yield* mapInSteps(members, convertSchema) : asObject(convert(members));
    sections.push([section, converted]);
  }
  return Object.fromEntries(sections);
}

function* mapInSteps<T, U>(members: Readonly<Record<string, T>>, map: (member: T) => U): Steps<Record<string, U>> {
  const mapped: [string, U][] = [];
  yield* inSteps(Object.entries(members), ([name, member]) => mapped.push([name, map(member)]), 16);
  return Object.fromEntries(mapped);
}

/** What is no schema: schemas are found by the members that hold them. */
function convert(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return asList(value).map(convert);
  if (typeof value !== "object" || value === null) return value;
  const { $ref: reference, ...object } = asObject(value);
  // A reference that is no schema's has had siblings since 3.1 alone.
  if (typeof reference === "string") return { $ref: reference };
  return Object.fromEntries(
    Object.entries(object).map(([name, member]) => [
      name,
      name === "schema" ? convertSchema(member) : name === "example" ? member : convert(member),
    ]),
  );
}

/** Keywords that 3.0 does not have. `not` and `enum` of several types stay. */
const unknownKeywords: ReadonlySet<string> = new Set([
  "propertyNames",
  "contentEncoding",
  "contentMediaType",
  "contentSchema",
  "exclusiveMinimum",
  "exclusiveMaximum",
  "const",
  "$ref",
  "type",
]);

/** One schema. */
function convertSchema(value: JsonValue): JsonSchema {
  const schema = asObject(value);
  const kept: Record<string, JsonValue> = {};
  for (const [name, member] of Object.entries(schema)) {
    if (!unknownKeywords.has(name)) kept[name] = convertKeyword(name, member);
  }
  Object.assign(kept, convertType(schema), convertBounds(schema));
  if (schema["const"] !== undefined) kept["enum"] = [schema["const"]];
  const { $ref: reference } = schema;
  if (typeof reference === "string") {
    return Object.keys(kept).length === 0 ? { $ref: reference } : { allOf: [{ $ref: reference }], ...kept };
  }
  return kept;
}

function convertKeyword(name: string, member: JsonValue): JsonValue {
  switch (name) {
    case "properties":
      return mapValues(asObject(member), convertSchema);
    case "items":
    case "not":
      return convertSchema(member);
    case "additionalProperties":
      return typeof member === "boolean" ? member : convertSchema(member);
    case "anyOf":
    case "allOf":
    case "oneOf":
      return asList(member).map(convertSchema);
    default:
      return member;
  }
}

/** Null alone: `nullable` has a meaning beside a type only (OpenAPI 3.0.3, "Schema Object"). */
const NULL: JsonSchema = { type: "string", nullable: true, enum: [null] };

/** `type` is one name; null beside it is `nullable`. */
function convertType({ type }: JsonSchema): JsonObject {
  if (type === undefined) return {};
  const types = Array.isArray(type) ? asList(type) : [type];
  const named = types.filter((one) => one !== "null");
  const [first] = named;
  if (first === undefined) return NULL;
  const nullable = types.length > named.length ? { nullable: true } : {};
  return named.length === 1
    ? { type: first, ...nullable }
    : { anyOf: named.map((one) => ({ type: one })), ...nullable };
}

/** Exclusive bounds are numbers in 3.1, and say so of `minimum` and `maximum` in 3.0. */
function convertBounds({ exclusiveMinimum, exclusiveMaximum }: JsonSchema): JsonObject {
  return {
    ...(exclusiveMinimum === undefined ? {} : { minimum: exclusiveMinimum, exclusiveMinimum: true }),
    ...(exclusiveMaximum === undefined ? {} : { maximum: exclusiveMaximum, exclusiveMaximum: true }),
  };
}

function mapValues(of: JsonObject, convertValue: (value: JsonValue) => JsonValue): JsonObject {
  return Object.fromEntries(Object.entries(of).map(([key, value]) => [key, convertValue(value)]));
}
