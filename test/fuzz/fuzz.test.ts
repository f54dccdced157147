import { afterAll, describe, expect, it } from "vitest";
import { Random } from "../codec/support/random.js";
import { targets } from "./targets.js";

/** Inputs for each parser in the default run; `npm run test:fuzz` goes on for a minute. */
const INPUTS = 150;
/** Milliseconds for those that open connections, which get fewer. */
const SHARE = 2000;

describe("whatever it is given", () => {
  afterAll(() => {
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  it.each(targets)("$name reads it or refuses it", async (target) => {
    const end = performance.now() + SHARE;
    for (let seed = 0; seed < INPUTS && performance.now() < end; seed++) {
      try {
        await target.run(new Random(seed));
      } catch (error) {
        throw new Error(`seed ${seed}`, { cause: error });
      }
    }
  });
});
