import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { printOpenApi } from "../../src/openapi/index.js";
import { projectRoot } from "../support/project-root.js";
import { documentOfSchema, schemaOf } from "./support/document-of-protos.js";

const golden = path.join(projectRoot, "test/openapi/golden/library.yaml");

it("the document of golden/library.proto is golden/library.yaml, word for word", () => {
  const text = printOpenApi(documentOfSchema(schemaOf("test/openapi/golden/library.proto")), "yaml");
  if (process.env["UPDATE_GOLDEN"] === "1") writeFileSync(golden, text);
  expect(text).toBe(readFileSync(golden, "utf8"));
});
