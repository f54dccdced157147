import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { commentText, splitSummary } from "../../src/openapi/comment-text.js";
import { fittingValue } from "../../src/openapi/constraints/fitting-value.js";
import type { JsonObject, JsonValue } from "../../src/openapi/index.js";
import { singular } from "../../src/openapi/paths/resource-names.js";
import { moreThanOne } from "../../src/openapi/schemas/at-most-one.js";
import { canonical, documentOfSchema, schemaOf } from "./support/document-of-protos.js";
import { asList, asObject, operationsOf } from "./support/read-document.js";

describe("a oneof as a schema allows none or one of its members, and never two", () => {
  it.each([2, 3, 4, 5, 6, 9, 10])("of %i", (size) => {
    const names = Array.from({ length: size }, (_, i) => `m${i}`);
    const validate = new Ajv2020({ strict: false }).compile({ not: { anyOf: moreThanOne(names) } });
    for (let subset = 0; subset < 1 << size; subset++) {
      const members = names.filter((_, i) => (subset & (1 << i)) !== 0);
      const value = Object.fromEntries(members.map((name) => [name, 1]));
      expect([members, validate(value)]).toEqual([members, members.length <= 1]);
    }
  });

  it("is not the square of its members long", () => {
    expect(JSON.stringify(moreThanOne(Array.from({ length: 100 }, (_, i) => `m${i}`))).length).toBeLessThan(20_000);
  });
});

describe("comments become CommonMark", () => {
  it.each([
    ["the space behind the slashes goes", " One.\n Two.\n", "One.\nTwo."],
    ["code stays code", " Like\n\n     GET /v1\n", "Like\n\n    GET /v1"],
    ["internal comments go (AIP-192)", " One. (-- not for\n you --)\n", "One."],
    ["directives for linters go", " buf:lint:ignore RPC_REQUEST\n One.\n", "One."],
    [
      "references to elements become code",
      " A [Book][lib.v1.Book], [`Shelf`][lib.Shelf] or [Cat][].\n",
      "A `Book`, `Shelf` or `Cat`.",
    ],
    ["references in code stay", "     [a][b]\n", "    [a][b]"],
    ["many blank lines are one", " a\n\n\n\n b\n", "a\n\nb"],
  ])("%s", (_name, leading, text) => {
    expect(commentText({ leading, trailing: "", detached: [] })).toBe(text);
  });

  it("takes the comment behind an element where none is before it", () => {
    expect(commentText({ leading: "\n", trailing: " Behind.\n", detached: [" Far."] })).toBe("Behind.");
  });

  it.each([
    ["one paragraph", "Reads\na book.", { summary: "Reads a book", description: "" }],
    ["two paragraphs", "Reads.\n\nMore.\n\nYet more.", { summary: "Reads", description: "More.\n\nYet more." }],
    ["an ellipsis", "And so on...", { summary: "And so on...", description: "" }],
    [
      "a long first paragraph",
      `Reads a book. ${"It takes time. ".repeat(10)}`,
      { summary: "Reads a book", description: `Reads a book. ${"It takes time. ".repeat(10)}` },
    ],
    ["nothing", "", { summary: "", description: "" }],
  ])("%s", (_name, text, parts) => {
    expect(splitSummary(text)).toEqual(parts);
  });
});

describe("a path parameter is named after the collection before it", () => {
  it.each([
    ["users", "user"],
    ["shelves", "shelf"],
    ["entries", "entry"],
    ["addresses", "address"],
    ["boxes", "box"],
    ["databases", "database"],
    ["caches", "cache"],
    ["people", "person"],
    ["series", "series"],
    ["status", "status"],
    ["class", "class"],
    ["keys", "key"],
    ["data", "data"],
  ])("%s: %s", (collection, name) => {
    expect(singular(collection)).toBe(name);
  });
});

