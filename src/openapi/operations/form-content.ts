import type { Binding } from "../../rules/index.js";
import type { FieldType } from "../../schema/index.js";
import { commentText } from "../comment-text.js";
import { hasBehavior } from "../field-behavior.js";
import type { Schemas } from "../schemas/create-schemas.js";
import { filled, type JsonObject, object } from "../types.js";
import { isHttpBody } from "./body-schema.js";
import { isHeld } from "./held-fields.js";

/**
 * The body of an operation as multipart/form-data, whose parts are fields of the request, files among them; null where no
 * field takes a file. Any body may come as a form; it is told where a client has a reason to send one.
 */
export function formContent(binding: Binding, schemas: Schemas): JsonObject | null {
  const inPath: Binding = { ...binding, body: { kind: "none" } };
  const fields = schemas
    .fieldsOf(binding.rpc.input)
    .filter((field) => !isHeld(inPath, [field]) && !hasBehavior(field, "OUTPUT_ONLY"));
  if (isHttpBody(binding.rpc.input) || !fields.some(takesFile)) return null;
  const properties: [string, JsonObject][] = [];
  for (const field of fields) {
    const description = filled(commentText(field.comments));
    properties.push([schemas.nameOf(field), object({ ...partSchema(field, schemas), description })]);
  }
  return { schema: { type: "object", properties: Object.fromEntries(properties) } };
}

function takesFile({ type, cardinality }: FieldType): boolean {
  if (cardinality.kind === "map") return false;
  return type.kind === "message" ? isHttpBody(type.message) : type.kind === "scalar" && type.scalar === "bytes";
}

function partSchema(field: FieldType, schemas: Schemas): JsonObject {
  if (!takesFile(field)) return schemas.value(field, "request");
  const file = { type: "string", format: "binary" };
  return field.cardinality.kind === "repeated" ? { type: "array", items: file } : file;
}
