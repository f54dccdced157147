import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { findBreakingChanges, printOpenApi, toOpenApi30 } from "../../src/openapi/index.js";
import { documentOfSchema, schemaOf } from "./support/document-of-protos.js";
import { schemaFaults } from "./support/document-tools.js";
import { asObject } from "./support/read-document.js";
import { structureFaults } from "./support/structure-faults.js";

const document = documentOfSchema(schemaOf("test/openapi/annotations/hostile.proto"));
const names = ["constructor", "__proto__", "toString", "valueOf", "prototype", "$ref", "a.b/c~d[e]", " "];

describe("names that mean something elsewhere", () => {
  it("are names like any other in a document", async () => {
    const message = asObject(asObject(document.components["schemas"])["hostile.v1.hasOwnProperty"]);
    expect(Object.keys(asObject(message["properties"]))).toEqual(names);
    expect([...(await schemaFaults(document)), ...structureFaults(document)]).toEqual([]);
    expect(Object.getPrototypeOf(asObject(message["properties"]))).toBe(Object.prototype);
  });

  it("come back from JSON and from YAML as they were", () => {
    const json = printOpenApi(document, "json");
    expect(JSON.stringify(JSON.parse(json))).toBe(JSON.stringify(document));
    expect(JSON.stringify(parse(printOpenApi(document, "yaml")))).toBe(JSON.stringify(document));
  });

  it("stay in OpenAPI 3.0", () => {
    const schemas = asObject(toOpenApi30(document).components["schemas"]);
    expect(Object.keys(asObject(asObject(schemas["hostile.v1.hasOwnProperty"])["properties"]))).toEqual(names);
  });

  it("that are gone are told, though every object has them", () => {
    const text = printOpenApi(document, "json").replaceAll(/"(constructor|toString)": \{/g, '"other_$1": {');
    const changes = findBreakingChanges(document, JSON.parse(text)).map(({ change }) => change);
    expect(changes).toContain("the reply of status 200, .constructor, is gone");
    expect(changes).toContain("the reply of status 200, .toString, is gone");
  });
});
