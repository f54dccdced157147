import { finish, type Steps } from "../core/index.js";
import type { Binding } from "../rules/index.js";
import type { MessageType, ServiceType } from "../schema/index.js";
import { type Notes, notesOfFile, notesOfService } from "./annotations/index.js";
import { commentText } from "./comment-text.js";
import { defaultInfo } from "./default-info.js";
import { buildOperation, type OperationContext } from "./operations/build-operation.js";
import { downloadMembers } from "./operations/download-responses.js";
import { errorResponses } from "./operations/error-responses.js";
import { operationNames } from "./operations/operation-names.js";
import { headerParameters, lastEventId } from "./operations/request-headers.js";
import { openPath, unifyPaths } from "./paths/open-path.js";
import { collectResources } from "./paths/resource-names.js";
import { asList, asObject } from "./read-json.js";
import { createSchemas, type Schemas } from "./schemas/create-schemas.js";
import { nameVariants, type Variant, type VariantNames } from "./schemas/variants.js";
import { filled, type JsonObject, type JsonValue, type OpenApiDocument, type OpenApiInput, object } from "./types.js";
import { createVisibility, type Visibility } from "./visibility.js";

/** The methods that a path item has a place for (OpenAPI 3.1, "Path Item Object"), in the order of the document. */
const itemMethods = ["GET", "PUT", "POST", "DELETE", "OPTIONS", "HEAD", "PATCH", "TRACE"];

/** What a rule for any method stands for; a body goes only where HTTP gives it a meaning (RFC 9110, 9.3). */
const anyMethod = { plain: ["GET", "PUT", "POST", "DELETE", "PATCH"], withBody: ["PUT", "POST", "PATCH"] };

/**
 * The OpenAPI 3.1 document of what a gateway serves. The same input gives the same document, member by member: paths in the
 * order of the bindings, components by name.
 */
export function buildOpenApi(given: OpenApiInput): OpenApiDocument {
  return finish(buildOpenApiInSteps(given));
}

/** The same, an operation or a component at a time. */
export function* buildOpenApiInSteps(given: OpenApiInput): Steps<OpenApiDocument> {
  const visibility = createVisibility(given.visibility, given.exclude);
  const input = { ...given, bindings: given.bindings.filter(visibility.isBindingVisible) };
  // Which components there are shows when all is written; what they are called depends on which there are.
  const usage = new Map<MessageType, Set<Variant>>();
  yield* writeDocument(input, visibility, (message, variant) => {
    usage.set(message, (usage.get(message) ?? new Set()).add(variant));
    return `${message.fullName}/${variant}`;
  });
  return yield* writeDocument(input, visibility, nameVariants(usage, input.json));
}

function* writeDocument(
  input: OpenApiInput,
  visibility: Visibility,
  variantNames: VariantNames,
): Steps<OpenApiDocument> {
  const { bindings, schema, json } = input;
  const schemas = createSchemas(json, variantNames, visibility);
  const names = operationNames(bindings);
  const errors = errorResponses(
    schema,
    schemas,
    input.errors,
    bindings.some((binding) => hasRanges(binding, input)),
  );
  const headers = headerParameters(input);
  const context: OperationContext = {
    schemas,
    names,
    errors,
    streamError: errors.streamError,
    streams: input.streams,
    forms: input.forms,
    downloads: input.downloads,
    headers:
      input.requestIdHeader === null ? {} : { [input.requestIdHeader]: { $ref: "#/components/headers/RequestId" } },
    parameters: Object.keys(headers).map((name) => ({ $ref: `#/components/parameters/${name}` })),
    lastEventId: (binding) => lastEventId(binding, input),
  };
  const notes = fileNotes(bindings);
  const paths = yield* buildPaths(input, context, schemas);
  return {
    openapi: "3.1.0",
    info: documentInfo(input, notes),
    servers: listOr(
      notes["servers"],
      input.servers.map((url) => ({ url })),
    ),
    security: listOr(notes["security"], [{}, { bearer: [] }]),
    tags: serviceTags(bindings, names.tag, notes),
    ...beside(notes),
    paths,
    components: {
      schemas: yield* schemas.components(),
      responses: errors.components,
      parameters: headers,
      ...(input.requestIdHeader === null
        ? {}
        : {
            headers: {
              RequestId: { description: "Tells the request in logs and traces.", schema: { type: "string" } },
            },
          }),
      securitySchemes: {
        ...asObject(notes["securitySchemes"]),
        bearer: {
          type: "http",
          scheme: "bearer",
          description:
            "The Authorization header goes to the service as it is; whether it asks for one is its own matter.",
        },
      },
    },
  };
}

