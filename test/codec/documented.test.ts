import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createCodec } from "../../src/codec/index.js";
import { projectRoot } from "../support/project-root.js";
import { messageOf } from "./support/conformance-schema.js";
import { sampleSchema } from "./support/sample-schema.js";

const page = readFileSync(join(projectRoot, "docs/codec.md"), "utf8");

/** The rows of the first table: what it is about, the text sent in backticks, what comes back in backticks. */
const rows = [...page.matchAll(/^\| ([^|]+) \|[^\n]*\| `([^`]+)` \| `([^`]+)` \|$/gm)].map(
  ([, title = "", sent = "", back = ""]) => ({ title, sent, back }),
);

const schema = sampleSchema();
const type = messageOf(schema, "portico.examples.v1.Kinds");
const codec = createCodec(schema);

function answer(sent: string): string {
  try {
    return codec
      .decoder(type)(codec.encoder(type)(Buffer.from(sent)))
      .toString();
  } catch (error) {
    if (error instanceof Error) return error.message;
    throw error;
  }
}

describe("docs/codec.md tells the truth of", () => {
  it("thirty questions or more", () => {
    expect(rows.length).toBeGreaterThanOrEqual(30);
  });

  it.each(rows)("$title", ({ sent, back }) => {
    expect(answer(sent)).toBe(back);
  });
});
