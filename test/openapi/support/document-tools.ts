import { type OpenApiDocument, printOpenApi } from "../../../src/openapi/index.js";

/**
 * What is used of the tools. Their own declarations do not compile (names that are not there, packages without types), and
 * the project checks the declarations of its libraries; so the tools are imported by names that the compiler does not follow.
 */
interface OfficialSchema {
  validate(
    schema: string,
    instance: unknown,
    format: "BASIC",
  ): Promise<{ valid: boolean; errors?: readonly { instanceLocation: string; keyword: string }[] }>;
}

interface Redocly {
  createConfig(config: { extends: readonly string[] }): Promise<unknown>;
  lintFromString(input: { source: string; config: unknown }): Promise<
    readonly {
      severity: string;
      ruleId: string;
      message: string;
      location: readonly { pointer?: string }[];
    }[]
  >;
}

const packages = {
  "3.1": "@hyperjump/json-schema/openapi-3-1",
  "3.0": "@hyperjump/json-schema/openapi-3-0",
  redocly: "@redocly/openapi-core",
};

const schemas = {
  "3.1": "https://spec.openapis.org/oas/3.1/schema-base",
  "3.0": "https://spec.openapis.org/oas/3.0/schema",
};

/** What the official JSON Schema of OpenAPI 3.1 or 3.0, its schemas held to the dialect, has against a document; empty if nothing. */
export async function schemaFaults(document: OpenApiDocument): Promise<readonly string[]> {
  const version = document.openapi.startsWith("3.0") ? "3.0" : "3.1";
  const { validate } = (await import(packages[version])) as OfficialSchema;
  const plain: unknown = JSON.parse(JSON.stringify(document));
  const { valid, errors } = await validate(schemas[version], plain, "BASIC");
  return valid ? [] : (errors ?? []).map((error) => `${error.instanceLocation}: ${error.keyword}`);
}

/** What Redocly's recommended rules have against a document: errors, and warnings but for those of the given rules. */
export async function lintFaults(document: OpenApiDocument, accepted: ReadonlySet<string>): Promise<readonly string[]> {
  const { createConfig, lintFromString } = (await import(packages.redocly)) as Redocly;
  const problems = await lintFromString({
    source: printOpenApi(document, "yaml"),
    config: await createConfig({ extends: ["recommended"] }),
  });
  return problems
    .filter(({ severity, ruleId }) => severity === "error" || !accepted.has(ruleId))
    .map(({ ruleId, message, location }) => `${ruleId}: ${message} (${location[0]?.pointer})`);
}
