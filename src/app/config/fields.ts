import type { JsonSchema } from "./json-schema.js";
import { type KindName, kinds } from "./kinds.js";

/**
 * The words that the schema is written in. Each gives a JSON Schema of what a user may write (`InputOf`), which carries, in
 * the type alone, what the program gets from it (`OutputOf`: milliseconds, bytes, absolute paths, every property present).
 */
export interface Field<In, Out> extends JsonSchema {
  readonly "~in": In;
  readonly "~out": Out;
}
/** A field that has no default. */
export type RequiredField<In, Out> = Field<In, Out> & { readonly "~required": true };
/** A map of known keys. */
export interface Section<P extends Properties> extends JsonSchema {
  readonly properties: P;
}
type Properties = Readonly<Record<string, JsonSchema>>;

/** What a user may write where the program gets `OutputOf<S>`. */
export type InputOf<S> =
  S extends Field<infer In, unknown> ? In : S extends Section<infer P extends Properties> ? SectionInput<P> : never;
type SectionInput<P extends Properties> = {
  readonly [K in keyof P as P[K] extends { "~required": true } ? never : K]?: InputOf<P[K]>;
} & { readonly [K in keyof P as P[K] extends { "~required": true } ? K : never]: InputOf<P[K]> };

/** What the program gets. */
export type OutputOf<S> =
  S extends Field<unknown, infer Out> ? Out : S extends Section<infer P extends Properties> ? SectionOutput<P> : never;
type SectionOutput<P extends Properties> = { readonly [K in keyof P]: OutputOf<P[K]> };

function field<In, Out>(schema: JsonSchema): Field<In, Out> {
  return schema as Field<In, Out>;
}

/** A map of known keys; left out, it is a map of their defaults. */
export function section<P extends Properties>(description: string, properties: P): Section<P> {
  const required = Object.keys(properties).filter((name) => properties[name]?.default === undefined);
  return {
    type: "object",
    ...(required.length > 0 && { required }),
    properties,
    additionalProperties: false,
    description,
    default: {},
  };
}

/** A section that is off unless it is written. */
export function optionalSection<P extends Properties>(
  description: string,
  properties: P,
): Field<InputOf<Section<P>> | null, OutputOf<Section<P>> | null> {
  return field({ ...section(description, properties), type: ["object", "null"], default: null });
}

/** A section with defaults for `true`, nothing for `false` and null. */
export function switchedSection<P extends Properties>(
  description: string,
  properties: P,
): Field<InputOf<Section<P>> | boolean | null, OutputOf<Section<P>> | null> {
  return field({ ...section(description, properties), type: ["object", "boolean", "null"], default: null });
}

/** A map from names that the user gives to sections. */
export function named<P extends Properties>(
  description: string,
  names: string,
  item: Section<P>,
): Field<Readonly<Record<string, InputOf<Section<P>>>>, Record<string, OutputOf<Section<P>>>> {
  const { default: _, ...itemSchema } = item;
  return field({
    type: "object",
    propertyNames: { pattern: names },
    additionalProperties: itemSchema,
    description,
    default: {},
  });
}

export function text(byDefault: string, description: string): Field<string, string> {
  return field({ type: "string", minLength: 1, default: byDefault, description });
}

export function toggle(byDefault: boolean, description: string): Field<boolean, boolean> {
  return field({ type: "boolean", default: byDefault, description });
}

export function integer(
  byDefault: number,
  minimum: number,
  maximum: number,
  description: string,
): Field<number, number> {
  return field({ type: "integer", minimum, maximum, default: byDefault, description });
}

export function number(
  byDefault: number,
  minimum: number,
  maximum: number,
  description: string,
): Field<number, number> {
  return field({ type: "number", minimum, maximum, default: byDefault, description });
}

/** One of several words. The default is the first of them unless `byDefault` names another. */
export function choice<const V extends readonly [string, ...string[]]>(
  values: V,
  description: string,
  byDefault: V[number] = values[0],
): Field<V[number], V[number]> {
  return field({ enum: [...values], default: byDefault, description });
}

/** What each kind becomes, as `kinds` has it. */
type KindOut<K extends KindName> = Exclude<ReturnType<(typeof kinds)[K]["parse"]>, undefined>;

/** A scalar of a kind of its own; see kinds.ts. */
export function scalar<K extends KindName>(
  kind: K,
  byDefault: string | number | null,
  description: string,
): Field<KindIn<K>, KindOut<K>> {
  return field({ ...scalarSchema(kind), default: byDefault, description });
}

/** A scalar that must be given. */
export function requiredScalar<K extends KindName>(kind: K, description: string): RequiredField<KindIn<K>, KindOut<K>> {
  return field({ ...scalarSchema(kind), description }) as unknown as RequiredField<KindIn<K>, KindOut<K>>;
}

/** A list of scalars of one kind. */
export function list<K extends KindName>(
  kind: K,
  byDefault: readonly string[],
  description: string,
): Field<readonly KindIn<K>[], KindOut<K>[]> {
  return field({ type: "array", items: scalarSchema(kind), default: byDefault, description });
}

/** A list of texts. */
export function texts(description: string): Field<readonly string[], string[]> {
  return field({ type: "array", items: { type: "string", minLength: 1 }, default: [], description });
}

/** What may be written for each kind beside text. */
type KindIn<K extends KindName> =
  | string
  | (K extends "size" | "countOrNone" | "workers" ? number : never)
  | (K extends "urlPath" ? false | null : never)
  | (K extends "pathOrNull" | "serverName" | "fieldPathOrNull" | "secretOrNull" ? null : never);

function scalarSchema(kind: KindName): JsonSchema {
  const { pattern } = kinds[kind];
  return {
    type: scalarTypes[kind] ?? "string",
    ...(pattern === null ? { minLength: 1 } : { pattern }),
    ...(kind === "size" ? { minimum: 0 } : {}),
    ...(kind === "countOrNone" || kind === "workers" ? { minimum: 1 } : {}),
    ...(kind === "urlPath" ? { not: { const: true } } : {}),
    "x-kind": kind,
  };
}

const scalarTypes: { readonly [K in KindName]?: readonly string[] } = {
  size: ["string", "integer"],
  countOrNone: ["string", "integer"],
  workers: ["string", "integer"],
  urlPath: ["string", "boolean", "null"],
  pathOrNull: ["string", "null"],
  serverName: ["string", "null"],
  fieldPathOrNull: ["string", "null"],
  secretOrNull: ["string", "null"],
};
