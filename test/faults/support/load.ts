import { expect } from "vitest";
import { eventually } from "../../upstream/support/client.js";
import { Callers, type Outcome, WINDOW } from "./callers.js";

export type { Outcome } from "./callers.js";

const CALLERS = 16;
const CONTROL_CALLERS = 4;

/**
 * A steady load on an upstream that will fail, beside a small one on an upstream that will not: how much the former is below
 * its usual share of the latter is the fault's doing, and not that of a busy machine.
 */
export class Load {
  readonly #calls: Callers;
  readonly #control: Callers;
  /** Good calls for each of the control's while nothing is wrong. */
  #usual = 0;

  constructor(call: (key: string) => Promise<Outcome>, control: (key: string) => Promise<Outcome>) {
    this.#calls = new Callers(CALLERS, call);
    this.#control = new Callers(CONTROL_CALLERS, control);
  }

  /** Calls that ended so. */
  count(outcome: Outcome | "failed"): number {
    let count = 0;
    for (const one of this.#calls.outcomes.values()) {
      if (outcome === "failed" ? one !== "ok" : one === outcome) count++;
    }
    return count;
  }

  /** Waits until calls have gone well for a while, and takes that for the usual speed. */
  async warm(): Promise<void> {
    const from = performance.now();
    const goWell = (): boolean => {
      const { ok, failed } = this.#calls.lastWindow();
      return performance.now() - from > 3 * WINDOW && failed === 0 && ok > 10 && this.#control.lastWindow().ok > 2;
    };
    await eventually(goWell, "calls go well", 10_000);
    this.#usual = this.#calls.lastWindow().ok / this.#control.lastWindow().ok;
  }

  /** Waits until so many more calls have failed, or gone well. */
  async more(outcome: "ok" | "failed", count: number): Promise<void> {
    const before = this.count(outcome);
    await eventually(() => this.count(outcome) >= before + count, `${count} more calls are ${outcome}`, 20_000);
  }

  /**
   * Waits for full speed: a window without a failure and with half the usual share of calls at least. Fails if it takes more
   * than a second before that window.
   */
  async fullSpeed(): Promise<void> {
    const from = performance.now();
    const there = (): boolean => {
      const { ok, failed } = this.#calls.lastWindow();
      const share = this.#usual * this.#control.lastWindow().ok;
      return performance.now() - from >= WINDOW && failed === 0 && ok > 0 && ok >= share / 2;
    };
    await eventually(there, "full speed again", 1000 + WINDOW);
  }

  /**
   * Ends the load and holds the accounts: every call has ended, well or with an error that is expected; a call that went
   * well was got once by a server, and no call was got twice.
   */
  async settle(seen: () => ReadonlyMap<string, number>, expected: RegExp): Promise<void> {
    await Promise.all([this.#calls.stop(), this.#control.stop()]);
    const { outcomes, started } = this.#calls;
    expect(outcomes.size).toBe(started);
    const odd = [...outcomes].filter(([, outcome]) => outcome !== "ok" && !expected.test(outcome));
    expect(odd).toEqual([]);
    const counts = seen();
    expect([...counts].filter(([, times]) => times > 1)).toEqual([]);
    expect([...outcomes].filter(([key, outcome]) => outcome === "ok" && counts.get(key) !== 1)).toEqual([]);
    expect([...this.#control.outcomes.values()].filter((outcome) => outcome !== "ok")).toEqual([]);
  }
}
