import type { Binding } from "../../rules/index.js";
import type { FieldType, MessageType } from "../../schema/index.js";
import type { Schemas } from "../schemas/create-schemas.js";
import { isAlwaysThere, type Variant } from "../schemas/variants.js";
import type { JsonSchema } from "../types.js";

/** What the body of a binding is made of. */
export type BodyContent =
  | { readonly kind: "none" }
  /** JSON of the request message or of one of its fields; of one message of a client stream. */
  | {
      readonly kind: "json";
      readonly schema: JsonSchema;
      readonly required: boolean;
      readonly message: MessageType | null;
    }
  /** google.api.HttpBody: any bytes of any type. */
  | { readonly kind: "raw" };

/** Reads what the body of a binding is. */
export function bodyContent(binding: Binding, schemas: Schemas): BodyContent {
  const { body, rpc } = binding;
  if (body.kind === "none") return { kind: "none" };
  const variant = bodyVariant(binding);
  if (body.kind === "whole") {
    if (isHttpBody(rpc.input)) return { kind: "raw" };
    const held = binding.variables.map((variable) => variable.path);
    const schema = wholeSchema(rpc.input, held, variant, schemas);
    const required = schemas
      .fieldsOf(rpc.input)
      .some((field) => isAlwaysThere(field, variant, schemas.form) && !held.some(([first]) => first === field));
    return { kind: "json", schema, required: required || rpc.clientStreaming, message: rpc.input };
  }
  const { field } = body;
  const singular = field.cardinality.kind === "singular" && field.type.kind === "message" ? field.type.message : null;
  if (singular !== null && isHttpBody(singular)) return { kind: "raw" };
  const required = isAlwaysThere(field, "request", schemas.form) || rpc.clientStreaming;
  const below = binding.variables.filter(({ path }) => path[0] === field).map(({ path }) => path.slice(1));
  const schema = singular === null ? schemas.value(field, variant) : innerSchema(singular, below, variant, schemas);
  return { kind: "json", schema, required, message: singular };
}

/**
 * A PATCH under a FieldMask (AIP-134) has any part of the resource. Without a mask in the request a PATCH is what its
 * service makes of it, and then the annotations stand.
 */
function bodyVariant({ httpMethod, rpc }: Binding): Variant {
  const masked = rpc.input.fields.some(
    ({ type }) => type.kind === "message" && type.message.fullName === "google.protobuf.FieldMask",
  );
  return httpMethod === "PATCH" && masked ? "patch" : "request";
}

/** The request without what the path gives. */
function wholeSchema(
  message: MessageType,
  held: readonly (readonly FieldType[])[],
  variant: Variant,
  schemas: Schemas,
): JsonSchema {
  const out = new Set(held.flatMap((path) => (path.length === 1 && path[0] !== undefined ? [path[0]] : [])));
  return out.size === 0
    ? schemas.message(message, variant)
    : schemas.partOf(message, variant, { out, optional: new Set() });
}

/** A message in which the path gives some fields: they may be there as well (the path wins), but need not. */
function innerSchema(
  message: MessageType,
  held: readonly (readonly FieldType[])[],
  variant: Variant,
  schemas: Schemas,
): JsonSchema {
  const optional = new Set(held.flatMap((path) => (path.length === 1 && path[0] !== undefined ? [path[0]] : [])));
  const asked = [...optional].some((field) => isAlwaysThere(field, variant, schemas.form));
  return asked ? schemas.partOf(message, variant, { out: new Set(), optional }) : schemas.message(message, variant);
}

/** Whether a message is google.api.HttpBody: raw bytes under a content type instead of JSON. */
export function isHttpBody(message: MessageType): boolean {
  return message.fullName === "google.api.HttpBody";
}
