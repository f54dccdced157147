import Type, { type Static, type TObject, type TProperties, type TSchema, type TUnsafe } from "typebox";
import { type KindName, kinds } from "./kinds.js";

/**
 * The words that the schema is written in. Each gives one TypeBox schema whose static type is what the program gets
 * (milliseconds, bytes, absolute paths, every property present); what a user may write is carried beside it, in the type
 * alone (`InputOf`), and is what the JSON Schema describes.
 */
export type Field<In, Out> = TUnsafe<Out> & { readonly "~in": In };
/** A field that has no default. */
export type RequiredField<In, Out> = Field<In, Out> & { readonly "~required": true };

/** What a user may write where the program gets `Static<S>`. */
export type InputOf<S> = S extends Field<infer In, unknown> ? In : S extends TObject<infer P> ? SectionInput<P> : never;
type SectionInput<P extends TProperties> = {
  readonly [K in keyof P as P[K] extends { "~required": true } ? never : K]?: InputOf<P[K]>;
} & { readonly [K in keyof P as P[K] extends { "~required": true } ? K : never]: InputOf<P[K]> };

function field<In, Out>(schema: TSchema): Field<In, Out> {
  return Type.Unsafe<Out>(schema) as Field<In, Out>;
}

/** A map of known keys; left out, it is a map of their defaults. */
export function section<P extends TProperties>(description: string, properties: P): TObject<P> {
  return Type.Object(properties, { additionalProperties: false, description, default: {} });
}

/** A section that is off unless it is written. */
export function optionalSection<P extends TProperties>(
  description: string,
  properties: P,
): Field<InputOf<TObject<P>> | null, Static<TObject<P>> | null> {
  return field({ ...section(description, properties), type: ["object", "null"], default: null });
}

/** A section with defaults for `true`, nothing for `false` and null. */
export function switchedSection<P extends TProperties>(
  description: string,
  properties: P,
): Field<InputOf<TObject<P>> | boolean | null, Static<TObject<P>> | null> {
  return field({ ...section(description, properties), type: ["object", "boolean", "null"], default: null });
}

/** A map from names that the user gives to sections. */
export function named<P extends TProperties>(
  description: string,
  names: string,
  item: TObject<P>,
): Field<Readonly<Record<string, InputOf<TObject<P>>>>, Record<string, Static<TObject<P>>>> {
  const { default: _, ...itemSchema } = item as TSchema & { readonly default?: unknown };
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
  | (K extends "pathOrNull" | "serverName" | "fieldPathOrNull" ? null : never);

function scalarSchema(kind: KindName): TSchema {
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
};
