/** Writes docs/errors.md from the catalogue. `npm run generate` runs it; a test holds the file against the catalogue. */
import { writeFileSync } from "node:fs";
import { catalogue, codeNames } from "../src/core/index.js";

const head = `# Errors that the gateway itself makes

<!-- Written by scripts/generate-errors-doc.ts from src/core/catalogue.ts; edit that one. -->

An error of the upstream is passed on with its own code, message and details. An error of the gateway has the id of one of
these rows: as \`reason\` of a \`google.rpc.ErrorInfo\` detail whose \`domain\` is \`portico\`, in the access log as \`error\`,
and, in the format \`problem\`, as \`type\`. An error about one field has a \`google.rpc.BadRequest\` detail as well, which
names the field. Ids are never reused.

| id | HTTP | gRPC | what it means | what to do |
|---|---|---|---|---|
`;

const rows = Object.entries(catalogue).map(
  ([id, { http, code, meaning, remedy }]) =>
    `| \`${id}\` | ${http} | ${codeNames[code]} (${code}) | ${meaning} | ${remedy} |\n`,
);

writeFileSync(new URL("../docs/errors.md", import.meta.url), head + rows.join(""));
