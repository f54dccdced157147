import { describe, expect, it } from "vitest";
import { findBreakingChanges, type JsonObject, type JsonSchema, parseOpenApi } from "../../src/openapi/index.js";
import { documentOfSchema, schemaOf } from "./support/document-of-protos.js";

const string = { type: "string" };

/** A document with one operation. */
function documentWith(operation: JsonObject, schemas: JsonObject = {}, path = "/v1/users/{user}"): JsonObject {
  return { openapi: "3.1.0", paths: { [path]: { post: operation } }, components: { schemas } };
}

const taking = (schema: JsonSchema): JsonObject => ({ requestBody: { content: { "application/json": { schema } } } });
const replying = (schema: JsonSchema): JsonObject => ({
  responses: { "200": { content: { "application/json": { schema } } } },
});
const query = (parameter: JsonObject): JsonObject => ({ parameters: [{ in: "query", name: "q", ...parameter }] });

function changesOf(before: JsonObject, after: JsonObject): readonly string[] {
  return findBreakingChanges(documentWith(before), documentWith(after)).map(({ change }) => change);
}

describe("what breaks a client's requests", () => {
  it.each<[string, JsonObject, JsonObject, readonly string[]]>([
    ["a parameter that is gone", query({ schema: string }), {}, ["query parameter q is gone"]],
    [
      "a new parameter that must be there",
      {},
      query({ required: true }),
      ["query parameter q must be there, and is new"],
    ],
    ["a parameter that must be there now", query({}), query({ required: true }), ["query parameter q must be there"]],
    [
      "a parameter of another type",
      query({ schema: string }),
      query({ schema: { type: "integer" } }),
      ["query parameter q is integer and was string"],
    ],
    [
      "a body that must be there now",
      { requestBody: { content: {} } },
      { requestBody: { required: true, content: {} } },
      ["the body must be there"],
    ],
    ["a body that is gone", taking({}), {}, ["the body is gone"]],
    [
      "a media type that is gone",
      { requestBody: { content: { "application/json": {}, "text/plain": {} } } },
      { requestBody: { content: { "application/json": {} } } },
      ["the body has no text/plain any more"],
    ],
    [
      "a member that is gone",
      taking({ type: "object", properties: { a: { type: "array", items: { properties: { b: string } } } } }),
      taking({ type: "object", properties: { a: { type: "array", items: { properties: { c: string } } } } }),
      ["the body, .a[].b, is gone"],
    ],
    [
      "a member that must be there now",
      taking({ properties: { a: string } }),
      taking({ properties: { a: string }, required: ["a"] }),
      ["the body, .a, must be there"],
    ],
    [
      "a value that an enum has lost",
      taking({ type: "string", enum: ["A", "B"] }),
      taking({ type: "string", enum: ["A", "C"] }),
      ['the body does not take "B" any more'],
    ],
    ["a new pattern", taking(string), taking({ ...string, pattern: "^a" }), ['the body must match "^a"']],
    [
      "limits that are narrower, or new",
      taking({
        type: "object",
        properties: { a: { type: "integer", maximum: 9, minimum: 1 }, b: string, c: { type: "array" } },
      }),
      taking({
        type: "object",
        properties: {
          a: { type: "integer", maximum: 8, exclusiveMinimum: 3, multipleOf: 2, not: { enum: [4] } },
          b: { type: "string", minLength: 1, maxLength: 5 },
          c: { type: "array", minItems: 0, uniqueItems: true },
        },
      }),
      [
        "the body, .a, may be at most 8",
        "the body, .a, must be more than 3",
        "the body, .a, must be a multiple of 2",
        "the body, .a, may not be 4",
        "the body, .b, may have at most so many characters: 5",
        "the body, .b, must have at least so many characters: 1",
        "the body, .c, may not have an element twice",
      ],
    ],
    [
      "a type that is one of several no more",
      taking({ type: ["string", "null"] }),
      taking(string),
      ["the body is string and was string or null"],
    ],
    [
      "a 64-bit number that was a string",
      taking({ type: "object", additionalProperties: { type: "string", format: "int64" } }),
      taking({ type: "object", additionalProperties: { type: "integer", format: "int64" } }),
      ["the body, .*, is integer (int64) and was string (int64)"],
    ],
  ])("%s", (_name, before, after, changes) => {
    expect(changesOf(before, after)).toEqual(changes);
  });
});

