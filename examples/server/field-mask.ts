import { refuse } from "./status-error.js";

/**
 * Which paths a mask may have. A "value" is taken whole, "json" is a google.protobuf.Struct whose members may be named,
 * "map" a map whose keys may be, and an object stands for the fields of a message.
 */
export type MaskShape = { readonly [field: string]: "value" | "json" | "map" | MaskShape };

/** A message as proto-loader has it. */
export type Fields = Record<string, unknown>;

/** google.protobuf.FieldMask as proto-loader has it. */
export interface WireMask {
  readonly paths: readonly string[];
}

/**
 * Copies the fields that the paths name from `source` to `target`, messages on the way made where they are missing; a
 * field that `source` does not have is cleared (https://google.aip.dev/134). No path or "*" is every field of the shape.
 * @throws StatusError INVALID_ARGUMENT for a path that the shape does not have
 */
export function applyMask(target: Fields, source: Fields, paths: readonly string[], shape: MaskShape): void {
  const all = paths.length === 0 || paths.includes("*");
  for (const path of all ? Object.keys(shape) : paths) {
    if (!copy(target, source, path.split("."), shape)) {
      refuse([{ field: "update_mask", description: `there is no field ${JSON.stringify(path)} to change` }]);
    }
  }
}

/** A new message with only the fields that the paths name. */
export function selectFields(source: Fields, paths: readonly string[], shape: MaskShape): Fields {
  const selected: Fields = {};
  for (const path of paths) {
    if (!copy(selected, source, path.split("."), shape)) {
      refuse([{ field: "read_mask", description: `there is no field ${JSON.stringify(path)} to read` }]);
    }
  }
  return selected;
}

function copy(target: Fields, source: Fields, path: readonly string[], shape: MaskShape): boolean {
  const [field = "", ...rest] = path;
  const kind = Object.hasOwn(shape, field) ? shape[field] : undefined;
  if (kind === undefined) return false;
  const key = toCamelCase(field);
  if (rest.length === 0) {
    set(target, key, source[key]);
    return true;
  }
  if (kind === "value") return false;
  const inner = asFields(source[key]);
  target[key] = { ...asFields(target[key]) };
  if (kind === "json") return copyMember(target[key] as Fields, inner, rest);
  if (kind === "map") {
    set(target[key] as Fields, rest.join("."), inner[rest.join(".")]);
    return true;
  }
  return copy(target[key] as Fields, inner, rest, kind);
}

/** One member of a Struct, which proto-loader has as `{ fields: { name: { structValue: { fields } } } }`. */
function copyMember(target: Fields, source: Fields, path: readonly string[]): boolean {
  const [member = "", ...rest] = path;
  const members: Fields = { ...asFields(target["fields"]) };
  const value = asFields(source["fields"])[member];
  target["fields"] = members;
  if (rest.length === 0) {
    set(members, member, value);
    return true;
  }
  const struct: Fields = { ...asFields(asFields(members[member])["structValue"]) };
  members[member] = { structValue: struct };
  return copyMember(struct, asFields(asFields(value)["structValue"]), rest);
}

function set(target: Fields, key: string, value: unknown): void {
  if (value === undefined || value === null) delete target[key];
  else target[key] = value;
}

function asFields(value: unknown): Fields {
  return typeof value === "object" && value !== null ? (value as Fields) : {};
}

function toCamelCase(name: string): string {
  return name.replace(/_([a-z0-9])/g, (_all, letter: string) => letter.toUpperCase());
}
