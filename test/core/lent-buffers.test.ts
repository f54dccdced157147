import { describe, expect, it } from "vitest";
import { giveBack, lendBuffer } from "../../src/core/index.js";

describe("lendBuffer", () => {
  it.each([
    [1, 4096],
    [4096, 4096],
    [4097, 8192],
    [100_000, 131_072],
    [1 << 20, 1 << 20],
    [(1 << 20) + 1, (1 << 20) + 1],
  ])("for %i bytes lends %i, in an ArrayBuffer of their own", (size, length) => {
    const lent = lendBuffer(size);
    expect([lent.length, lent.buffer.byteLength, lent.byteOffset]).toEqual([length, length, 0]);
  });

  it("lends again what was given back, whole, whatever part of it came", () => {
    const lent = lendBuffer(20_000);
    giveBack(lent.subarray(5, 10));
    const again = lendBuffer(30_000);
    expect([again.buffer === lent.buffer, again.length]).toEqual([true, 32_768]);
    giveBack(again);
  });

  it("lends nothing to two, though it be given back twice", () => {
    const lent = lendBuffer(20_000);
    giveBack(lent);
    giveBack(lent);
    const [first, second] = [lendBuffer(20_000), lendBuffer(20_000)];
    expect(first.buffer === second.buffer).toBe(false);
  });

  it("takes nothing that it did not lend", () => {
    const foreign = Buffer.allocUnsafeSlow(32_768);
    giveBack(foreign);
    giveBack(new Uint8Array(foreign.buffer, 100, 8));
    const lent = Array.from({ length: 10 }, () => lendBuffer(32_768));
    expect(lent.some(({ buffer }) => buffer === foreign.buffer)).toBe(false);
  });

  it("keeps 4 MiB and leaves the rest to the collector", () => {
    const lent = Array.from({ length: 10 }, () => lendBuffer(1 << 20));
    for (const buffer of lent) giveBack(buffer);
    const known = new Set(lent.map(({ buffer }) => buffer));
    const again = Array.from({ length: 10 }, () => lendBuffer(1 << 20));
    expect(again.filter(({ buffer }) => known.has(buffer)).length).toBeLessThanOrEqual(4);
  });
});