function hasRanges(binding: Binding, { downloads }: OpenApiInput): boolean {
  return "416" in downloadMembers(binding, downloads).responses;
}

function* buildPaths(
  { bindings, schema, json }: OpenApiInput,
  context: OperationContext,
  schemas: Schemas,
): Steps<Readonly<Record<string, JsonObject>>> {
  const resources = collectResources(schema);
  const caseOf = json.protoNames ? (name: string) => name : lowerCamel;
  const opened = unifyPaths(bindings.map((binding) => openPath(binding, resources, schemas.nameOf, caseOf)));
  const items = new Map<string, Map<string, JsonObject>>();
  const add = (binding: Binding, i: number, method: string, suffix: string): void => {
    const path = opened[i];
    if (path === undefined) return;
    const item = items.get(path.path) ?? new Map<string, JsonObject>();
    items.set(path.path, item);
    if (!item.has(method)) item.set(method, buildOperation({ ...binding, httpMethod: method }, path, suffix, context));
  };
  for (const [i, binding] of bindings.entries()) {
    if (binding.httpMethod !== "*") add(binding, i, binding.httpMethod, "");
    yield;
  }
  // Rules for any method come last: one that names its method is the more specific.
  for (const [i, binding] of bindings.entries()) {
    if (binding.httpMethod !== "*") continue;
    const methods = binding.body.kind === "none" ? anyMethod.plain : anyMethod.withBody;
    for (const method of methods) add(binding, i, method, `_${method}`);
    yield;
  }
  return Object.fromEntries([...items].map(([path, item]) => [path, pathItem(item)]));
}

/** Methods that OpenAPI 3.1 has no place for stand in an extension (OpenAPI 3.2 has `additionalOperations`). */
function pathItem(operations: ReadonlyMap<string, JsonObject>): JsonObject {
  const members: Record<string, JsonValue> = {};
  for (const method of itemMethods) {
    const operation = operations.get(method);
    if (operation !== undefined) members[method.toLowerCase()] = operation;
  }
  const others = [...operations].filter(([method]) => !itemMethods.includes(method));
  if (others.length > 0) members["x-additional-operations"] = Object.fromEntries(others);
  return members;
}

/** What the files of the services say of the whole document; of what several say the first holds. */
function fileNotes(bindings: readonly Binding[]): Notes {
  const files = new Set(bindings.map(({ rpc }) => rpc.service.file));
  return object(Object.assign({}, ...[...files].map(notesOfFile).reverse()));
}

/** The configuration's word, then the protos', then what can be told. */
function documentInfo({ info, bindings }: OpenApiInput, notes: Notes): JsonObject {
  const { title, version, description } = info ?? defaultInfo(bindings);
  const told = { title, version, ...(description === "" ? {} : { description }) };
  return info === null ? { ...told, ...asObject(notes["info"]) } : { ...asObject(notes["info"]), ...told };
}

function listOr(noted: JsonValue | undefined, told: readonly JsonObject[]): readonly JsonObject[] {
  return noted === undefined ? told : asList(noted).map(asObject);
}

/** Members of the document that it has from notes alone. */
function beside(notes: Notes): JsonObject {
  return object(
    Object.fromEntries(Object.entries(notes).filter(([name]) => name === "externalDocs" || name.startsWith("x-"))),
  );
}

function serviceTags(
  bindings: readonly Binding[],
  tag: (service: ServiceType) => string,
  notes: Notes,
): readonly JsonObject[] {
  const services = new Set(bindings.map(({ rpc }) => rpc.service));
  const tags = [...services].map((service) =>
    object({ name: tag(service), description: filled(commentText(service.comments)), ...notesOfService(service) }),
  );
  const further = asList(notes["tags"])
    .map(asObject)
    .filter(({ name }) => !tags.some((one) => one["name"] === name));
  return [...tags, ...further];
}

function lowerCamel(name: string): string {
  return name.replace(/_+([a-zA-Z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
