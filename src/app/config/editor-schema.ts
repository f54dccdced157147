import { configSchema } from "./config-schema.js";
import type { JsonSchema } from "./json-schema.js";

const REFERENCE = { $ref: "#/definitions/reference" };

/**
 * gateway.schema.json: what editors complete from. Draft 7, the newest that the YAML language server reads in full. It
 * lets `${NAME}` stand wherever a value may.
 */
export function editorSchema(): Readonly<Record<string, unknown>> {
  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "Portico: gateway.config.yaml",
    ...forEditors(configSchema),
    definitions: {
      reference: {
        type: "string",
        pattern: "\\$\\{[A-Za-z_][A-Za-z0-9_]*(:-[^}]*)?\\}",
        description: `A reference to the environment: \${NAME} or \${NAME:-default}.`,
      },
    },
  };
}

function forEditors(schema: JsonSchema): JsonSchema {
  const { "x-kind": _, ...rest } = mapSchemas(schema, forEditors);
  if (rest.properties !== undefined || rest.items !== undefined || rest.additionalProperties !== undefined) {
    // A section whose lines are all commented out is null to YAML; it has its default (see isLeftEmpty).
    return rest.default === undefined ? rest : { ...rest, type: [...new Set([rest.type ?? [], "null"].flat())] };
  }
  if (rest.type === "string" && rest.pattern === undefined) return rest;
  const { description, default: byDefault, ...value } = rest;
  return {
    ...(description !== undefined && { description }),
    ...(byDefault !== undefined && { default: byDefault }),
    anyOf: [value, REFERENCE],
  };
}

function mapSchemas(schema: JsonSchema, map: (schema: JsonSchema) => JsonSchema): JsonSchema {
  const { properties, additionalProperties, items } = schema;
  return {
    ...schema,
    ...(properties && { properties: Object.fromEntries(Object.entries(properties).map(([k, v]) => [k, map(v)])) }),
    ...(typeof additionalProperties === "object" && { additionalProperties: map(additionalProperties) }),
    ...(items && { items: map(items) }),
  };
}
