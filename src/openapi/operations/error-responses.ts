import { Code, catalogue, codeNames, type ErrorId, httpStatusOf } from "../../core/index.js";
import type { Schema } from "../../schema/index.js";
import type { Schemas } from "../schemas/create-schemas.js";
import type { ErrorForm, JsonObject, JsonSchema, JsonValue } from "../types.js";

/** An answer of the gateway itself. Its status is that of the error in the catalogue that it stands for. */
interface OwnResponse {
  readonly name: string;
  readonly id: ErrorId;
  readonly description: string;
}

const ofEvery: readonly OwnResponse[] = [
  {
    name: "BadRequest",
    id: "GW_FIELD_INVALID",
    description:
      "The path, the query, a header or the body cannot be read, or does not fit its field; `details` names the field. " +
      "Or the service refuses the request as invalid.",
  },
  { name: "BadGateway", id: "GW_UPSTREAM_INVALID", description: "The service's answer cannot be read." },
  { name: "ServiceUnavailable", id: "GW_UPSTREAM_UNAVAILABLE", description: "The service cannot be reached now." },
  { name: "GatewayTimeout", id: "GW_DEADLINE_EXCEEDED", description: "The service did not answer in time." },
];

const ofBodies: readonly OwnResponse[] = [
  { name: "ContentTooLarge", id: "GW_BODY_TOO_LARGE", description: "The body is larger than the gateway takes." },
  {
    name: "UnsupportedMediaType",
    id: "GW_CONTENT_TYPE",
    description: "The body has a content type that the operation does not take, or a content encoding.",
  },
];

const ofRanges: OwnResponse = {
  name: "RangeNotSatisfiable",
  id: "GW_RANGE_UNSATISFIABLE",
  description: "The Range asks for bytes behind the end.",
};

/** Error responses as components, and what refers to them. */
export interface ErrorResponses {
  /** The members of an operation's `responses`; a body can be refused for more reasons. */
  of(hasBody: boolean): JsonObject;
  /** Members of components.responses. */
  readonly components: JsonObject;
  /** The last element of a stream that fails once it has begun. */
  readonly streamError: JsonSchema;
}

/** Makes the error responses of one format. A client that accepts application/problem+json gets that in any format. */
export function errorResponses(schema: Schema, schemas: Schemas, form: ErrorForm, hasRanges: boolean): ErrorResponses {
  const status = statusSchema(schema, schemas);
  const problem = schemas.own(ownName(schema, "Problem"), problemSchema(anyRef(schema, schemas)));
  const ofProblem: JsonObject = { "application/problem+json": { schema: problem } };
  const content: JsonObject =
    form === "problem"
      ? ofProblem
      : { "application/json": { schema: jsonSchema(schema, schemas, form, status) }, ...ofProblem };
  const components: Record<string, JsonValue> = {};
  for (const { name, description } of [...ofEvery, ...ofBodies, ...(hasRanges ? [ofRanges] : [])])
    components[name] = { description, content };
  components["Error"] = { description: `Any other error. ${CODES}`, content };

  const streamError = schemas.own(ownName(schema, "StreamError"), {
    type: "object",
    title: "StreamError",
    description: "The last element of a stream that fails after its first message, when the HTTP status is spent.",
    properties: { error: status },
    required: ["error"],
  });
  return {
    components,
    streamError,
    of(hasBody) {
      const responses = hasBody ? [...ofEvery, ...ofBodies] : ofEvery;
      const members = responses.map(
        ({ name, id }) => [catalogue[id].http, { $ref: `#/components/responses/${name}` }] as const,
      );
      const sorted = members.sort(([a], [b]) => a - b);
      return { ...Object.fromEntries(sorted), default: { $ref: "#/components/responses/Error" } };
    },
  };
}

/** google/rpc/code.proto as a table, so that whoever reads the document finds what a status may mean. */
const CODES = `The HTTP status follows from the gRPC code that the service answers with:\n\n${[
  "| HTTP | gRPC codes |",
  "|---|---|",
  ...[...new Set(Object.values(Code).map(httpStatusOf))]
    .filter((status) => status !== 200)
    .sort((a, b) => a - b)
    .map(
      (status) =>
        `| ${status} | ${Object.values(Code)
          .filter((code) => httpStatusOf(code) === status)
          .map((code) => codeNames[code])
          .join(", ")} |`,
    ),
].join("\n")}`;

/** The body of an error as application/json. */
function jsonSchema(schema: Schema, schemas: Schemas, form: "status" | "google", status: JsonSchema): JsonSchema {
  if (form === "status") return status;
  return schemas.own(ownName(schema, "GoogleError"), googleSchema(anyRef(schema, schemas)));
}

const details = (any: JsonSchema): JsonSchema => ({
  type: "array",
  description: "Further messages, such as google.rpc.ErrorInfo, google.rpc.BadRequest or google.rpc.RetryInfo.",
  items: any,
});

const codeNameSchema: JsonSchema = {
  type: "string",
  description: "The name of the gRPC code.",
  enum: codeNames.slice(1),
};

/** google.rpc.Status: the Schema's own, which every gateway has, or the same written out. */
function statusSchema(schema: Schema, schemas: Schemas): JsonSchema {
  const message = schema.messages.get("google.rpc.Status");
  if (message !== undefined) return schemas.message(message, "reply");
  return schemas.own("google.rpc.Status", {
    type: "object",
    title: "Status",
    properties: {
      code: { type: "integer", format: "int32", description: "The gRPC code." },
      message: { type: "string" },
      details: details(anyRef(schema, schemas)),
    },
  });
}

function googleSchema(any: JsonSchema): JsonSchema {
  return {
    type: "object",
    title: "GoogleError",
    description: "An error as Google's REST APIs write it (AIP-193).",
    properties: {
      error: {
        type: "object",
        properties: {
          code: { type: "integer", format: "int32", description: "The HTTP status." },
          message: { type: "string" },
          status: codeNameSchema,
          details: details(any),
        },
        required: ["code", "message", "status"],
      },
    },
    required: ["error"],
  };
}

function problemSchema(any: JsonSchema): JsonSchema {
  return {
    type: "object",
    title: "Problem",
    description: "An error as RFC 9457 writes it; for clients that accept application/problem+json.",
    properties: {
      type: { type: "string", format: "uri-reference" },
      title: { type: "string", description: "The HTTP status in words." },
      status: { type: "integer", format: "int32", description: "The HTTP status." },
      detail: { type: "string" },
      code: codeNameSchema,
      details: details(any),
    },
    required: ["type", "title", "status", "code"],
  };
}

function anyRef(schema: Schema, schemas: Schemas): JsonSchema {
  const any = schema.messages.get("google.protobuf.Any");
  if (any !== undefined) return schemas.message(any, "reply");
  return { type: "object", properties: { "@type": { type: "string" } }, required: ["@type"] };
}

/** The name of a component of the document's own; a message of the same full name keeps it. No proto name has a hyphen. */
function ownName(schema: Schema, name: string): string {
  return schema.messages.has(name) || schema.enums.has(name) ? `${name}-Portico` : name;
}
