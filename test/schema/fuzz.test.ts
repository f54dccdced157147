import { readFileSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FaultsError } from "../../src/core/index.js";
import { loadDescriptorSet } from "../../src/schema/index.js";
import { parseProto } from "../../src/schema/source/parse-proto.js";
import { Scanner, SyntaxFault } from "../../src/schema/source/scanner.js";
import { buildSet, copyGoogleFiles, googleRoot, inFolder, writeFiles } from "./support/build-set.js";
import { fixtures } from "./support/fixtures.js";
import { loadText } from "./support/load-text.js";

const SEED = 20261120;
const texts = [...Object.values(fixtures), readFileSync(path.join(googleRoot, "google/api/http.proto"), "utf8")];

/** Pieces that mean something to the parser, so that random texts get far into it. */
const pieces = fc.constantFrom(
  ..."syntax edition package import option message enum service rpc returns stream oneof map extend extensions reserved".split(
    " ",
  ),
  ..."group optional required repeated to max int32 string true -inf nan __proto__ constructor a.b.C .x".split(" "),
  ...'{ } [ ] ( ) < > ; : , = . - / " \' 1 0x1F 017 1.5e3 -1 "text" \'x\' "\\377" "\\'.split(" "),
  ...'// comment\n|/* block */|/*|\n|\n\n|proto2|"proto3"|"2023"'.split("|"),
);

/** A text with a part cut out, doubled or replaced. */
const mutated = fc
  .tuple(fc.constantFrom(...texts), fc.nat(), fc.nat(200), fc.array(pieces, { maxLength: 4 }))
  .map(([text, at, length, inserted]) => {
    const from = at % text.length;
    return text.slice(0, from) + inserted.join(" ") + text.slice(from + length);
  });

const anyText = fc.oneof(
  fc.string({ unit: "binary", maxLength: 200 }),
  fc.array(pieces, { maxLength: 60 }).map((all) => all.join(" ")),
  mutated,
);

describe("whatever the text", () => {
  it("the scanner comes to its end, over tokens that are in the text", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const scanner = new Scanner(text);
        let steps = 0;
        while (scanner.kind !== "end") {
          try {
            scanner.next();
          } catch (error) {
            expect(error).toBeInstanceOf(SyntaxFault);
          }
          expect(text.slice(scanner.start, scanner.start + scanner.text.length)).toBe(scanner.text);
          expect(steps++).toBeLessThanOrEqual(text.length + 1);
        }
      }),
      { seed: SEED, numRuns: 2000 },
    );
  });

  it("the parser gives a file, and faults with places in the text", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const { file, faults } = parseProto(text, "a.proto", "a.proto");
        expect(file.name).toBe("a.proto");
        const lines = text.split("\n").length;
        for (const fault of faults) {
          expect(fault.line).toBeGreaterThanOrEqual(1);
          expect(fault.line).toBeLessThanOrEqual(lines);
          expect(fault.column).toBeGreaterThanOrEqual(1);
        }
      }),
      { seed: SEED, numRuns: 2000 },
    );
  });

  it("loading gives a Schema or a FaultsError", () => {
    fc.assert(
      fc.property(mutated, (text) => {
        try {
          loadText({ ...fixtures, "fix/common.proto": fixtures["fix/common.proto"] ?? "", "fix/proto3.proto": text });
        } catch (error) {
          expect(error).toBeInstanceOf(FaultsError);
        }
      }),
      { seed: SEED, numRuns: 100 },
    );
    expect(Object.keys(Object.prototype)).toEqual([]);
  });
});

describe("whatever the bytes", () => {
  const set = inFolder((folder) => {
    writeFiles(folder, fixtures);
    const imported = [...loadText(fixtures).files.keys()].filter((name) => !(name in fixtures));
    copyGoogleFiles(folder, imported);
    return buildSet(folder, "descriptor set");
  });
  const loads = (bytes: Uint8Array): void => {
    try {
      loadDescriptorSet(bytes);
    } catch (error) {
      expect(error).toBeInstanceOf(FaultsError);
    }
  };

  it("random ones give a Schema or a FaultsError", () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), loads), { seed: SEED, numRuns: 2000 });
  });

  it("a descriptor set with some bytes changed gives a Schema or a FaultsError", () => {
    const changes = fc.array(fc.tuple(fc.nat(set.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(changes, (each) => {
        const bytes = Buffer.from(set);
        for (const [at, byte] of each) bytes[at] = byte;
        loads(bytes);
      }),
      { seed: SEED, numRuns: 150 },
    );
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  it("a descriptor set that ends early gives a Schema or a FaultsError", () => {
    fc.assert(
      fc.property(fc.nat(set.length), (length) => loads(set.subarray(0, length))),
      { seed: SEED, numRuns: 50 },
    );
  });
});
