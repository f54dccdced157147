/**
 * Writes openapi/openapi.yaml, the document of the sample services under gateway.config.yaml. The test
 * test/openapi/generated.test.ts fails while it is out of date.
 */
import { writeFileSync } from "node:fs";
import { loadConfig } from "../src/app/config/index.js";
import { documentOf } from "../src/app/document-of.js";
import { loadRoutes } from "../src/app/routes/index.js";
import { printOpenApi } from "../src/openapi/index.js";

const config = loadConfig("gateway.config.yaml", {});
writeFileSync("openapi/openapi.yaml", printOpenApi(documentOf(config, loadRoutes(config)), "yaml"));
console.log("wrote openapi/openapi.yaml");
