import { describe, expect, it } from "vitest";
import { nearest } from "../../src/core/index.js";

describe("the nearest known name", () => {
  const known = ["name", "title", "two_words", "additional_bindings"];
  const table: readonly (readonly [title: string, name: string, expected: string | null])[] = [
    ["one letter too few", "nam", "name"],
    ["one letter too many", "naame", "name"],
    ["another letter", "nane", "name"],
    ["two neighbours that changed places", "nmae", "name"],
    ["another case", "NAME", "name"],
    ["a letter at the front that belongs behind", "ittle", "title"],
    ["several slips in a long name", "aditional_bindigns", "additional_bindings"],
    ["two slips in a short name are too many", "nope", null],
    ["nothing alike", "zzzzzz", null],
    ["an empty name", "", null],
  ];
  for (const [title, name, expected] of table) {
    it(`${title}: ${JSON.stringify(name)} is ${expected ?? "near none"}`, () => {
      expect(nearest(name, known)).toBe(expected);
    });
  }

  it("is the first of several that are as near", () => {
    expect(nearest("bat", ["cat", "hat"])).toBe("cat");
  });

  it("is the nearer one, whatever the order", () => {
    expect(nearest("boats", ["boots", "boats", "coats"])).toBe("boats");
  });
});
