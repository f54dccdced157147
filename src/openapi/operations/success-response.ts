import type { Binding } from "../../rules/index.js";
import type { FieldType } from "../../schema/index.js";
import { commentText, splitSummary } from "../comment-text.js";
import type { Schemas } from "../schemas/create-schemas.js";
import { nullable } from "../schemas/scalar-schema.js";
import { isAny, wellKnownSchema } from "../schemas/well-known-schema.js";
import { type JsonObject, type JsonSchema, object, type StreamForm } from "../types.js";
import { isHttpBody } from "./body-schema.js";

/** What all success responses of a document share. */
export interface SuccessContext {
  readonly schemas: Schemas;
  readonly streamError: JsonSchema;
  readonly streams: StreamForm;
  /** Headers of the response; empty for none. */
  readonly headers: JsonObject;
}

/** The response of status 200: the reply, its response_body, an HttpBody's bytes, or a stream in each of its framings. */
export function successResponse(binding: Binding, context: SuccessContext): JsonObject {
  const { rpc } = binding;
  const { summary } = splitSummary(commentText(rpc.output.comments));
  return object({
    description: summary === "" || isHttpBody(rpc.output) ? "OK" : summary,
    headers: Object.keys(context.headers).length === 0 ? undefined : context.headers,
    // RFC 9110, 9.3.2: a response to HEAD has no content.
    content: binding.httpMethod === "HEAD" ? undefined : contentOf(binding, context),
  });
}

function contentOf(binding: Binding, { schemas, streamError, streams }: SuccessContext): JsonObject {
  const { rpc, responseBody } = binding;
  if (isRawReply(binding)) return { "*/*": { schema: { type: "string", format: "binary" } } };
  const schema = responseBody === null ? schemas.message(rpc.output, "reply") : bodySchema(responseBody, schemas);
  if (!rpc.serverStreaming) return { "application/json": { schema } };
  const item = { anyOf: [schema, streamError] };
  const framings: Readonly<Record<StreamForm, readonly [string, JsonObject]>> = {
    array: ["application/json", { schema: { type: "array", items: item } }],
    // OpenAPI 3.1 has no schema for a sequence: as is usual, the schema is that of one line or event.
    ndjson: ["application/x-ndjson", { schema: item }],
    sse: ["text/event-stream", { schema }],
  };
  const order: readonly StreamForm[] = ["array", "ndjson", "sse"];
  const sorted = [streams, ...order.filter((name) => name !== streams)];
  return Object.fromEntries(sorted.map((name) => framings[name]));
}

/** Whether replies are the bytes of a google.api.HttpBody. */
export function isRawReply({ rpc, responseBody }: Binding): boolean {
  if (responseBody === null) return isHttpBody(rpc.output);
  const { cardinality, type } = responseBody;
  return cardinality.kind === "singular" && type.kind === "message" && isHttpBody(type.message);
}

/** A field as the whole body. One that is not set is its zero, or null where it has a JSON form of its own. */
function bodySchema(field: FieldType, schemas: Schemas): JsonSchema {
  const schema = schemas.value(field, "reply");
  if (field.cardinality.kind !== "singular" || field.type.kind !== "message") return schema;
  const { message } = field.type;
  const alwaysThere = message.name === "Struct" || message.name === "ListValue" || message.name === "Empty";
  const ownForm = isAny(message) || wellKnownSchema(message, schemas.form) !== null;
  return ownForm && !alwaysThere ? nullable(schema) : schema;
}
