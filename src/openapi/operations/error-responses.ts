import { type CatalogueEntry, Code, catalogue, codeNames, type ErrorId, httpStatusOf } from "../../core/index.js";
import type { Schema } from "../../schema/index.js";
import type { Schemas } from "../schemas/create-schemas.js";
import type { ErrorForm, JsonObject, JsonSchema, JsonValue } from "../types.js";

/** What the gateway itself answers with, by the name of its response. Any other status is the service's (`default`). */
const own: Readonly<Record<string, readonly ErrorId[]>> = {
  BadRequest: [
    "GW_URL_MALFORMED",
    "GW_QUERY_UNKNOWN",
    "GW_QUERY_REPEATED",
    "GW_FIELD_INVALID",
    "GW_FIELD_UNKNOWN",
    "GW_FIELD_COLLISION",
    "GW_BODY_NOT_JSON",
    "GW_BODY_TOO_DEEP",
    "GW_BODY_UNEXPECTED",
    "GW_HEADER_INVALID",
  ],
  ContentTooLarge: ["GW_BODY_TOO_LARGE"],
  UnsupportedMediaType: ["GW_CONTENT_TYPE"],
  BadGateway: ["GW_UPSTREAM_INVALID"],
  ServiceUnavailable: ["GW_UPSTREAM_UNAVAILABLE"],
  GatewayTimeout: ["GW_DEADLINE_EXCEEDED"],
};

const ofEvery = ["BadRequest", "BadGateway", "ServiceUnavailable", "GatewayTimeout"];
const ofBodies = ["ContentTooLarge", "UnsupportedMediaType"];

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
export function errorResponses(schema: Schema, schemas: Schemas, form: ErrorForm): ErrorResponses {
  const status = statusSchema(schema, schemas);
  const problem = schemas.own(ownName(schema, "Problem"), problemSchema(anyRef(schema, schemas)));
  const json =
    form === "status" ? status : schemas.own(ownName(schema, "GoogleError"), googleSchema(anyRef(schema, schemas)));
  const content: JsonObject =
    form === "problem"
      ? { "application/problem+json": { schema: problem } }
      : { "application/json": { schema: json }, "application/problem+json": { schema: problem } };
  const components: Record<string, JsonValue> = {};
  for (const [name, ids] of Object.entries(own)) components[name] = { description: meanings(ids), content };
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
      const names = hasBody ? [...ofEvery, ...ofBodies] : ofEvery;
      const members = names.map((name) => [statusOf(name), { $ref: `#/components/responses/${name}` }] as const);
      const sorted = members.sort(([a], [b]) => Number(a) - Number(b));
      return { ...Object.fromEntries(sorted), default: { $ref: "#/components/responses/Error" } };
    },
  };
}

function statusOf(name: string): string {
  const [id] = own[name] ?? [];
  return id === undefined ? "default" : String(catalogue[id].http);
}

function meanings(ids: readonly ErrorId[]): string {
  const entries: readonly CatalogueEntry[] = ids.map((id) => catalogue[id]);
  const texts = [...new Set(entries.map(({ meaning }) => meaning))];
  if (texts.length === 1 && texts[0] !== undefined) return texts[0];
  return `One of:\n\n${texts.map((text) => `- ${text}`).join("\n")}`;
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
