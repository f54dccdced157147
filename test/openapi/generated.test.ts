import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { printOpenApi } from "../../src/openapi/index.js";
import { projectRoot } from "../support/project-root.js";
import { sampleDocument } from "./support/sample-document.js";

it("openapi/openapi.yaml is the document of the sample services; `npm run generate` renews it", () => {
  const kept = readFileSync(path.join(projectRoot, "openapi/openapi.yaml"), "utf8");
  expect(kept).toBe(printOpenApi(sampleDocument(), "yaml"));
});
