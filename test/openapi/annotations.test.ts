import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../src/openapi/index.js";
import { canonical, documentOfSchema, schemaOf } from "./support/document-of-protos.js";
import { lintFaults, schemaFaults } from "./support/document-tools.js";
import { asList, asObject, operationsOf } from "./support/read-document.js";

const shop = documentOfSchema(schemaOf("test/openapi/annotations/shop.proto"));
const clinic = documentOfSchema(schemaOf("test/openapi/annotations/clinic.proto"));

function membersOf(document: typeof shop, name: string): JsonObject {
  return asObject(asObject(asObject(document.components["schemas"])[name])["properties"]);
}

describe("the document of a file with openapiv2 options", () => {
  it("has what openapiv2_swagger says of it", () => {
    const { info, servers, security, tags, components, paths: _, ...rest } = shop;
    expect({ info, servers, security, tags, rest, schemes: components["securitySchemes"] }).toEqual({
      info: {
        title: "Shop",
        version: "1.2",
        description: "Sells things.",
        contact: { name: "The shop", url: "https://shop.example.com", email: "shop@example.com" },
        license: { name: "BSD 3-Clause License", url: "https://shop.example.com/license" },
        "x-info": "yes",
      },
      servers: [{ url: "https://shop.example.com/api" }, { url: "http://shop.example.com/api" }],
      security: [{ OAuth2: ["read"] }],
      tags: [
        {
          name: "goods",
          description: "All about goods.",
          externalDocs: { url: "https://shop.example.com/goods" },
        },
        { name: "extra", description: "A tag of no service." },
      ],
      rest: {
        openapi: "3.1.0",
        externalDocs: { description: "More", url: "https://shop.example.com/docs" },
        "x-shop": true,
      },
      schemes: {
        ApiKey: { type: "apiKey", name: "X-API-Key", in: "header" },
        OAuth2: {
          type: "oauth2",
          flows: {
            authorizationCode: {
              authorizationUrl: "https://shop.example.com/authorize",
              tokenUrl: "https://shop.example.com/token",
              scopes: { read: "Reads." },
            },
          },
        },
        Basic: { type: "http", scheme: "basic" },
        bearer: expect.anything(),
      },
    });
  });

  it("has what openapiv2_operation says, its ids unique over additional bindings", () => {
    const [create, put] = operationsOf(shop)
      .filter(({ path }) => path === "/v1/goods")
      .sort((a, b) => (a.httpMethod < b.httpMethod ? -1 : 1))
      .slice(1);
    expect([create?.id, put?.id]).toEqual(["createGood", "createGood_2"]);
    const { responses, parameters, requestBody: _, ...members } = create?.members ?? {};
    expect(members).toEqual({
      tags: ["goods"],
      summary: "Create a good",
      description: "At length.",
      operationId: "createGood",
      deprecated: true,
      security: [{ ApiKey: [] }],
      "x-cost": 2,
      "x-google-path-template": "/v1/goods",
      "x-grpc-method": "shop.v1.Shop/CreateGood",
    });
    expect(parameters).toEqual([
      { name: "X-Tenant", in: "header", description: "Whose.", required: true, schema: { type: "string" } },
      { $ref: "#/components/parameters/ServerTimeout" },
    ]);
    expect(asObject(responses)["429"]).toEqual({
      ...asObject(shop.components["responses"]?.["Error"]),
      description: "Too many.",
      headers: { "Retry-After": { description: "Seconds.", schema: { type: "integer", default: 5 } } },
      content: {
        "application/json": {
          schema: { $ref: "#/components/schemas/google.rpc.Status" },
          example: { code: 8, message: "too many" },
        },
        "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } },
      },
    });
    expect(asObject(responses)["409"]).toEqual({ $ref: "#/components/responses/Error", description: "It is there." });
    expect(asObject(asObject(responses)["200"])["description"]).toBe("Created.");
  });

  it("has the media types of bytes, and words, names and limits of parameters", () => {
    const [get, put] = operationsOf(shop).filter(({ path }) => path === "/v1/goods/{good}/picture");
    const bytes = { schema: { type: "string", format: "binary" } };
    const responses = asObject(get?.members["responses"]);
    expect(asObject(responses["200"])["content"]).toEqual({ "image/png": bytes, "image/webp": bytes });
    expect(asObject(responses["206"])["content"]).toEqual({ "image/png": bytes, "image/webp": bytes });
    expect(asObject(put?.members["requestBody"])["content"]).toEqual({ "image/png": bytes });
    expect(asList(get?.members["parameters"]).slice(0, 2)).toEqual([
      {
        name: "good",
        in: "path",
        required: true,
        description: "Which good.",
        schema: { type: "string", maxLength: 20 },
        example: "tea",
      },
      {
        name: "width",
        in: "query",
        description: "How wide.",
        example: 640,
        schema: { type: "integer", format: "int32", default: 320 },
        "x-unit": "px",
      },
    ]);
  });

  it("has what openapiv2_field, _schema and _enum say, but for what ProtoJSON alone decides", () => {
    const good = asObject(asObject(shop.components["schemas"])["shop.v1.Good"]);
    expect([good["title"], good["description"], good["example"]]).toEqual([
      "A good",
      "What is sold.",
      { title: "Tea", maker: "ACME", box: { sides: 6 } },
    ]);
    const { title, tags, stock } = membersOf(shop, "shop.v1.Good");
    expect({ title, tags, stock }).toEqual({
      title: {
        type: "string",
        title: "The title",
        description: "What it is called.",
        minLength: 1,
        maxLength: 63,
        pattern: "^[A-Z]",
        default: "Tea",
        example: "Coffee",
        "x-field": [1],
      },
      tags: { type: "array", items: { type: "string", maxLength: 5 }, maxItems: 3, uniqueItems: true },
      stock: { type: "string", format: "int64", readOnly: true },
    });
    expect(asObject(shop.components["schemas"])["shop.v1.Size"]).toEqual({
      type: "string",
      title: "How large",
      description: "Sizes.",
      enum: ["SIZE_UNSPECIFIED", "LARGE"],
    });
  });
});

