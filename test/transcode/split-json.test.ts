import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { GatewayError } from "../../src/core/index.js";
import { createJsonSplitter, type StreamBody } from "../../src/transcode/stream/split-json.js";

/** The texts that a body splits into when it arrives in these chunks, or the id of the refusal. */
function split(body: StreamBody, chunks: readonly string[], limit = 1_000): readonly string[] | string {
  const texts: string[] = [];
  try {
    const splitter = createJsonSplitter(body, limit, (text) => texts.push(Buffer.from(text).toString()));
    for (const chunk of chunks) splitter.push(Buffer.from(chunk, "latin1"));
    splitter.end();
  } catch (error) {
    if (error instanceof GatewayError) return error.id;
    throw error;
  }
  return texts;
}

const bodies: readonly {
  readonly body: StreamBody;
  readonly text: string;
  readonly gives: readonly string[] | string;
}[] = [
  { body: "array", text: "[]", gives: [] },
  { body: "array", text: ' \n[ {"a":1} ,\t{"b":[2,"]"]}\r\n] \n', gives: ['{"a":1}', '{"b":[2,"]"]}'] },
  { body: "array", text: '["x","\\"]","\\\\"]', gives: ['"x"', '"\\"]"', '"\\\\"'] },
  { body: "array", text: "[1, -2.5e3 ,true,null]", gives: ["1", "-2.5e3", "true", "null"] },
  { body: "array", text: '[{"a":"}{"}]', gives: ['{"a":"}{"}'] },
  { body: "array", text: '{"a":1}', gives: "GW_BODY_NOT_JSON" },
  { body: "array", text: "NOT_JSON", gives: "GW_BODY_NOT_JSON" },
  { body: "array", text: "", gives: [] },
  { body: "array", text: "[1,]", gives: "GW_BODY_NOT_JSON" },
  { body: "array", text: "[,1]", gives: "GW_BODY_NOT_JSON" },
  { body: "array", text: "[1 2]", gives: "GW_BODY_NOT_JSON" },
  { body: "array", text: "[1] x", gives: "GW_BODY_NOT_JSON" },
  { body: "array", text: "[1", gives: "GW_BODY_NOT_JSON" },
  { body: "array", text: '[{"a":1}', gives: "GW_BODY_NOT_JSON" },
  { body: "array", text: '[{"a":', gives: "GW_BODY_NOT_JSON" },
  { body: "values", text: '{"a":1}\n{"b":2}\n', gives: ['{"a":1}', '{"b":2}'] },
  { body: "values", text: '{"a":1}{"b":2} [3]', gives: ['{"a":1}', '{"b":2}', "[3]"] },
  { body: "values", text: "1 2\n3", gives: ["1", "2", "3"] },
  { body: "values", text: '\x1e{"a":1}\n\x1e{"b":2}\n', gives: ['{"a":1}', '{"b":2}'] },
  { body: "values", text: "", gives: [] },
  { body: "values", text: '{"a":1}\n{"b":', gives: "GW_BODY_NOT_JSON" },
  { body: "either", text: '[{"a":1}]', gives: ['{"a":1}'] },
  { body: "either", text: '{"a":1}{"b":2}', gives: ['{"a":1}', '{"b":2}'] },
];

describe("A body of a client stream is split into its messages", () => {
  for (const { body, text, gives } of bodies) {
    it(`${JSON.stringify(text)} as ${body} gives ${JSON.stringify(gives)}, in one chunk and cut at every byte`, () => {
      expect(split(body, [text])).toEqual(gives);
      for (let i = 0; i <= text.length; i++) expect(split(body, [text.slice(0, i), text.slice(i)])).toEqual(gives);
      expect(split(body, [...text])).toEqual(gives);
    });
  }

  it("gives a message as soon as its last byte is there", () => {
    const texts: string[] = [];
    const splitter = createJsonSplitter("array", 1_000, (text) => texts.push(Buffer.from(text).toString()));
    splitter.push(Buffer.from('[{"a":1}'));
    expect(texts).toEqual(['{"a":1}']);
    splitter.push(Buffer.from(',"b'));
    expect(texts).toEqual(['{"a":1}']);
    splitter.push(Buffer.from('"'));
    expect(texts).toEqual(['{"a":1}', '"b"']);
  });

  it("takes a message of exactly the limit and refuses a longer one, whole or in parts", () => {
    expect(split("array", ['["345678"]'], 8)).toEqual(['"345678"']);
    expect(split("array", ['["3456', '78"]'], 8)).toEqual(['"345678"']);
    expect(split("array", ['["3456789"]'], 8)).toBe("GW_BODY_TOO_LARGE");
    expect(split("array", ['["3456', "7890"], 8)).toBe("GW_BODY_TOO_LARGE");
  });

  it("gives back every random list of values, however it is cut", () => {
    fc.assert(
      fc.property(
        fc.array(fc.json({ maxDepth: 3 }), { maxLength: 6 }),
        fc.array(fc.nat(40), { maxLength: 8 }),
        (values, cuts) => {
          const text = `[${values.join(" , ")}]`;
          const bytes = Buffer.from(text);
          const texts: string[] = [];
          const splitter = createJsonSplitter("array", 100_000, (part) => texts.push(Buffer.from(part).toString()));
          let at = 0;
          for (const cut of cuts) {
            splitter.push(bytes.subarray(at, at + cut));
            at = Math.min(bytes.length, at + cut);
          }
          splitter.push(bytes.subarray(at));
          splitter.end();
          expect(texts).toEqual(values);
        },
      ),
      { numRuns: 300, seed: 20261120 },
    );
  });

  it("meets random bytes with messages or a refusal, never with another error", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 60 }),
        fc.constantFrom<StreamBody>("array", "values", "either"),
        (bytes, body) => {
          const result = split(body, [Buffer.from(bytes).toString("latin1")], 30);
          expect(Array.isArray(result) || result === "GW_BODY_NOT_JSON" || result === "GW_BODY_TOO_LARGE").toBe(true);
        },
      ),
      { numRuns: 500, seed: 20261120 },
    );
  });
});
