import { describe, expect, it } from "vitest";
import { glob } from "../../src/schema/source/glob.js";
import { googleRoot } from "./support/build-set.js";
import { compareSources } from "./support/compare-sources.js";
import { fixtures } from "./support/fixtures.js";

/**
 * Parts of google-proto-files that between them use everything in it; `scripts/compare-schemas.ts` compares the whole.
 */
const PARTS: readonly string[] = [
  "google/{api,rpc,type,iam,logging,longrunning,pubsub,spanner,firestore,bigtable,container,home,example}/**/*.proto",
  "google/{storage,chat,devtools,monitoring}/**/*.proto",
  "google/protobuf/*.proto",
  "google/protobuf/{bridge,compiler,json,test_protos}/*.proto",
  "google/protobuf/util/json_format.proto",
  "{grafeas,gapic}/**/*.proto",
];

function partsOfGoogle(): string[] {
  return PARTS.flatMap((pattern) => glob(pattern, googleRoot)).map((file) => file.slice(googleRoot.length + 1));
}

describe("both sources make the same Schema", () => {
  it.each(["descriptor set", "image"] as const)("of protos that use the whole language (%s)", (form) => {
    expect(compareSources({ kind: "written", files: fixtures }, form)).toEqual({ files: 20, differences: [] });
  });

  it("of a large part of google-proto-files", () => {
    const { files, differences } = compareSources({ kind: "google", files: partsOfGoogle() }, "descriptor set");
    expect(differences).toEqual([]);
    expect(files).toBeGreaterThan(400);
  });
});
