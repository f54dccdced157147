import path from "node:path";
import { buildOpenApi, type OpenApiDocument, type OpenApiInput } from "../../../src/openapi/index.js";
import { type Binding, bindRules } from "../../../src/rules/index.js";
import { loadSchema, type Schema } from "../../../src/schema/index.js";
import { projectRoot } from "../../support/project-root.js";

/** What documents of tests are made with, unless a test says otherwise. */
export const canonical: Omit<OpenApiInput, "schema" | "bindings"> = {
  info: null,
  json: { emitDefaults: "none", int64: "string", protoNames: false, enumsAsNumbers: false, stripEnumPrefix: false },
  errors: "status",
  streams: "array",
  forms: true,
  downloads: { ranges: true, etag: false },
  visibility: [],
  exclude: [],
  servers: ["/"],
  requestIdHeader: null,
  takesRequestId: false,
  resumes: () => false,
};

/** The Schema of proto files; each is relative to the project's folder. */
export function schemaOf(...files: readonly string[]): Schema {
  return loadSchema([
    { kind: "protos", roots: [], files: ["google/rpc/status.proto"], directory: projectRoot },
    ...files.map((file) => ({
      kind: "protos" as const,
      roots: [path.dirname(file)],
      files: [file],
      directory: projectRoot,
    })),
  ]);
}

/** The document of all services of a Schema, under canonical options and these. */
export function documentOfSchema(schema: Schema, options: Partial<OpenApiInput> = {}): OpenApiDocument {
  const { bindings, faults } = bindRules(schema, { ruleFiles: [], unboundMethods: "off", services: () => true });
  if (faults.length > 0) throw new Error(faults.map(({ message }) => message).join("\n"));
  return documentOfBindings(schema, bindings, options);
}

/** The document of these bindings, under canonical options and these. */
export function documentOfBindings(
  schema: Schema,
  bindings: readonly Binding[],
  options: Partial<OpenApiInput> = {},
): OpenApiDocument {
  return buildOpenApi({ ...canonical, schema, bindings, ...options });
}
