import { type ConfigSections, configSchema } from "./config-schema.js";
import { expectedText, gotValue } from "./expected.js";
import type { JsonSchema } from "./json-schema.js";
import type { KeyPath } from "./key-path.js";
import { type KindContext, kinds } from "./kinds.js";
import type { Source } from "./source.js";
import { isLeftEmpty } from "./validate.js";

/**
 * Applies defaults and parses every scalar of a kind. Values that are broken get their default, so that what is left can
 * still be checked; the result is only complete if the source ends without faults. Frozen throughout.
 */
export function resolveSections(source: Source, context: KindContext): ConfigSections {
  return resolveValue(configSchema, source.value, [], source, context) as ConfigSections;
}

function resolveValue(
  schema: JsonSchema,
  given: unknown,
  path: KeyPath,
  source: Source,
  context: KindContext,
): unknown {
  const absent = given === undefined || isLeftEmpty(given, schema) || source.isBroken(path);
  const value = absent ? schema.default : given;
  const kind = schema["x-kind"];
  if (kind !== undefined && Object.hasOwn(kinds, kind)) {
    const parsed = value === undefined ? undefined : kinds[kind as keyof typeof kinds].parse(value, context);
    if (parsed !== undefined || absent) return parsed;
    source.refuseValue(path, `expected ${expectedText(schema)}, got ${gotValue(value, schema)}`);
    return resolveValue(schema, undefined, path, source, context);
  }
  if (schema.items !== undefined && Array.isArray(value)) {
    const { items } = schema;
    return Object.freeze(value.map((item, index) => resolveValue(items, item, [...path, index], source, context)));
  }
  if (schema.type === undefined || !String(schema.type).includes("object")) return value;
  // `tls: false` is the same as none; `tls: true` is a map of defaults.
  if (value === null || value === false) return null;
  const map = typeof value === "object" ? value : {};
  return Object.freeze(resolveMap(schema, map, path, source, context));
}

function resolveMap(schema: JsonSchema, map: object, path: KeyPath, source: Source, context: KindContext): object {
  const entries = new Map(Object.entries(map));
  const { additionalProperties: item } = schema;
  const schemas =
    typeof item === "object"
      ? [...entries.keys()].map((name) => [name, item] as const)
      : Object.entries(schema.properties ?? {});
  return Object.fromEntries(
    schemas.map(([name, property]) => [
      name,
      resolveValue(property, entries.get(name), [...path, name], source, context),
    ]),
  );
}
