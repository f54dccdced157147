import { describe, expect, it } from "vitest";
import { createCodec, createWriter } from "../../src/codec/index.js";
import { expectSame } from "./support/compare-json.js";
import { fieldOf } from "./support/compile-proto.js";
import { messageOf } from "./support/conformance-schema.js";
import { kindsSchema } from "./support/kinds.js";
import { Random } from "./support/random.js";
import { seedsOf } from "./support/seeds.js";

const seeds = seedsOf(1);
const kinds = messageOf(kindsSchema, "t.Kinds");
const codec = createCodec(kindsSchema);
const decode = codec.decoder(kinds);
const out = createWriter();

function printed(text: string): string {
  out.reset();
  out.stringField(14, text);
  return decode(out.view()).toString();
}

function printedByStringify(text: string): string {
  return text === "" ? "{}" : `{"stringValue":${JSON.stringify(text)}}`;
}

describe("strings of the wire are printed as JSON.stringify prints them", () => {
  it("with any character of ASCII at any place of up to 40", () => {
    for (let length = 1; length <= 40; length++) {
      for (let at = 0; at < length; at++) {
        for (let code = 0; code < 0x80; code++) {
          const text = "x".repeat(at) + String.fromCharCode(code) + "x".repeat(length - at - 1);
          if (printed(text) !== printedByStringify(text)) expect(printed(text)).toBe(printedByStringify(text));
        }
      }
    }
  });

  it("with characters of one to four bytes between and beside what is escaped", () => {
    const pieces = [
      "plain text of many bytes",
      "a",
      "",
      '"',
      "\\",
      "\n",
      "\u0001",
      "\u007f",
      "é",
      "漢",
      "\u2028",
      "😀",
      "\u{10ffff}",
    ];
    for (const seed of seeds(20_000)) {
      const random = new Random(seed);
      const text = Array.from({ length: random.below(12) }, () => random.pick(pieces)).join("");
      expectSame(printed(text), printedByStringify(text), `seed ${seed}`);
    }
  });
});

describe("strings of the wire that are not UTF-8 are refused", () => {
  const subject = "cannot print message t.Kinds as JSON: field t.Kinds";

  it.each<[title: string, wire: string, reason: string]>([
    [
      "a character begun in one string and ended in the next",
      "ba0101c3 ba0101a9",
      `${subject}.names holds invalid UTF-8`,
    ],
    ["a character cut off by the end", "7201e2", `${subject}.string_value holds invalid UTF-8`],
    ["one behind others that are whole", "7202c3a9 ba0102c3a9 ba0101c3", `${subject}.names holds invalid UTF-8`],
    ["a key of a map", "d201060a01c3120162", `${subject}.labels holds invalid UTF-8`],
    ["a value of a map", "d201060a01611201c3", `${subject}.labels holds invalid UTF-8`],
    ["a field that is set again", "7201c3 720161", `${subject}.string_value holds invalid UTF-8`],
    [
      "a value of a wrapper that is set again",
      "aa02060a01c30a0161",
      "cannot print message t.Kinds as JSON: field google.protobuf.StringValue.value holds invalid UTF-8",
    ],
  ])("%s", (_title, wire, message) => {
    expect(() => decode(Buffer.from(wire.replaceAll(" ", ""), "hex"))).toThrow(message);
    expect(printed("é")).toBe('{"stringValue":"é"}');
  });

  it("as the type of an Any that nobody knows", () => {
    const decode = createCodec(kindsSchema, { unknownAny: "base64" }).decoder(kinds);
    expect(() => decode(Buffer.from("9a02030a01c3", "hex"))).toThrow("google.protobuf.Any holds invalid UTF-8");
  });

  it("in the one field that is asked for", () => {
    const names = codec.fieldDecoder(fieldOf(kinds, "names"));
    expect(() => names(Buffer.from("ba0101c3ba0101a9", "hex"))).toThrow(`${subject}.names holds invalid UTF-8`);
  });
});
