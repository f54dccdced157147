import { describe, expect, it } from "vitest";
import type { OpenApiInput } from "../../src/openapi/index.js";
import { canonical, documentOfSchema, schemaOf } from "./support/document-of-protos.js";
import { lintFaults, schemaFaults } from "./support/document-tools.js";
import { sampleDocument } from "./support/sample-document.js";

/** Redocly's rules that these documents break on purpose. */
const accepted: ReadonlySet<string> = new Set([
  // Nobody but the owner of an API knows its license.
  "info-license",
  // `/v1/users/me` beside `/v1/users/{user}`: a literal wins, as OpenAPI 3.1 has it ("Path Templating Matching").
  "no-ambiguous-paths",
  // The rule looks into `not: { required }` for the properties that stand beside it.
  "no-required-schema-properties-undefined",
  // A rule for any method is an operation also where nothing but the service's own errors can go wrong.
  "operation-4xx-response",
]);

const json = canonical.json;
const library = schemaOf("test/openapi/golden/library.proto");

const inputs: readonly (readonly [string, Partial<OpenApiInput>])[] = [
  ["canonical", {}],
  ["defaults written", { json: { ...json, emitDefaults: "scalars" } }],
  ["nulls written", { json: { ...json, emitDefaults: "all", int64: "number" } }],
  ["proto names, enums as numbers", { json: { ...json, protoNames: true, enumsAsNumbers: true } }],
  ["enums without their prefix", { json: { ...json, stripEnumPrefix: true }, streams: "ndjson" }],
  ["errors as Google writes them", { errors: "google", streams: "sse", requestIdHeader: "x-request-id" }],
  ["errors as problems", { errors: "problem" }],
];

describe("A document is valid by tools that no one here wrote", () => {
  it("that of the sample services", async () => {
    const document = sampleDocument();
    expect(await schemaFaults(document)).toEqual([]);
    expect(await lintFaults(document, accepted)).toEqual([]);
  });

  it.each(inputs)("the golden one, %s", async (_name, options) => {
    const document = documentOfSchema(library, options);
    expect(await schemaFaults(document)).toEqual([]);
    expect(await lintFaults(document, accepted)).toEqual([]);
  });

  it("and these tools see faults", async () => {
    const document = documentOfSchema(library);
    const faulty = { ...document, paths: { "/v1/{gone}": { get: { responses: { "2000": {} } } } } };
    expect(await schemaFaults(faulty)).not.toEqual([]);
    expect(await lintFaults(faulty, accepted)).not.toEqual([]);
  });
});
