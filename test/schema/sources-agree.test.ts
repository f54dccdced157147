import { describe, expect, it } from "vitest";
import { glob } from "../../src/schema/source/glob.js";
import { googleRoot } from "./support/build-set.js";
import { compareSources, known } from "./support/compare-sources.js";
import { fixtures, messageSet } from "./support/fixtures.js";

/**
 * Parts of google-proto-files that between them use everything in it; `scripts/compare-schemas.ts` compares the whole.
 */
const PARTS: readonly string[] = [
  "google/{api,rpc,type,iam,logging,longrunning,pubsub,spanner,firestore,bigtable,container,home,example}/**/*.proto",
  "google/{storage,chat,devtools,monitoring}/**/*.proto",
  "google/protobuf/*.proto",
  "google/protobuf/{compiler,json,test_protos}/*.proto",
  "google/protobuf/util/json_format.proto",
  "{grafeas,gapic}/**/*.proto",
];

function partsOfGoogle(): string[] {
  return PARTS.flatMap((pattern) => glob(pattern, googleRoot)).map((file) => file.slice(googleRoot.length + 1));
}

/** The image of buf 1.74 leaves out imports that are for options alone, which its descriptor set has. */
const forImages = Object.fromEntries(Object.entries(fixtures).filter(([name]) => name !== "fix/editions2024.proto"));

describe("both sources make the same Schema", () => {
  it("of protos that use the whole language, from a descriptor set", () => {
    expect(compareSources({ kind: "written", files: fixtures }, "descriptor set")).toEqual({
      files: 20,
      differences: [],
    });
  });

  it("of protos that use the whole language, from an image", () => {
    expect(compareSources({ kind: "written", files: forImages }, "image")).toEqual({ files: 18, differences: [] });
  });

  it.each([
    ["a message set", { kind: "written", files: { "fix/message_set.proto": messageSet } }],
    ["the message set of google-proto-files", { kind: "google", files: ["google/protobuf/bridge/message_set.proto"] }],
  ] as const)("of %s", (_, input) => {
    expect(compareSources(input, "descriptor set")).toEqual({ files: 1, differences: [] });
  });

  // Five seconds on an idle machine.
  it("of a large part of google-proto-files", { timeout: 90_000 }, () => {
    const { files, differences } = compareSources({ kind: "google", files: known(partsOfGoogle()) }, "descriptor set");
    expect(differences).toEqual([]);
    expect(files).toBeGreaterThan(400);
  });
});
