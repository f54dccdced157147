import { describe, expect, it } from "vitest";
import { examineApi } from "../rules/support/google-apis.js";
import { documentOfBindings } from "./support/document-of-protos.js";
import { schemaFaults } from "./support/document-tools.js";
import { operationsOf } from "./support/read-document.js";
import { structureFaults } from "./support/structure-faults.js";

/** A few that differ; bench/openapi.ts makes and validates the documents of all. */
const selection: readonly (readonly [directory: string, operations: number])[] = [
  ["google/pubsub/v1", 34],
  ["google/spanner/v1", 17],
  ["google/container/v1", 68],
  ["google/logging/v2", 178],
];

describe("documents of Google's APIs are valid", () => {
  it.each(selection)("%s: %i operations", async (directory, operations) => {
    const { schema, bound } = examineApi(directory);
    const document = documentOfBindings(schema, bound);
    expect(operationsOf(document).length).toBe(operations);
    expect([...(await schemaFaults(document)), ...structureFaults(document)]).toEqual([]);
  });
});