describe("what breaks a client's reading of replies", () => {
  it.each<[string, JsonObject, JsonObject, readonly string[]]>([
    [
      "a member that is gone",
      replying({ properties: { a: string } }),
      replying({ properties: {} }),
      ["the reply of status 200, .a, is gone"],
    ],
    [
      "a member that need not be there any more",
      replying({ properties: { a: string }, required: ["a"] }),
      replying({ properties: { a: string } }),
      ["the reply of status 200, .a, need not be there any more"],
    ],
    [
      "null, where it was not",
      replying({ properties: { a: string } }),
      replying({ properties: { a: { type: ["string", "null"] } } }),
      ["the reply of status 200, .a, is string or null and was string"],
    ],
    [
      "another type among those that it may be",
      replying({ anyOf: [{ properties: { a: string } }, { properties: { error: string } }] }),
      replying({ anyOf: [{ properties: { a: { type: "integer" } } }, { properties: { error: string } }] }),
      ["the reply of status 200, .a, is integer and was string"],
    ],
    ["a reply that is gone", replying(string), { responses: {} }, ["the reply of status 200 is gone"]],
  ])("%s", (_name, before, after, changes) => {
    expect(changesOf(before, after)).toEqual(changes);
  });
});

describe("what breaks nobody", () => {
  it.each<[string, JsonObject, JsonObject]>([
    ["a new parameter", {}, query({})],
    ["a new member of a request", taking({ properties: {} }), taking({ properties: { a: string } })],
    ["a new member of a reply", replying({ properties: {} }), replying({ properties: { a: string }, required: ["a"] })],
    ["a member of a request that need not be there any more", taking({ required: ["a"] }), taking({})],
    ["a value that a request's enum has won", taking({ enum: ["A"] }), taking({ enum: ["A", "B"] })],
    ["a value that a reply's enum has won", replying({ enum: ["A"] }), replying({ enum: ["A", "B"] })],
    ["a request that takes anything", taking(string), taking({})],
    ["another description", replying({ description: "a" }), replying({ description: "b", deprecated: true })],
    ["a status that default stands for", { responses: { "404": {} } }, { responses: { default: {} } }],
  ])("%s", (_name, before, after) => {
    expect(changesOf(before, after)).toEqual([]);
  });

  it("other names of path parameters and of components", () => {
    const before = { ...replying({ $ref: "#/components/schemas/A" }), parameters: [{ in: "path", name: "user" }] };
    const after = { ...replying({ $ref: "#/components/schemas/B" }), parameters: [{ in: "path", name: "id" }] };
    const old = documentWith(before, { A: { properties: { a: { $ref: "#/components/schemas/A" } } } });
    const now = documentWith(after, { B: { properties: { a: { $ref: "#/components/schemas/B" } } } }, "/v1/users/{id}");
    expect(findBreakingChanges(old, now)).toEqual([]);
  });
});

describe("whole documents", () => {
  const library = schemaOf("test/openapi/golden/library.proto");
  const document = documentOfSchema(library);

  it("a document does not break itself, whatever its types hold", () => {
    const json = { int64: "number", protoNames: false, enumsAsNumbers: false, stripEnumPrefix: false } as const;
    for (const emitDefaults of ["none", "scalars", "all"] as const) {
      const same = documentOfSchema(library, { json: { ...json, emitDefaults } });
      expect(findBreakingChanges(same, same)).toEqual([]);
    }
  });

  it("an operation that is gone is told", () => {
    const { "/v1/books:bring": _, ...paths } = document.paths;
    expect(findBreakingChanges(document, { ...document, paths })).toEqual([
      { operation: "POST /v1/books:bring", change: "the operation is gone" },
    ]);
  });

  it("64-bit numbers in the place of strings break whoever reads or sends them", () => {
    const json = {
      emitDefaults: "none",
      int64: "number",
      protoNames: false,
      enumsAsNumbers: false,
      stripEnumPrefix: false,
    } as const;
    const changes = findBreakingChanges(document, documentOfSchema(library, { json }));
    expect(changes).toContainEqual({
      operation: "GET /v1/books:count",
      change: "the reply of status 200 is integer (uint64) and was string (uint64)",
    });
    expect(changes).toContainEqual({
      operation: "GET /v1/shelves/{bookcase}/books/{book}",
      change: "the reply of status 200, .copies, is integer (int64) and was string (int64)",
    });
  });
});

describe("reading a document", () => {
  it.each(["", "[]", "swagger: '2.0'", "openapi: 4.0.0", "a: ["])("refuses %j", (text) => {
    expect(() => parseOpenApi(text)).toThrow();
  });
});
