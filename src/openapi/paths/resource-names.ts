import type { FieldType, Options, OptionValue, Schema } from "../../schema/index.js";

/** The patterns of google.api.resource, by resource type: "users/{user}/orders/{order}". */
export type ResourcePatterns = ReadonlyMap<string, readonly string[]>;

/** Collects google.api.resource of messages and google.api.resource_definition of files (AIP-123). */
export function collectResources(schema: Schema): ResourcePatterns {
  const found = new Map<string, readonly string[]>();
  const add = (value: OptionValue | undefined): void => {
    if (typeof value !== "object" || Array.isArray(value)) return;
    const { type, pattern } = value as Options;
    if (typeof type !== "string" || pattern === undefined) return;
    const patterns = (Array.isArray(pattern) ? pattern : [pattern]).filter((one) => typeof one === "string");
    found.set(type, [...(found.get(type) ?? []), ...patterns]);
  };
  for (const { options } of schema.files.values()) {
    const definitions = options["[google.api.resource_definition]"];
    for (const definition of Array.isArray(definitions) ? definitions : [definitions]) add(definition);
  }
  for (const { options } of schema.messages.values()) add(options["[google.api.resource]"]);
  return found;
}

/**
 * What the wildcards of a variable stand for, told by the resource that its field names: for "users/{user}" and
 * ["users", null] it is ["user"]. Null where the field refers to no resource of that form.
 */
export function resourceNames(
  field: FieldType,
  segments: readonly (string | null)[],
  resources: ResourcePatterns,
): readonly string[] | null {
  for (const pattern of patternsOf(field, resources)) {
    const parts = pattern.split("/");
    const names: string[] = [];
    const fits = segments.every((segment, i) => {
      const part = parts[i] ?? "";
      const name = /^\{([A-Za-z0-9_]+)(?:=\*)?\}$/.exec(part)?.[1];
      if (segment !== null) return part === segment;
      if (name !== undefined) names.push(name);
      return name !== undefined;
    });
    if (fits && parts.length === segments.length) return names;
  }
  return null;
}

/** The patterns of the field's own resource, of the one it refers to, and of the parents of the one it lists. */
function patternsOf(field: FieldType, resources: ResourcePatterns): readonly string[] {
  const reference = field.options["[google.api.resource_reference]"];
  const { type, child_type: child } =
    typeof reference === "object" && !Array.isArray(reference) ? (reference as Options) : {};
  const own = field.parent.options["[google.api.resource]"];
  const ownType = typeof own === "object" && !Array.isArray(own) ? (own as Options)["type"] : undefined;
  const parents = (resources.get(String(child)) ?? []).map((pattern) => pattern.split("/").slice(0, -2).join("/"));
  return [...(resources.get(String(type)) ?? []), ...parents, ...(resources.get(String(ownType)) ?? [])];
}

/** The English singular of a collection's name, as AIP-122 makes collections of it: "shelves" is "shelf". */
export function singular(collection: string): string {
  const irregular = irregulars.get(collection.toLowerCase());
  if (irregular !== undefined) return irregular;
  if (/[^aeiou]ies$/i.test(collection)) return `${collection.slice(0, -3)}y`;
  if (/(ss|x|z|ch|sh)es$/i.test(collection)) return collection.slice(0, -2);
  if (/[^su]s$/i.test(collection)) return collection.slice(0, -1);
  return collection;
}

const irregulars: ReadonlyMap<string, string> = new Map([
  ["shelves", "shelf"],
  ["people", "person"],
  ["children", "child"],
  ["indices", "index"],
  ["caches", "cache"],
  ["series", "series"],
  ["menus", "menu"],
]);