describe("limits of validators", () => {
  it("are keywords of JSON Schema where it has any", () => {
    const members = membersOf(shop, "shop.v1.Good-Input");
    const { title: _1, tags: _2, stock: _3, size: _4, ...limited } = members;
    expect(limited).toEqual({
      maker: { type: "string", minLength: 2, maxLength: 5 },
      rank: { type: "integer", format: "int32", minimum: 0, exclusiveMaximum: 10, not: { enum: [5] } },
      odd: { type: "integer", format: "int32" },
      choice: { type: "integer", format: "int32", enum: [1, 2] },
      share: {
        anyOf: [
          { type: "number", format: "double" },
          { type: "string", enum: ["NaN", "Infinity", "-Infinity"] },
        ],
        exclusiveMinimum: 0,
        exclusiveMaximum: 1,
      },
      big: { type: "string", format: "int64" },
      mails: { type: "array", items: { type: "string", format: "email" }, minItems: 1, uniqueItems: true },
      counts: {
        type: "object",
        additionalProperties: { type: "integer", format: "int32", minimum: 0 },
        maxProperties: 4,
      },
      id: { type: "string", format: "uuid" },
      slug: { type: "string", pattern: "^a\\/b\\." },
      flags: { type: "string" },
      box: { $ref: "#/components/schemas/shop.v1.Box" },
      note: { type: "string", maxLength: 9 },
      address: { type: "string", format: "ipv4" },
    });
  });

  it("hold for enums, booleans, keys of maps and parts of texts", () => {
    const { agreed, size, sizes, counts, file } = membersOf(shop, "shop.v1.Order-Input");
    const ofSize = { $ref: "#/components/schemas/shop.v1.Size" };
    expect({ agreed, size, sizes, counts }).toEqual({
      agreed: { type: "boolean", const: true },
      size: { ...ofSize, not: { enum: ["SIZE_UNSPECIFIED"] } },
      sizes: { type: "array", items: { ...ofSize, enum: ["LARGE"] } },
      counts: {
        type: "object",
        additionalProperties: { type: "integer", format: "int32" },
        propertyNames: { minLength: 2 },
      },
    });
    const pattern = new RegExp(String(asObject(file)["pattern"]), "u");
    const fitting = ["ac.b", "axxc\n.b"].map((text) => pattern.test(text));
    const others = ["xac.b", "ac.bx", "a.b", "acd.b"].map((text) => pattern.test(text));
    expect({ fitting, others }).toEqual({ fitting: [true, true], others: [false, false, false, false] });
  });

  it("make choices of fields: at most one, and one that must be there", () => {
    const input = asObject(asObject(shop.components["schemas"])["shop.v1.Order-Input"]);
    const validate = new Ajv2020({ strict: false }).compile({ not: input["not"], allOf: input["allOf"] });
    const takes = (...names: readonly string[]): boolean =>
      validate(Object.fromEntries(names.map((name) => [name, 1])));
    expect([takes("card", "mail"), takes("account", "phone", "gift")]).toEqual([true, true]);
    expect([takes("card"), takes("mail"), takes("card", "account", "mail")]).toEqual([false, false, false]);
    expect([takes("card", "mail", "phone"), takes("card", "mail", "gift", "coupon")]).toEqual([false, false]);
    const reply = asObject(asObject(shop.components["schemas"])["shop.v1.Order"]);
    expect([reply["allOf"], reply["not"]]).toEqual([undefined, { required: ["card", "account"] }]);
    const place = operationsOf(shop).find(({ id }) => id === "Shop_PlaceOrder");
    const content = asObject(asObject(place?.members["requestBody"])["content"]);
    expect(validate(asObject(content["application/json"])["example"])).toBe(true);
  });

  it("ask for fields in requests", () => {
    const schemas = asObject(shop.components["schemas"]);
    expect(asObject(schemas["shop.v1.Good-Input"])["required"]).toEqual(["title", "maker", "box"]);
    expect(asObject(schemas["shop.v1.Good"])["required"]).toBeUndefined();
  });

  it("hold for parameters", () => {
    const list = operationsOf(shop).find(({ id }) => id === "Shop_ListGoods");
    expect(list?.members["parameters"]).toEqual([
      { name: "pageSize", in: "query", schema: { type: "integer", format: "int32", minimum: 0, maximum: 100 } },
      {
        name: "words",
        in: "query",
        style: "form",
        explode: true,
        schema: { type: "array", items: { type: "string", minLength: 3 }, maxItems: 2 },
      },
      { $ref: "#/components/parameters/ServerTimeout" },
    ]);
  });

  it("do not hold for replies where the gateway writes the zero of a field that is not set", () => {
    const json = { ...canonical.json, emitDefaults: "scalars" as const };
    const document = documentOfSchema(schemaOf("test/openapi/annotations/shop.proto"), { json });
    expect(membersOf(document, "shop.v1.Good")["maker"]).toEqual({ type: "string" });
    expect(membersOf(document, "shop.v1.Good-Input")["maker"]).toEqual({ type: "string", minLength: 2, maxLength: 5 });
  });
});

