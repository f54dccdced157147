/**
 * Writes gateway.schema.json and docs/configuration.md from the configuration's one source, src/app/config. The test
 * test/app/generated.test.ts fails while they are out of date.
 */
import { writeFileSync } from "node:fs";
import { configReference, editorSchema } from "../src/app/config/index.js";

writeFileSync("gateway.schema.json", `${JSON.stringify(editorSchema(), null, 2)}\n`);
writeFileSync("docs/configuration.md", configReference());
console.log("wrote gateway.schema.json and docs/configuration.md");
