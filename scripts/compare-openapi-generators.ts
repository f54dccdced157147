/**
 * Makes the documents of one API with protoc-gen-openapiv2, protoc-gen-openapiv3 (grpc-gateway) and Portico, and holds what the
 * table of docs/openapi.md says of them against what they say. Exit codes: 0 every cell is true, 1 one is not, 2 there is no
 * Go to build the generators with, which it says.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { printOpenApi } from "../src/openapi/index.js";
import { documentOfSchema, schemaOf } from "../test/openapi/support/document-of-protos.js";
import { projectRoot } from "../test/support/project-root.js";
import { operationRows } from "./openapi-generators/operation-rows.js";
import type { Documents, Row, VariantName } from "./openapi-generators/row.js";
import { type Generated, type Members, runGenerator, writeProto } from "./openapi-generators/run-generator.js";
import { schemaRows } from "./openapi-generators/schema-rows.js";

const VERSION = "v2.30.0";
const bin = path.join(projectRoot, ".tmp/openapi-generators/bin");

/** Builds a generator, or says why not and ends. */
function install(name: string): string {
  const plugin = path.join(bin, `${name}-${VERSION}`);
  if (existsSync(plugin)) return plugin;
  const go = [process.env["GO"], "/usr/local/go/bin/go"].find((one) => one !== undefined && existsSync(one)) ?? "go";
  const source = `github.com/grpc-ecosystem/grpc-gateway/v2/${name}@${VERSION}`;
  const { status, stderr, error } = spawnSync(go, ["install", source], {
    env: { ...process.env, GOBIN: bin },
    encoding: "utf8",
  });
  if (status !== 0) {
    console.error(`compare:openapi: ${name} cannot be built with Go (https://go.dev/dl): ${error?.message ?? stderr}`);
    process.exit(2);
  }
  spawnSync("mv", [path.join(bin, name), plugin]);
  return plugin;
}

const golden = readFileSync(path.join(projectRoot, "test/openapi/golden/library.proto"), "utf8");
const withoutCustom = ["Count", "Search"].reduce((text, name) => withoutMethod(text, name), golden);
const plain = withoutCustom.replace("  // Not with these.\n  Filter except = 3;\n", "");
const variants: Readonly<Record<VariantName, string>> = {
  selfHolding: withoutCustom,
  plain,
  streamWithVariable: plain.replace('post: "/v1/books:bring"', 'post: "/v1/books/{title}:bring"'),
};

function withoutMethod(text: string, name: string): string {
  const start = text.indexOf(`  rpc ${name}(`);
  const end = text.indexOf("\n  }\n", start) + 5;
  return text.slice(0, text.lastIndexOf("\n\n", start) + 1) + text.slice(end);
}

const plugins = { openapiv2: install("protoc-gen-openapiv2"), openapiv3: install("protoc-gen-openapiv3") };

function documentsOf(variant: VariantName): Documents {
  const folder = writeProto(variant, variants[variant]);
  const document = documentOfSchema(schemaOf(`${folder}/library.proto`));
  const text = printOpenApi(document, "json");
  const portico: Generated = { kind: "document", text, members: JSON.parse(text) as Members };
  return {
    openapiv2: runGenerator(plugins.openapiv2, folder),
    openapiv3: runGenerator(plugins.openapiv3, folder),
    portico,
  };
}

const made = new Map<VariantName, Documents>();
const page = readFileSync(path.join(projectRoot, "docs/openapi.md"), "utf8");
let untrue = 0;

function complain(text: string): void {
  untrue++;
  console.error(`not true: ${text}`);
}

function sizeOf(generated: Generated): string {
  return generated.kind === "document" ? ` (${generated.text.length} bytes)` : ` (${generated.reason.slice(0, 200)})`;
}

function check({ feature, variant, cells }: Row): void {
  const documents = made.get(variant) ?? documentsOf(variant);
  made.set(variant, documents);
  const columns = ["openapiv2", "openapiv3", "portico"] as const;
  for (const column of columns) {
    const { says, holds } = cells[column];
    if (!holds(documents[column])) complain(`${feature}: ${column}: ${says}${sizeOf(documents[column])}`);
  }
  const line = `| ${[feature, ...columns.map((column) => cells[column].says)].join(" | ")} |`;
  console.log(line);
  if (!page.includes(line)) complain(`docs/openapi.md has this line otherwise: ${line}`);
}

const rows = [...operationRows, ...schemaRows];
for (const row of rows) check(row);
console.log(`${rows.length} rows, ${untrue} untrue`);
process.exitCode = untrue === 0 ? 0 : 1;
