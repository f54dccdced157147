import spectralCore from "@stoplight/spectral-core";
import spectralParsers from "@stoplight/spectral-parsers";
import spectralRulesets from "@stoplight/spectral-rulesets";
import { describe, expect, it } from "vitest";
import { type OpenApiDocument, type OpenApiInput, printOpenApi, toOpenApi30 } from "../../src/openapi/index.js";
import { canonical, documentOfSchema, schemaOf } from "../openapi/support/document-of-protos.js";
import { sampleDocument } from "../openapi/support/sample-document.js";

/** Its severities begin with errors. */
const severities = ["error", "warning", "information", "hint"];

/** What Spectral's rules for OpenAPI say of a document, errors and warnings. */
async function lint(document: OpenApiDocument): Promise<readonly string[]> {
  const spectral = new spectralCore.Spectral();
  spectral.setRuleset({ extends: [[spectralRulesets.oas, "recommended"]] });
  const results = await spectral.run(
    new spectralCore.Document(printOpenApi(document, "yaml"), spectralParsers.Yaml, "openapi.yaml"),
  );
  return results.map(({ severity, code, path }) => `${severities[severity]} ${code} at ${path.join(".")}`);
}

/** Warnings about what nobody but the owner of an API can tell: who they are, and what a method without a comment does. */
const untold = /^warning (info-contact|info-description|operation-description) /;

const json = canonical.json;
const library = schemaOf("test/openapi/golden/library.proto");
const inputs: readonly (readonly [string, Partial<OpenApiInput>])[] = [
  ["canonical", {}],
  ["nulls and defaults written", { json: { ...json, emitDefaults: "all", int64: "number" }, errors: "google" }],
  ["proto names, enums as numbers", { json: { ...json, protoNames: true, enumsAsNumbers: true }, errors: "problem" }],
];

describe("Spectral has nothing against a document", () => {
  it.each([
    ["3.1", (document: OpenApiDocument) => document],
    ["3.0", toOpenApi30],
  ])("of the sample services, OpenAPI %s", async (_version, convert) => {
    expect((await lint(convert(sampleDocument()))).filter((one) => !untold.test(one))).toEqual([]);
  });

  it.each(inputs)("of the golden protos, %s", async (_name, options) => {
    const document = documentOfSchema(library, options);
    expect((await lint(document)).filter((one) => !untold.test(one))).toEqual([]);
    expect((await lint(toOpenApi30(document))).filter((one) => !untold.test(one))).toEqual([]);
  });

  it("and it sees faults", async () => {
    const faulty = { ...sampleDocument(), paths: { "/v1/{gone}": { get: { responses: { "2000": {} } } } } };
    expect((await lint(faulty)).filter((one) => one.startsWith("error"))).not.toEqual([]);
  });
});
