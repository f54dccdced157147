import { readFileSync } from "node:fs";
import { Ajv } from "ajv";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { configReference, editorSchema } from "../../src/app/config/index.js";

describe("files generated from the configuration's schema are up to date (npm run generate)", () => {
  test("gateway.schema.json", () => {
    expect(JSON.parse(readFileSync("gateway.schema.json", "utf8"))).toEqual(editorSchema());
  });

  test("docs/configuration.md", () => {
    expect(readFileSync("docs/configuration.md", "utf8")).toBe(configReference());
  });
});

describe("gateway.schema.json", () => {
  const ajv = new Ajv({ allowUnionTypes: true });
  const validate = ajv.compile(editorSchema());

  test.each([
    "server: { port: 1, limits: { body: 4MiB, url: 100 } }",
    "server: { port: '${PORT}' }\nlog: { access: '${ACCESS:-true}', level: '${LEVEL}' }",
    "server:\nupstreams: { a: { target: 'x:1', tls: true, deadline: none } }",
    "upstreams: { a: { target: 'dns:///x:1', tls: { ca: a } }, b: { target: 'unix:x', tls: null } }",
    "openapi: { ui: false }",
  ])("lets an editor accept %j", (text) => {
    expect([validate(parse(text)), validate.errors]).toEqual([true, null]);
  });

  test.each([
    "server: { prt: 1 }",
    "server: { port: 65536 }",
    "server: { shutdownGrace: 5 }",
    "upstreams: { a: {} }",
    "upstreams: { a: { target: 'http://x' } }",
    "openapi: { ui: true }",
    "errors: { format: x }",
  ])("lets an editor mark %j", (text) => {
    expect(validate(parse(text))).toBe(false);
  });

  test("describes every key", () => {
    const silent: string[] = [];
    const walk = (
      schema: { properties?: object; additionalProperties?: unknown; description?: string },
      path: string,
    ) => {
      if (schema.description === undefined || !/^[A-Z`].*\.$/s.test(schema.description)) silent.push(path);
      for (const [key, property] of Object.entries(schema.properties ?? {})) walk(property, `${path}.${key}`);
      if (typeof schema.additionalProperties === "object") walk(schema.additionalProperties as object, `${path}.*`);
    };
    walk(editorSchema(), "");
    expect(silent).toEqual([]);
  });
});