describe("the document of a file with gnostic's options", () => {
  it("has what they say", () => {
    expect({ ...clinic, paths: {}, components: clinic.components["securitySchemes"] }).toEqual({
      openapi: "3.1.0",
      info: { title: "Clinic", version: "3", description: "Heals.", summary: "Healing" },
      servers: [{ url: "https://clinic.example.com", description: "The one" }],
      security: [{ Machine: ["heal"] }],
      tags: [{ name: "Clinic", description: "Heals." }],
      "x-clinic": { beds: 2 },
      paths: {},
      components: {
        Machine: {
          type: "oauth2",
          flows: { clientCredentials: { tokenUrl: "https://clinic.example.com/token", scopes: { heal: "Heals." } } },
        },
        bearer: expect.anything(),
      },
    });
    const admit = operationsOf(clinic).find(({ id }) => id === "admit");
    const { summary, operationId, security } = admit?.members ?? {};
    expect({ summary, operationId, security }).toEqual({
      summary: "Admit a patient",
      operationId: "admit",
      security: [{ Machine: [] }],
    });
    const { parameters, requestBody, responses } = admit?.members ?? {};
    expect(parameters).toEqual([
      {
        name: "X-Ward",
        in: "header",
        description: "Where to.",
        required: true,
        schema: { type: "integer", format: "int32" },
        example: 7,
      },
      { name: "session", in: "cookie", schema: { type: "string" } },
      { $ref: "#/components/parameters/ServerTimeout" },
    ]);
    expect(asObject(requestBody)["description"]).toBe("Who is ill.");
    expect(asObject(responses)["200"]).toEqual({
      description: "Admitted.",
      headers: { "X-Bed": { description: "Which bed.", schema: { type: "integer" } } },
      content: {
        "application/json": {
          schema: { $ref: "#/components/schemas/clinic.v1.Patient" },
          example: { name: "Ada", ill: true },
        },
      },
    });
    expect(asObject(responses)["default"]).toEqual({
      $ref: "#/components/responses/Error",
      description: "Something else.",
    });
    // Two methods have been given one id, so that neither gets it.
    expect(
      operationsOf(clinic)
        .map(({ id }) => id)
        .sort(),
    ).toEqual(["Clinic_CountPatients", "Clinic_FindPatient", "admit"]);
    const find = operationsOf(clinic).find(({ id }) => id === "Clinic_FindPatient");
    expect(find?.members["parameters"]).toEqual([
      { name: "name", in: "query", description: "The whole name.", example: "Ada", schema: { type: "string" } },
      { $ref: "#/components/parameters/ServerTimeout" },
    ]);
    expect(membersOf(clinic, "clinic.v1.Patient-Input")).toEqual({
      name: { type: "string", description: "Its name.", maxLength: 9, pattern: "^[A-Z]", example: "Ada" },
      ill: { type: "boolean", readOnly: true, default: true },
    });
  });
});

it.each([
  ["shop", shop],
  ["clinic", clinic],
])("the document of %s.proto is valid", async (_name, document) => {
  expect(await schemaFaults(document)).toEqual([]);
  const accepted = new Set(["info-license", "info-license-strict", "no-unused-components", "no-server-example.com"]);
  expect(await lintFaults(document, accepted)).toEqual([]);
});
