import { expect } from "vitest";
import { eventually } from "../../upstream/support/client.js";

/** How a call ended: "ok" with its own answer, else what its caller was told. */
export type Outcome = string;

const WORKERS = 16;
/** Milliseconds between two calls of a worker: a steady load, so that a busy machine does not pass for a fault. */
const PACE = 5;
/** Milliseconds over which speed is looked at. */
const WINDOW = 200;

/** Callers who call one after the other, each call with a key of its own, until they are stopped. */
export class Load {
  readonly #outcomes = new Map<string, Outcome>();
  readonly #ends: { readonly at: number; readonly ok: boolean }[] = [];
  readonly #workers: Promise<void>[];
  #started = 0;
  #stopped = false;
  /** Good calls in a window while nothing was wrong. */
  #usual = 0;

  constructor(call: (key: string) => Promise<Outcome>) {
    this.#workers = Array.from({ length: WORKERS }, async () => {
      while (!this.#stopped) {
        const key = `key ${this.#started++}`;
        const outcome = await call(key);
        if (this.#outcomes.has(key)) throw new Error(`${key} ended twice`);
        this.#outcomes.set(key, outcome);
        this.#ends.push({ at: performance.now(), ok: outcome === "ok" });
        await new Promise((resolve) => setTimeout(resolve, PACE));
      }
    });
  }

  /** Calls that ended so. */
  count(outcome: Outcome | "failed"): number {
    let count = 0;
    for (const one of this.#outcomes.values()) if (outcome === "failed" ? one !== "ok" : one === outcome) count++;
    return count;
  }

  /** Waits until calls have gone well for a while, and takes that for the usual speed. */
  async warm(): Promise<void> {
    const from = performance.now();
    const goWell = (): boolean => {
      const { ok, failed } = this.#lastWindow();
      return performance.now() - from > 3 * WINDOW && failed === 0 && ok > 10;
    };
    await eventually(goWell, "calls go well", 10_000);
    this.#usual = this.#lastWindow().ok;
  }

  /** Waits until so many more calls have failed, or gone well. */
  async more(outcome: "ok" | "failed", count: number): Promise<void> {
    const before = this.count(outcome);
    await eventually(() => this.count(outcome) >= before + count, `${count} more calls are ${outcome}`, 10_000);
  }

  /**
   * Waits for full speed: a window without a failure and with half the usual calls at least (the rest is the machine's
   * noise). Fails if it takes more than a second, the window included.
   */
  async fullSpeed(): Promise<void> {
    const from = performance.now();
    const there = (): boolean => {
      const { ok, failed } = this.#lastWindow();
      return performance.now() - from >= WINDOW && failed === 0 && ok >= this.#usual / 2;
    };
    await eventually(there, "full speed again", 1000 + WINDOW);
  }

  /**
   * Ends the load and holds the accounts: every call has ended, well or with an error that is expected; a call that went
   * well was got once by a server, and no call was got twice.
   */
  async settle(seen: () => ReadonlyMap<string, number>, expected: RegExp): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.#workers);
    expect(this.#outcomes.size).toBe(this.#started);
    const odd = [...this.#outcomes].filter(([, outcome]) => outcome !== "ok" && !expected.test(outcome));
    expect(odd).toEqual([]);
    const counts = seen();
    expect([...counts].filter(([, times]) => times > 1)).toEqual([]);
    expect([...this.#outcomes].filter(([key, outcome]) => outcome === "ok" && counts.get(key) !== 1)).toEqual([]);
  }

  #lastWindow(): { ok: number; failed: number } {
    const since = performance.now() - WINDOW;
    const window = { ok: 0, failed: 0 };
    for (let i = this.#ends.length - 1; i >= 0; i--) {
      const end = this.#ends[i];
      if (end === undefined || end.at < since) break;
      if (end.ok) window.ok++;
      else window.failed++;
    }
    return window;
  }
}
