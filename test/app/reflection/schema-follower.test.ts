import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { SchemaFollower } from "../../../src/app/reflection/schema-follower.js";
import { type Reflection, ReflectionError } from "../../../src/schema/index.js";

const reflection: Reflection = {
  upstream: "shop",
  services: [],
  undescribed: [],
  files: new Map(),
  missing: new Map(),
  digest: "",
};

describe("when an upstream is asked", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  /** A follower with the times at which it has asked, each question open until it is answered. */
  function follow(refresh = Number.POSITIVE_INFINITY, taken = Promise.resolve()) {
    const begun = Date.now();
    const asked: number[] = [];
    const open: { good(): void; bad(): void }[] = [];
    const told: string[] = [];
    const follower = new SchemaFollower({
      ask: () =>
        new Promise((resolve, reject) => {
          asked.push(Date.now() - begun);
          open.push({
            good: () => resolve(reflection),
            bad: () => reject(new ReflectionError("unreachable", "gone")),
          });
        }),
      refresh,
      told: () => {
        told.push("told");
        return taken;
      },
      failed: () => void told.push("failed"),
    });
    const answer = async (how: "good" | "bad"): Promise<void> => {
      open.shift()?.[how]();
      await vi.advanceTimersByTimeAsync(0);
    };
    void follower.start();
    return { follower, asked, told, answer, wait: (ms: number) => vi.advanceTimersByTimeAsync(ms) };
  }

  it("at the start, and then on the interval from each answer on", async () => {
    const { asked, told, answer, wait } = follow(10_000);
    await wait(100);
    await answer("good");
    await wait(10_000);
    await wait(50);
    await answer("good");
    await wait(20_000);
    expect({ asked, told }).toEqual({ asked: [0, 10_100, 20_150], told: ["told", "told"] });
  });

  it("after failures at longer and longer pauses, and after one that is none on the interval again", async () => {
    const { asked, answer } = follow(7000);
    const pauses: number[] = [];
    for (const how of [...Array(7).fill("bad"), "good", "bad"]) {
      await answer(how);
      const answered = Date.now();
      await vi.advanceTimersToNextTimerAsync();
      pauses.push(Date.now() - answered);
    }
    expect(pauses).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 7000, 1000]);
    expect(asked).toHaveLength(10);
  });

  it.each([
    ["connected", "good", []],
    ["connected", "bad", [500]],
    ["renewed", "good", [500]],
    ["renewed", "bad", [500]],
    ["failing", "good", []],
    ["failing", "bad", [1000]],
  ] as const)("%s while it is asked, with an answer that is %s: again at %j", async (kind, how, again) => {
    const { follower, asked, answer, wait } = follow();
    follower.event(kind === "failing" ? { kind, address: null, cause: "" } : { kind, address: null });
    await answer(how);
    await wait(1500);
    expect(asked).toEqual([0, ...again]);
  });

  it.each(["connected", "renewed"] as const)(
    "%s when it has answered: at once, but not more often than allowed",
    async (kind) => {
      const { follower, asked, answer, wait } = follow();
      await answer("good");
      await wait(300);
      for (let i = 0; i < 3; i++) follower.event({ kind, address: null });
      await wait(1000);
      await answer("good");
      follower.event({ kind, address: null });
      await wait(0);
      expect(asked).toEqual([0, 500, 1300]);
    },
  );

  it.each([
    ["connected", [0, 700]],
    ["renewed", [0, 700]],
    ["failing", [0]],
  ] as const)("%s while what it has answered is taken: not before that is done, at %j", async (kind, times) => {
    let done = (): void => undefined;
    const taken = new Promise<void>((resolve) => {
      done = resolve;
    });
    const { follower, asked, answer, wait } = follow(Number.POSITIVE_INFINITY, taken);
    await answer("good");
    follower.event(kind === "failing" ? { kind, address: null, cause: "" } : { kind, address: null });
    await wait(700);
    done();
    await wait(1000);
    expect(asked).toEqual(times);
  });

  it("no more once it is stopped, whatever is answered or happens", async () => {
    const { follower, asked, told, answer, wait } = follow(1000);
    follower.stop();
    await answer("good");
    follower.event({ kind: "connected", address: null });
    await wait(10_000);
    expect({ asked, told }).toEqual({ asked: [0], told: [] });
  });
});
