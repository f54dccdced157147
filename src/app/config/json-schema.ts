import type { TSchema } from "typebox";
import { configSchema } from "./config-schema.js";

/** A JSON Schema as plain data, with the keywords that the configuration uses. */
export interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: boolean | JsonSchema;
  readonly propertyNames?: JsonSchema;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly not?: JsonSchema;
  readonly const?: unknown;
  readonly anyOf?: readonly JsonSchema[];
  readonly $ref?: string;
  readonly "x-kind"?: string;
}

/** The schema of what a user may write: a key with a default is not required, whatever the static type says. */
export function inputSchema(): JsonSchema {
  return relax(JSON.parse(JSON.stringify(configSchema satisfies TSchema)));
}

function relax(schema: JsonSchema): JsonSchema {
  const { required, ...rest } = schema;
  const mapped = mapSchemas(rest, relax);
  const needed = required?.filter((name) => schema.properties?.[name]?.default === undefined) ?? [];
  return needed.length === 0 ? mapped : { ...mapped, required: needed };
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

const REFERENCE = { $ref: "#/definitions/reference" };

/**
 * gateway.schema.json: what editors complete from. Draft 7, the newest that the YAML language server reads in full. It
 * lets `${NAME}` stand wherever a value may.
 */
export function editorSchema(): Readonly<Record<string, unknown>> {
  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "Portico: gateway.config.yaml",
    ...forEditors(inputSchema()),
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
