import type { Binding } from "../../rules/index.js";
import { asObject } from "../read-json.js";
import type { Schemas } from "../schemas/create-schemas.js";
import { exampleOf } from "../schemas/example-json.js";
import { type JsonObject, object } from "../types.js";
import { bodyContent } from "./body-schema.js";
import { formContent } from "./form-content.js";

/** Any bytes. JSON Schema has no word for them; `binary` is what tools know. */
const BYTES: JsonObject = { schema: { type: "string", format: "binary" } };

/** The request body of a binding; null for none. `forms` is whether multipart/form-data is read. */
export function requestBody(binding: Binding, schemas: Schemas, forms: boolean): JsonObject | null {
  const body = singleBody(binding, schemas);
  const form = body === null || !forms ? null : formContent(binding, schemas);
  if (body === null || form === null) return body;
  return { ...body, content: { ...asObject(body["content"]), "multipart/form-data": form } };
}

function singleBody(binding: Binding, schemas: Schemas): JsonObject | null {
  const content = bodyContent(binding, schemas);
  switch (content.kind) {
    case "none":
      return null;
    case "raw":
      return {
        description: "The bytes as they are, under their own content type.",
        content: { "application/octet-stream": BYTES, "*/*": BYTES },
      };
    case "json": {
      const { schema, required, message } = content;
      const example = message === null ? undefined : exampleOf(message, heldFields(binding), schemas);
      if (!binding.rpc.clientStreaming) {
        return object({
          required: required ? true : undefined,
          content: { "application/json": object({ schema, example }) },
        });
      }
      return {
        description: "The messages of the stream: a JSON array, or one JSON value a line.",
        required: true,
        content: {
          "application/json": object({
            schema: { type: "array", items: schema },
            example: example === undefined ? undefined : [example],
          }),
          "application/x-ndjson": { schema },
        },
      };
    }
  }
}

function heldFields({ body, variables }: Binding): ReadonlySet<unknown> {
  const depth = body.kind === "field" ? 1 : 0;
  return new Set(variables.flatMap(({ path }) => (path.length === depth + 1 ? [path[depth]] : [])));
}
