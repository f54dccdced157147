import { parse } from "yaml";
import type { FieldType, FileType, MessageType, MethodType } from "../../schema/index.js";
import { asList, asObject } from "../read-json.js";
import { filled, type JsonObject, type JsonValue, object } from "../types.js";
import { externalDocs, type MemberTable, type Notes, number, readMembers } from "./members.js";

/** The options of gnostic's openapi.v3, which are OpenAPI 3 as messages: maps are lists of named values. */
const option = (name: "document" | "operation" | "schema" | "property"): string => `[openapi.v3.${name}]`;

const infoMembers: MemberTable = {
  title: ["title"],
  summary: ["summary"],
  description: ["description"],
  version: ["version"],
  terms_of_service: ["termsOfService"],
  contact: ["contact", (value) => readMembers(value, { name: ["name"], url: ["url"], email: ["email"] })],
  license: ["license", (value) => readMembers(value, { name: ["name"], url: ["url"] })],
};

const documentMembers: MemberTable = {
  info: ["info", (value) => readMembers(value, infoMembers)],
  servers: ["servers", readServers],
  security: ["security", readSecurity],
  tags: [
    "tags",
    (value) =>
      asList(value).map((tag) =>
        readMembers(tag, {
          name: ["name"],
          description: ["description"],
          external_docs: ["externalDocs", externalDocs],
        }),
      ),
  ],
  external_docs: ["externalDocs", externalDocs],
};

const operationMembers: MemberTable = {
  tags: ["tags"],
  summary: ["summary"],
  description: ["description"],
  external_docs: ["externalDocs", externalDocs],
  operation_id: ["operationId"],
  deprecated: ["deprecated"],
  security: ["security", readSecurity],
  servers: ["servers", readServers],
  parameters: ["parameters", (value) => asList(value).flatMap(readParameter)],
  request_body: [
    "requestBody",
    (value) => readMembers(asObject(value)["request_body"], { description: ["description"] }),
  ],
  responses: ["responses", readResponses],
};

/** As with openapiv2 options, what a value looks like is ProtoJSON's business: type, format and enum are left. */
const schemaMembers: MemberTable = {
  title: ["title"],
  description: ["description"],
  default: ["default", readDefault],
  example: ["example", readAny],
  read_only: ["readOnly"],
  write_only: ["writeOnly"],
  deprecated: ["deprecated"],
  multiple_of: ["multipleOf"],
  maximum: ["maximum"],
  minimum: ["minimum"],
  max_length: ["maxLength", number],
  min_length: ["minLength", number],
  pattern: ["pattern"],
  max_items: ["maxItems", number],
  min_items: ["minItems", number],
  unique_items: ["uniqueItems"],
  max_properties: ["maxProperties", number],
  min_properties: ["minProperties", number],
  external_docs: ["externalDocs", externalDocs],
};

export function fileNotes({ options }: FileType): Notes {
  const document = asObject(options[option("document")]);
  const named = asList(asObject(asObject(document["components"])["security_schemes"])["additional_properties"]);
  const schemes = named.map((one): [string, JsonValue] => {
    const scheme = asObject(asObject(asObject(one)["value"])["security_scheme"]);
    return [String(asObject(one)["name"]), readSecurityScheme(scheme)];
  });
  return object({
    ...readMembers(document, documentMembers),
    securitySchemes: schemes.length === 0 ? undefined : Object.fromEntries(schemes),
    ...extensionsOf(document),
  });
}

export function methodNotes({ options }: MethodType): Notes {
  const operation = asObject(options[option("operation")]);
  return { ...readMembers(operation, operationMembers), ...extensionsOf(operation) };
}

export function messageNotes({ options }: MessageType): Notes {
  const schema = asObject(options[option("schema")]);
  return { ...readMembers(schema, schemaMembers), ...extensionsOf(schema) };
}

export function fieldNotes({ options }: FieldType): Notes {
  const schema = asObject(options[option("property")]);
  return { ...readMembers(schema, schemaMembers), ...extensionsOf(schema) };
}

/** The JSON names of the fields that openapi.v3.schema asks for. */
export function requiredNames({ options }: MessageType): readonly JsonValue[] {
  return asList(asObject(options[option("schema")])["required"]);
}

function readServers(value: JsonValue): JsonValue {
  return asList(value).map((server) => readMembers(server, { url: ["url"], description: ["description"] }));
}

/** A requirement: schemes by name, each with its scopes. */
function readSecurity(value: JsonValue): JsonValue {
  return asList(value).map((requirement) =>
    Object.fromEntries(
      asList(asObject(requirement)["additional_properties"]).map((one) => {
        const { name, value: scopes } = asObject(one);
        return [String(name), [...asList(asObject(scopes)["value"])]];
      }),
    ),
  );
}

