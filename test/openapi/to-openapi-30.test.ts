import { describe, expect, it } from "vitest";
import { type JsonSchema, toOpenApi30 } from "../../src/openapi/index.js";
import { canonical, documentOfSchema, schemaOf } from "./support/document-of-protos.js";
import { lintFaults, schemaFaults } from "./support/document-tools.js";
import { asObject } from "./support/read-document.js";
import { sampleDocument } from "./support/sample-document.js";
import { structureFaults } from "./support/structure-faults.js";

const library = schemaOf("test/openapi/golden/library.proto");
const onlyNull = { type: "string", nullable: true, enum: [null] };
const document = documentOfSchema(library);
const reference = { $ref: "#/components/schemas/library.v1.Book" };

function schemaIn30(schema: JsonSchema): JsonSchema {
  const with31 = { ...document, components: { ...document.components, schemas: { schema } } };
  return asObject(asObject(toOpenApi30(with31).components["schemas"])["schema"]);
}

describe("a schema in OpenAPI 3.0", () => {
  it.each<[string, JsonSchema, JsonSchema]>([
    ["a type", { type: "string", format: "int64" }, { type: "string", format: "int64" }],
    ["a type or null", { type: ["string", "null"] }, { type: "string", nullable: true }],
    ["null", { type: "null" }, onlyNull],
    ["anything", {}, {}],
    ["a reference", reference, reference],
    ["a reference with words beside it", { ...reference, readOnly: true }, { allOf: [reference], readOnly: true }],
    ["a reference or null", { anyOf: [reference, { type: "null" }] }, { anyOf: [reference, onlyNull] }],
    [
      "a choice with null",
      { anyOf: [{ type: "number" }, { type: "string" }, { type: "null" }] },
      { anyOf: [{ type: "number" }, { type: "string" }, onlyNull] },
    ],
    ["bytes", { type: "string", format: "byte", contentEncoding: "base64" }, { type: "string", format: "byte" }],
    [
      "a map",
      { type: "object", propertyNames: { pattern: "^a" }, additionalProperties: { type: ["string", "null"] } },
      { type: "object", additionalProperties: { type: "string", nullable: true } },
    ],
    [
      "anything in a map",
      { type: "object", additionalProperties: true },
      { type: "object", additionalProperties: true },
    ],
    [
      "bounds that are out of bounds",
      { type: "integer", exclusiveMinimum: 1, exclusiveMaximum: 9 },
      { type: "integer", minimum: 1, exclusiveMinimum: true, maximum: 9, exclusiveMaximum: true },
    ],
    ["one value", { type: "string", const: "a" }, { type: "string", enum: ["a"] }],
    [
      "members",
      { type: "object", properties: { type: { type: ["integer", "null"] }, schema: reference } },
      { type: "object", properties: { type: { type: "integer", nullable: true }, schema: reference } },
    ],
  ])("%s", (_name, in31, in30) => {
    expect(schemaIn30(in31)).toEqual(in30);
  });
});

describe("a document in OpenAPI 3.0 is valid", () => {
  const accepted = new Set([
    "info-license",
    "no-ambiguous-paths",
    "no-required-schema-properties-undefined",
    "operation-4xx-response",
  ]);

  it.each(["none", "all"] as const)("that of the golden proto, emitDefaults %s", async (emitDefaults) => {
    const in30 = toOpenApi30(documentOfSchema(library, { json: { ...canonical.json, emitDefaults } }));
    expect([...(await schemaFaults(in30)), ...structureFaults(in30)]).toEqual([]);
    expect(await lintFaults(in30, accepted)).toEqual([]);
  });

  it("that of the sample services", async () => {
    const in30 = toOpenApi30(sampleDocument());
    expect([...(await schemaFaults(in30)), ...structureFaults(in30)]).toEqual([]);
  });

  it("that of protos with annotations", async () => {
    for (const file of ["shop", "clinic"]) {
      const in30 = toOpenApi30(documentOfSchema(schemaOf(`test/openapi/annotations/${file}.proto`)));
      expect(await schemaFaults(in30)).toEqual([]);
    }
  });
});