describe("an example keeps limits", () => {
  it.each<[JsonValue, JsonObject, JsonValue]>([
    ["text", {}, "text"],
    ["text", { maxLength: 2 }, "te"],
    ["text", { minLength: 6 }, "textxx"],
    ["text", { pattern: "^a" }, null],
    ["text", { enum: ["a", "b"], not: { enum: ["a"] } }, "b"],
    ["text", { format: "email" }, "ada@example.com"],
    ["text", { const: "only" }, "only"],
    [1, { minimum: 5 }, 5],
    [1, { exclusiveMinimum: 5 }, 6],
    [1, { exclusiveMaximum: 0 }, -1],
    [1.5, { exclusiveMinimum: 0, exclusiveMaximum: 1 }, 0.5],
    [1, { exclusiveMinimum: 3, exclusiveMaximum: 8 }, 5],
    [1, { minimum: 2, maximum: 1 }, null],
  ])("%j under %j: %j", (value, limits, fitting) => {
    expect(fittingValue(value, limits)).toBe(fitting);
  });
});

describe("a message has several schemas where its uses differ", () => {
  const library = schemaOf("test/openapi/golden/library.proto");
  const bodyOf = (document: ReturnType<typeof documentOfSchema>, id: string): unknown => {
    const operation = operationsOf(document).find((one) => one.id === id);
    const content = asObject(asObject(operation?.members["requestBody"])["content"]);
    return asObject(asObject(content["application/json"])["schema"])["$ref"];
  };
  const requiredOf = (document: ReturnType<typeof documentOfSchema>, name: string): unknown =>
    asObject(asObject(document.components["schemas"])[name])["required"];

  it("canonically a reply and the body of a PATCH are one, and a request asks for what is REQUIRED", () => {
    const document = documentOfSchema(library);
    expect([bodyOf(document, "Library_UpdateBook"), bodyOf(document, "Library_CreateBook")]).toEqual([
      "#/components/schemas/library.v1.Book",
      "#/components/schemas/library.v1.Book-Input",
    ]);
    expect([requiredOf(document, "library.v1.Book"), requiredOf(document, "library.v1.Book-Input")]).toEqual([
      undefined,
      ["title"],
    ]);
  });

  it("where defaults are written a reply has them all, and a PATCH has a schema of its own", () => {
    const json = { ...canonical.json, emitDefaults: "scalars" as const };
    const document = documentOfSchema(library, { json });
    expect(bodyOf(document, "Library_UpdateBook")).toBe("#/components/schemas/library.v1.Book-Patch");
    expect(requiredOf(document, "library.v1.Book")).toEqual([
      "name",
      "title",
      "kind",
      "copies",
      "weight",
      "chapters",
      "cover",
    ]);
    expect(requiredOf(document, "library.v1.Book-Patch")).toBeUndefined();
    // Used in requests alone: no suffix.
    expect(requiredOf(document, "library.v1.Filter")).toEqual(["lent"]);
  });
});

describe("headers that the gateway reads are parameters", () => {
  const library = schemaOf("test/openapi/golden/library.proto");
  const namesOf = (options: Parameters<typeof documentOfSchema>[1], id: string): readonly unknown[] => {
    const operation = operationsOf(documentOfSchema(library, options)).find((one) => one.id === id);
    const parameters = asList(operation?.members["parameters"]).map(asObject);
    return parameters.filter((one) => one["in"] === "header" || "$ref" in one).map((one) => one["$ref"] ?? one["name"]);
  };
  const stream = "Library_ReadPages";

  it("the deadline always, the request id where clients may give one", () => {
    const ServerTimeout = "#/components/parameters/ServerTimeout";
    const RequestId = "#/components/parameters/RequestId";
    const requestIdHeader = "x-request-id";
    expect(namesOf({}, stream)).toEqual([ServerTimeout]);
    expect(namesOf({ requestIdHeader }, stream)).toEqual([ServerTimeout]);
    expect(namesOf({ requestIdHeader, takesRequestId: true }, stream)).toEqual([ServerTimeout, RequestId]);
    const { parameters } = documentOfSchema(library, { requestIdHeader, takesRequestId: true }).components;
    expect(asObject(parameters?.["RequestId"])["name"]).toBe("x-request-id");
  });

  it("Last-Event-ID of streams that go on from it", () => {
    const resumes = ({ name }: { readonly name: string }) => name === "ReadPages";
    expect(namesOf({ resumes }, stream)[0]).toBe("Last-Event-ID");
    expect(namesOf({ resumes }, "Library_CreateBook")).toEqual(["#/components/parameters/ServerTimeout"]);
  });
});