function readSecurityScheme(scheme: JsonObject): JsonObject {
  return readMembers(scheme, {
    type: ["type"],
    description: ["description"],
    name: ["name"],
    in: ["in"],
    scheme: ["scheme"],
    bearer_format: ["bearerFormat"],
    open_id_connect_url: ["openIdConnectUrl"],
    flows: ["flows", readFlows],
  });
}

function readFlows(value: JsonValue): JsonValue {
  const flow = (one: JsonValue): JsonValue => ({
    ...readMembers(one, {
      authorization_url: ["authorizationUrl"],
      token_url: ["tokenUrl"],
      refresh_url: ["refreshUrl"],
    }),
    scopes: Object.fromEntries(
      asList(asObject(asObject(one)["scopes"])["additional_properties"]).map((scope) => {
        const { name, value: meaning } = asObject(scope);
        return [String(name), meaning ?? ""];
      }),
    ),
  });
  return readMembers(value, {
    implicit: ["implicit", flow],
    password: ["password", flow],
    client_credentials: ["clientCredentials", flow],
    authorization_code: ["authorizationCode", flow],
  });
}

/** DefaultType: a oneof of number, boolean and string. */
function readDefault(value: JsonValue): JsonValue {
  const { number: ofNumber, boolean: ofBoolean, string: ofString } = asObject(value);
  return ofNumber ?? ofBoolean ?? ofString ?? "";
}

/** gnostic's Any: `yaml` is the text of the value. What is no YAML is taken as text. */
function readAny(value: JsonValue): JsonValue {
  const text = String(asObject(value)["yaml"] ?? "");
  try {
    return (parse(text, { logLevel: "error" }) ?? null) as JsonValue;
  } catch {
    return text;
  }
}

/** A parameter without what it looks like, but for that of a header or a cookie, which nobody else can tell. */
function readParameter(value: JsonValue): readonly JsonObject[] {
  const parameter = asObject(asObject(value)["parameter"]);
  const { name, in: place } = parameter;
  if (typeof name !== "string" || typeof place !== "string") return [];
  const words = readMembers(parameter, {
    description: ["description"],
    deprecated: ["deprecated"],
    example: ["example", readAny],
  });
  if (place !== "header" && place !== "cookie") return [{ name, in: place, ...words }];
  const required = parameter["required"] === true ? { required: true } : {};
  return [{ name, in: place, ...words, ...required, schema: readPlainSchema(parameter["schema"]) }];
}

/** The schema of a header's value, which is text; a reference, which leads out of the option, is text too. */
function readPlainSchema(value: JsonValue | undefined): JsonObject {
  const schema = asObject(asObject(value)["schema"]);
  const members = readMembers(schema, {
    ...schemaMembers,
    type: ["type"],
    format: ["format"],
    enum: ["enum", (values) => asList(values).map(readAny)],
  });
  return { type: "string", ...members };
}

/** Responses by status, with what Notes have of them. */
function readResponses(value: JsonValue): JsonValue {
  const { default: otherwise, response_or_reference: named } = asObject(value);
  const read = (of: JsonValue | undefined): JsonObject => {
    const response = asObject(asObject(of)["response"]);
    const headers = asList(asObject(response["headers"])["additional_properties"]).map(namedValue);
    const media = asList(asObject(response["content"])["additional_properties"]).map(namedValue);
    return object({
      description: response["description"],
      headers: filled(Object.fromEntries(headers.map(([name, one]) => [name, readHeader(one)]))),
      examples: filled(object(Object.fromEntries(media.map(([type, one]) => [type, readExample(one)])))),
      types: filled(media.map(([type]) => type)),
      ...extensionsOf(response),
    });
  };
  const all = asList(named).map(namedValue);
  return {
    ...Object.fromEntries(all.map(([status, response]) => [status, read(response)])),
    ...(otherwise === undefined ? {} : { default: read(otherwise) }),
  };
}

function readHeader(value: JsonValue): JsonObject {
  const header = asObject(asObject(value)["header"]);
  return { ...readMembers(header, { description: ["description"] }), schema: readPlainSchema(header["schema"]) };
}

function readExample(media: JsonValue): JsonValue | undefined {
  const { example } = asObject(media);
  return example === undefined ? undefined : readAny(example);
}

/** An entry of what is a map in OpenAPI. */
function namedValue(value: JsonValue): readonly [name: string, value: JsonValue] {
  const { name, value: of } = asObject(value);
  return [String(name), of ?? {}];
}

function extensionsOf(of: JsonObject): JsonObject {
  const entries = asList(of["specification_extension"]).map((one): [string, JsonValue] => {
    const { name, value } = asObject(one);
    return [String(name), readAny(value ?? "")];
  });
  return object(Object.fromEntries(entries.filter(([name]) => name.startsWith("x-"))));
}
