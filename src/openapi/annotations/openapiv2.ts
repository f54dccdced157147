import type { EnumType, FieldType, FileType, MessageType, MethodType, ServiceType } from "../../schema/index.js";
import { asList, asObject } from "../read-json.js";
import { filled, type JsonObject, type JsonValue, object } from "../types.js";
import { externalDocs, type MemberTable, type Notes, number, readExtensions, readMembers } from "./members.js";

/** The options of protoc-gen-openapiv2, by the element that they stand on. */
const option = (name: string): string => `[grpc.gateway.protoc_gen_openapiv2.options.openapiv2_${name}]`;

const infoMembers: MemberTable = {
  title: ["title"],
  description: ["description"],
  version: ["version"],
  terms_of_service: ["termsOfService"],
  contact: ["contact", (value) => readMembers(value, { name: ["name"], url: ["url"], email: ["email"] })],
  license: ["license", (value) => readMembers(value, { name: ["name"], url: ["url"] })],
};

const operationMembers: MemberTable = {
  tags: ["tags"],
  summary: ["summary"],
  description: ["description"],
  external_docs: ["externalDocs", externalDocs],
  operation_id: ["operationId"],
  deprecated: ["deprecated"],
  security: ["security", readSecurity],
};

/**
 * What they say of a schema. Its type, format and enum are those of ProtoJSON whatever an option says, for a document that
 * says otherwise would be wrong; so is a `ref`.
 */
