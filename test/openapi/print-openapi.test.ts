import { describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { type OpenApiDocument, printOpenApi } from "../../src/openapi/index.js";
import { documentOfSchema, schemaOf } from "./support/document-of-protos.js";
import { sampleDocument } from "./support/sample-document.js";

/** Names and texts that YAML writes in ways of its own. */
const odd: OpenApiDocument = {
  openapi: "3.1.0",
  info: { title: "a: b # c", version: "1", description: "one\n\n  two\nthree \n" },
  servers: [],
  security: [{}],
  tags: [],
  paths: {
    "/plain": { get: { summary: " begins with a space\nand goes on", tags: [], parameters: [{ name: "x" }] } },
    "/empty": {},
    "/{name=users/*}:do": { get: { description: 'a quote: " and\n\ta tab\n' } },
    "? odd": { get: { description: "- not a list" } },
    "": { get: {} },
    [`/${"long".repeat(300)}`]: { get: { summary: "its name is longer than a name before a colon may be" } },
    "two\nlines": { get: { summary: "two lines" } },
    true: { get: { deprecated: true } },
    "12": { get: { "x-number": 12 } },
  },
  components: {
    schemas: { ["__proto__"]: { type: "object" }, "a b": { enum: ["yes", "1.0", "", null], default: "\n" } },
    responses: {},
    parameters: { deep: { schema: { properties: { a: { properties: { b: { description: "x\n\ny" } } } } } } },
  },
} as unknown as OpenApiDocument;

describe("a document is printed in steps as in one", () => {
  it.each([
    ["of the samples", sampleDocument],
    ["of a library", () => documentOfSchema(schemaOf("test/openapi/golden/library.proto"))],
    ["with hostile names", () => documentOfSchema(schemaOf("test/openapi/annotations/hostile.proto"))],
    ["with odd names and texts", () => odd],
    ["without anything", () => ({}) as OpenApiDocument],
  ])("%s", (_title, documentOf) => {
    const document = documentOf();
    expect(printOpenApi(document, "json")).toBe(`${JSON.stringify(document, null, 2)}\n`);
    expect(printOpenApi(document, "yaml")).toBe(
      stringify(document, { aliasDuplicateObjects: false, lineWidth: 0, blockQuote: "literal" }),
    );
  });
});
