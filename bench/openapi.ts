/**
 * Makes the OpenAPI document of every API version in the package google-proto-files, validates each by the official schema
 * and its structure, and prints the CPU time that it took; schemas are loaded outside of it. Options: --smoke for a few
 * of them, --slowest for the ten that took longest. Ends with 1 if a document is not valid.
 */
import { buildOpenApi, printOpenApi } from "../src/openapi/index.js";
import { canonical } from "../test/openapi/support/document-of-protos.js";
import { schemaFaults } from "../test/openapi/support/document-tools.js";
import { operationsOf } from "../test/openapi/support/read-document.js";
import { structureFaults } from "../test/openapi/support/structure-faults.js";
import { annotatedDirectories, examineApi } from "../test/rules/support/google-apis.js";

interface Measured {
  readonly directory: string;
  readonly operations: number;
  readonly schemas: number;
  readonly kilobytes: number;
  readonly milliseconds: number;
}

const smoke = process.argv.includes("--smoke");
const directories = smoke ? ["google/pubsub/v1", "google/spanner/v1", "google/container/v1"] : annotatedDirectories();
const measured: Measured[] = [];
const faults: string[] = [];
for (const directory of directories) {
  const { schema, bound } = examineApi(directory);
  if (bound.length === 0) continue;
  const start = process.cpuUsage();
  const document = buildOpenApi({ ...canonical, schema, bindings: bound });
  const { user, system } = process.cpuUsage(start);
  const milliseconds = (user + system) / 1_000;
  const found = [...(await schemaFaults(document)), ...structureFaults(document)];
  faults.push(...found.map((fault) => `${directory}: ${fault}`));
  measured.push({
    directory,
    operations: operationsOf(document).length,
    schemas: Object.keys(document.components["schemas"] ?? {}).length,
    kilobytes: Math.round(printOpenApi(document, "json").length / 1024),
    milliseconds: Math.round(milliseconds),
  });
}
for (const fault of faults) console.log(fault);
const sum = (of: (one: Measured) => number): number => measured.reduce((total, one) => total + of(one), 0);
const shown = [...measured].sort((a, b) => b.milliseconds - a.milliseconds).slice(0, 10);
if (process.argv.includes("--slowest")) console.table(shown);
console.log(
  `${measured.length} documents with ${sum((one) => one.operations)} operations and ${sum((one) => one.schemas)} schemas, ` +
    `${sum((one) => one.kilobytes)} kB of JSON, in ${sum((one) => one.milliseconds)} ms of CPU time; the slowest took ` +
    `${shown[0]?.milliseconds} ms (${shown[0]?.directory}); ${Math.round(process.memoryUsage().rss / 2 ** 20)} MB at the end; ` +
    `${faults.length} faults`,
);
process.exitCode = faults.length === 0 ? 0 : 1;