const schemaMembers: MemberTable = {
  title: ["title"],
  description: ["description"],
  default: ["default", readJson],
  example: ["example", readJson],
  read_only: ["readOnly"],
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

/** openapiv2_swagger of a file: members of the document itself. */
export function fileNotes({ options }: FileType): Notes {
  const swagger = asObject(options[option("swagger")]);
  const info = readMembers(swagger["info"], infoMembers);
  const schemes = asObject(asObject(swagger["security_definitions"])["security"]);
  return object({
    info:
      Object.keys(info).length === 0
        ? undefined
        : { ...info, ...readExtensions(asObject(swagger["info"])["extensions"]) },
    servers: readServers(swagger),
    tags: swagger["tags"] === undefined ? undefined : asList(swagger["tags"]).map(readTag),
    externalDocs: swagger["external_docs"] === undefined ? undefined : externalDocs(swagger["external_docs"]),
    security: swagger["security"] === undefined ? undefined : readSecurity(swagger["security"]),
    securitySchemes: Object.keys(schemes).length === 0 ? undefined : mapValues(schemes, readSecurityScheme),
    ...readExtensions(swagger["extensions"]),
  });
}

export function serviceNotes({ options }: ServiceType): Notes {
  return readTag(options[option("tag")] ?? {});
}

export function methodNotes({ options }: MethodType): Notes {
  const annotation = asObject(options[option("operation")]);
  const headers = asList(asObject(annotation["parameters"])["headers"]).map(readHeader);
  return object({
    ...readMembers(annotation, operationMembers),
    // Laid beside the parameters of the operation, and over its responses.
    parameters: headers.length === 0 ? undefined : headers,
    responses: annotation["responses"] === undefined ? undefined : readResponses(annotation["responses"]),
    consumes: filled(asList(annotation["consumes"])),
    produces: filled(asList(annotation["produces"])),
    ...readExtensions(annotation["extensions"]),
  });
}

export function messageNotes({ options }: MessageType): Notes {
  const annotation = asObject(options[option("schema")]);
  return object({
    ...readMembers(annotation["json_schema"], schemaMembers),
    ...readMembers(annotation, {
      read_only: ["readOnly"],
      external_docs: ["externalDocs", externalDocs],
      example: ["example", readJson],
    }),
    ...readExtensions(asObject(annotation["json_schema"])["extensions"]),
  });
}

export function fieldNotes({ options }: FieldType): Notes {
  const annotation = asObject(options[option("field")]);
  return object({ ...readMembers(annotation, schemaMembers), ...readExtensions(annotation["extensions"]) });
}

/** What openapiv2_field calls the parameter of a path that a field is; null for nothing. */
export function pathParameterName({ options }: FieldType): string | null {
  const { path_param_name: name } = asObject(asObject(options[option("field")])["field_configuration"]);
  return typeof name === "string" && name !== "" ? name : null;
}

/** The JSON names of the fields that openapiv2_schema asks for. */
export function requiredNames({ options }: MessageType): readonly JsonValue[] {
  return asList(asObject(asObject(options[option("schema")])["json_schema"])["required"]);
}

export function enumNotes({ options }: EnumType): Notes {
  const annotation = asObject(options[option("enum")]);
  return object({
    ...readMembers(annotation, {
      title: ["title"],
      description: ["description"],
      default: ["default"],
      external_docs: ["externalDocs", externalDocs],
      example: ["example", readJson],
    }),
    ...readExtensions(annotation["extensions"]),
  });
}

/** Examples and defaults are JSON in a string; what is no JSON is a string itself. */
function readJson(value: JsonValue): JsonValue {
  try {
    return JSON.parse(String(value)) as JsonValue;
  } catch {
    return value;
  }
}

function readTag(value: JsonValue): JsonObject {
  const members: MemberTable = {
    name: ["name"],
    description: ["description"],
    external_docs: ["externalDocs", externalDocs],
  };
  return { ...readMembers(value, members), ...readExtensions(asObject(value)["extensions"]) };
}

function readServers({ host, base_path: basePath, schemes }: JsonObject): JsonObject[] | undefined {
  if (host === undefined && basePath === undefined) return undefined;
  const path = String(basePath ?? "");
  if (host === undefined) return [{ url: path }];
  const names = asList(schemes).map((scheme) => String(scheme).toLowerCase());
  return (names.length === 0 ? ["https"] : names).map((scheme) => ({ url: `${scheme}://${String(host)}${path}` }));
}

function readSecurity(value: JsonValue): JsonValue {
  return asList(value).map((requirement) =>
    mapValues(asObject(asObject(requirement)["security_requirement"]), (of) => [...asList(asObject(of)["scope"])]),
  );
}

/** Swagger 2.0's schemes as OpenAPI 3 has them. */
function readSecurityScheme(value: JsonValue): JsonObject {
  const scheme = asObject(value);
  const description = scheme["description"];
  const beside = readExtensions(scheme["extensions"]);
  switch (scheme["type"]) {
    case "TYPE_BASIC":
      return object({ type: "http", scheme: "basic", description, ...beside });
    case "TYPE_API_KEY":
      return object({
        type: "apiKey",
        name: scheme["name"],
        in: scheme["in"] === "IN_QUERY" ? "query" : "header",
        description,
        ...beside,
      });
    default:
      return object({ type: "oauth2", flows: readFlows(scheme), description, ...beside });
  }
}

const flows: Readonly<Record<string, string>> = {
  FLOW_IMPLICIT: "implicit",
  FLOW_PASSWORD: "password",
  FLOW_APPLICATION: "clientCredentials",
  FLOW_ACCESS_CODE: "authorizationCode",
};

function readFlows(scheme: JsonObject): JsonObject {
  const flow = object({
    authorizationUrl: scheme["authorization_url"],
    tokenUrl: scheme["token_url"],
    scopes: { ...asObject(asObject(scheme["scopes"])["scope"]) },
  });
  return { [flows[String(scheme["flow"])] ?? "implicit"]: flow };
}

const headerTypes: Readonly<Record<string, string>> = {
  STRING: "string",
  NUMBER: "number",
  INTEGER: "integer",
  BOOLEAN: "boolean",
};

function readHeader(value: JsonValue): JsonObject {
  const { name, description, type, format, required } = asObject(value);
  return object({
    name,
    in: "header",
    description,
    required: required === true ? true : undefined,
    schema: object({ type: headerTypes[String(type)] ?? "string", format }),
  });
}

/** Responses by status, with what Notes have of them; their schemas are of Swagger 2.0 and of what another gateway answers. */
function readResponses(value: JsonValue): JsonObject {
  return mapValues(asObject(value), (response) => {
    const { description, headers, examples, extensions } = asObject(response);
    return object({
      description: description ?? "",
      headers: filled(mapValues(asObject(headers), readResponseHeader)),
      examples: filled(mapValues(asObject(examples), readJson)),
      ...readExtensions(extensions),
    });
  });
}

function readResponseHeader(value: JsonValue): JsonObject {
  const { description, type, format, pattern, default: byDefault } = asObject(value);
  const schema = object({
    type: type ?? "string",
    format,
    pattern,
    default: byDefault === undefined ? undefined : readJson(byDefault),
  });
  return object({ description, schema });
}

function mapValues(of: JsonObject, convert: (value: JsonValue) => JsonValue): JsonObject {
  return Object.fromEntries(Object.entries(of).map(([key, value]) => [key, convert(value)]));
}
