import { describe, expect, it } from "vitest";
import { finish, finishInTurns, inSteps, type Steps } from "../../src/core/index.js";

/** Counts to a number, a step each, noting what was counted. */
function* counting(to: number, counted: number[]): Steps<string> {
  for (let i = 1; i <= to; i++) {
    counted.push(i);
    yield;
  }
  return `counted to ${to}`;
}

const never = new AbortController().signal;

describe("work in steps", () => {
  it("is done at once, with what it makes", () => {
    const counted: number[] = [];
    expect(finish(counting(3, counted))).toBe("counted to 3");
    expect(counted).toEqual([1, 2, 3]);
  });

  it("throws what a step throws, and does no further one", async () => {
    function* failing(): Steps<void> {
      yield;
      throw new Error("no");
    }
    expect(() => finish(failing())).toThrow("no");
    await expect(finishInTurns(failing(), never)).rejects.toThrow("no");
  });

  it("is done in turns of the event loop, between which others have theirs", async () => {
    const order: string[] = [];
    let going = true;
    const other = (): void => {
      order.push("other");
      if (going) setImmediate(other);
    };
    function* work(): Steps<string> {
      for (const step of ["a", "b", "c"]) {
        order.push(step);
        yield;
      }
      return "done";
    }
    const done = finishInTurns(work(), never, 0);
    order.push("asked");
    setImmediate(other);
    expect(await done).toBe("done");
    going = false;
    // A turn of no milliseconds has one step, and the last one is that which ends.
    expect(order).toEqual(["asked", "a", "other", "b", "other", "c", "other"]);
  });

  it("takes as many steps of a turn as there is time for", async () => {
    const counted: number[] = [];
    let turns = 0;
    let going = true;
    const other = (): void => {
      turns++;
      if (going) setImmediate(other);
    };
    setImmediate(other);
    expect(await finishInTurns(counting(1000, counted), never, 60_000)).toBe("counted to 1000");
    going = false;
    expect([counted.length, turns]).toEqual([1000, 1]);
  });

  it("ends between two turns once it is not wanted any more", async () => {
    const counted: number[] = [];
    const stop = new AbortController();
    const done = finishInTurns(counting(1000, counted), stop.signal, 0);
    await new Promise((resolve) => setImmediate(resolve));
    stop.abort();
    expect(await done).toBeNull();
    expect(counted.length).toBeLessThan(3);
  });

  it("does not begin where it is not wanted from the start", async () => {
    const counted: number[] = [];
    expect(await finishInTurns(counting(1, counted), AbortSignal.abort())).toBeNull();
    expect(counted).toEqual([]);
  });

  it.each([
    [0, 1, []],
    [5, 2, [2, 4, 5]],
    [4, 2, [2, 4, 4]],
    [3, 64, [3]],
  ] as const)("over %d items, %d in a step, has done so many after each: %j", (items, ofAStep, after) => {
    const done: number[] = [];
    const steps = inSteps(Array(items).keys(), (item) => done.push(item), ofAStep);
    const seen: number[] = [];
    for (let step = steps.next(); ; step = steps.next()) {
      if (items > 0) seen.push(done.length);
      if (step.done === true) break;
    }
    expect(seen).toEqual(after);
  });
});
