import type { FieldType, MessageType } from "../../schema/index.js";
import { isWellKnown } from "../well-known.js";

/**
 * The paths of a FieldMask for a PATCH: what the JSON of a message field mentions, in proto names, sorted by code unit. As
 * grpc-gateway has it: messages are followed to their leaves, an object without members and null give the path they stand
 * at, lists, maps, Any and the other well-known types one path, Struct and Value are followed by their own keys.
 *
 * `json` has been read by the codec already, so it is well-formed and fits the field. It is parsed into objects here: masks
 * are for PATCH alone, where bodies are small and nothing is gained by reading bytes.
 */
export function inferMask(json: Uint8Array, field: FieldType): readonly string[] {
  const value: unknown = JSON.parse(Buffer.from(json.buffer, json.byteOffset, json.length).toString("utf8"));
  const paths = new Set<string>();
  if (field.type.kind === "message" && isObject(value)) addValue(paths, value, field.type.message, "");
  paths.delete("");
  return [...paths].sort();
}

/** Adds the paths of a message's JSON, `path` leading to it. */
function addValue(paths: Set<string>, value: object, message: MessageType, path: string): void {
  if (message.fullName === "google.protobuf.Struct" || message.fullName === "google.protobuf.Value") {
    addDynamic(paths, value, path);
  } else if (isWellKnown(message.fullName)) {
    paths.add(path);
  } else {
    addMembers(paths, value, message, path);
  }
}

function addMembers(paths: Set<string>, value: object, message: MessageType, path: string): void {
  let found = false;
  for (const [name, member] of Object.entries(value) as [string, unknown][]) {
    const field = message.fieldsByName.get(name) ?? extensionOf(message, name);
    if (field === undefined) continue;
    found = true;
    const inner = join(path, field.extension ? field.jsonName : field.name);
    const { cardinality, type } = field;
    if (cardinality.kind === "singular" && type.kind === "message" && isObject(member)) {
      addValue(paths, member, type.message, inner);
    } else {
      paths.add(inner);
    }
  }
  if (!found) paths.add(path);
}

function addDynamic(paths: Set<string>, value: object, path: string): void {
  const members = Object.entries(value) as [string, unknown][];
  if (members.length === 0) paths.add(path);
  for (const [name, member] of members) {
    const inner = join(path, name);
    if (isObject(member)) addDynamic(paths, member, inner);
    else paths.add(inner);
  }
}

function extensionOf(message: MessageType, name: string): FieldType | undefined {
  return [...message.extensions.values()].find((extension) => extension.jsonName === name);
}

function join(path: string, name: string): string {
  return path === "" ? name : `${path}.${name}`;
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
