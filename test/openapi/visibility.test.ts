import { describe, expect, it } from "vitest";
import type { OpenApiDocument } from "../../src/openapi/index.js";
import { documentOfSchema, schemaOf } from "./support/document-of-protos.js";
import { asObject } from "./support/read-document.js";

const schema = schemaOf("test/openapi/annotations/hidden.proto");

/** What of a document restrictions are about. */
function shown(document: OpenApiDocument) {
  const schemas = asObject(document.components["schemas"]);
  const members = (name: string): readonly string[] => Object.keys(asObject(asObject(schemas[name])["properties"]));
  return {
    paths: Object.keys(document.paths),
    tags: document.tags.map(({ name }) => name),
    request: members("hidden.v1.LookRequest"),
    reply: members("hidden.v1.Sight"),
    light: asObject(schemas["hidden.v1.Light"])["enum"],
    secret: schemas["hidden.v1.Secret"] !== undefined,
  };
}

describe("what readers get to see", () => {
  it("without a label: what has no restriction", () => {
    const document = documentOfSchema(schema);
    expect(shown(document)).toEqual({
      paths: ["/v1/look"],
      tags: ["Open"],
      request: ["at"],
      reply: ["shape", "colour", "light"],
      light: ["DAY", "NIGHT"],
      secret: false,
    });
    expect(JSON.stringify(document)).not.toMatch(/depth|DARK|Peek|Closed|secret/);
  });

  it("with a label: what is restricted to it as well", () => {
    expect(shown(documentOfSchema(schema, { visibility: ["PARTNER"] }))).toMatchObject({
      paths: ["/v1/look", "/v1/watch"],
      tags: ["Open", "Closed"],
      request: ["at"],
    });
    expect(shown(documentOfSchema(schema, { visibility: ["INTERNAL"] }))).toEqual({
      paths: ["/v1/look", "/v1/peek", "/v1/watch"],
      tags: ["Open", "Closed"],
      request: ["at", "key", "secret"],
      reply: ["shape", "colour", "depth", "light"],
      light: ["DAY", "NIGHT", "DARK"],
      secret: true,
    });
  });

  it.each([
    ["a method", ["hidden.v1.Open.Look"], ["/v1/peek", "/v1/watch"]],
    ["a service", ["hidden.v1.Open"], ["/v1/watch"]],
    ["what begins alike", ["hidden.v1.Open.P*", "hidden.v1.C*"], ["/v1/look"]],
    ["nothing by a part of a name", ["hidden.v1.Ope"], ["/v1/look", "/v1/peek", "/v1/watch"]],
  ])("not what is excluded: %s", (_name, exclude, paths) => {
    const document = documentOfSchema(schema, { visibility: ["INTERNAL"], exclude });
    expect(Object.keys(document.paths)).toEqual(paths);
  });
});
