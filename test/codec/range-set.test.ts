import { describe, expect, it } from "vitest";
import { ByteBuffer } from "../../src/codec/bytes/byte-buffer.js";
import { RangeSet } from "../../src/codec/bytes/range-set.js";
import { Random } from "./support/random.js";

describe("RangeSet", () => {
  it.each([
    ["with a table", 64],
    ["with strings as soon as two keys meet", 0],
  ])("tells which range was there before, %s", (_title, probes) => {
    const set = new RangeSet(probes);
    for (let seed = 0; seed < 40; seed++) {
      const random = new Random(seed);
      const buffer = new ByteBuffer(64);
      const model = new Set<string>();
      set.clear();
      for (let i = random.below(600); i >= 0; i--) {
        const key = String.fromCharCode(97 + random.below(3)).repeat(random.below(6)) + random.below(200);
        const start = buffer.length;
        buffer.raw(Buffer.from(key));
        buffer.raw(Buffer.from("|||"));
        expect(set.add(buffer, start, start + key.length), `seed ${seed}: ${key}`).toBe(!model.has(key));
        model.add(key);
      }
    }
  });
});
