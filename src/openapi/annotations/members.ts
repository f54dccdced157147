import { asList, asObject } from "../read-json.js";
import { filled, type JsonObject, type JsonValue, object } from "../types.js";

/** What annotations say of an element: members of the OpenAPI object that stands for it, to be laid over what is told. */
export type Notes = JsonObject;

export const NO_NOTES: Notes = {};

/** How a member of an annotation becomes one of OpenAPI: its name there, and its value if it needs another form. */
export type MemberTable = Readonly<Record<string, readonly [name: string, convert?: (value: JsonValue) => JsonValue]>>;

/** The members of an annotation that a table has, under their names in OpenAPI; empty ones are as if not written. */
export function readMembers(annotation: JsonValue | undefined, table: MemberTable): JsonObject {
  const out: [string, JsonValue][] = [];
  for (const [key, value] of Object.entries(asObject(annotation))) {
    const entry = Object.hasOwn(table, key) ? table[key] : undefined;
    if (entry === undefined) continue;
    const [name, convert] = entry;
    const converted = convert === undefined ? value : convert(value);
    const isEmpty = converted === "" || (typeof converted === "object" && filled(asFilled(converted)) === undefined);
    if (!isEmpty) out.push([name, converted]);
  }
  return Object.fromEntries(out);
}

function asFilled(value: JsonValue): readonly JsonValue[] | JsonObject {
  return Array.isArray(value) ? asList(value) : asObject(value);
}

/** Members of both annotations have these: a description and a URL. */
export const externalDocs = (value: JsonValue): JsonValue =>
  readMembers(value, { description: ["description"], url: ["url"] });

/** google.protobuf.Value and the like are their JSON already; what is not an extension's name cannot be written. */
export function readExtensions(value: JsonValue | undefined): JsonObject {
  return object(Object.fromEntries(Object.entries(asObject(value)).filter(([name]) => name.startsWith("x-"))));
}

/** A number of an annotation: 64-bit integers are written as text there. */
export const number = (value: JsonValue): JsonValue => Number(value);
