/** How a call ended: "ok" with its own answer, else what its caller was told. */
export type Outcome = string;

/** Milliseconds between two calls of one caller: a steady load. */
const PACE = 5;
/** Milliseconds over which speed is looked at. */
export const WINDOW = 200;

/** Callers who call one after the other, each call with a key of its own, until they are stopped. */
export class Callers {
  readonly outcomes = new Map<string, Outcome>();
  readonly #ends: { readonly at: number; readonly ok: boolean }[] = [];
  readonly #all: Promise<void>[];
  #stopped = false;
  started = 0;

  constructor(count: number, call: (key: string) => Promise<Outcome>) {
    this.#all = Array.from({ length: count }, async () => {
      while (!this.#stopped) {
        const key = `key ${this.started++}`;
        const outcome = await call(key);
        if (this.outcomes.has(key)) throw new Error(`${key} ended twice`);
        this.outcomes.set(key, outcome);
        this.#ends.push({ at: performance.now(), ok: outcome === "ok" });
        await new Promise((resolve) => setTimeout(resolve, PACE));
      }
    });
  }

  /** What ended in the last window. */
  lastWindow(): { readonly ok: number; readonly failed: number } {
    const since = performance.now() - WINDOW;
    let ok = 0;
    let failed = 0;
    for (let i = this.#ends.length - 1; i >= 0; i--) {
      const end = this.#ends[i];
      if (end === undefined || end.at < since) break;
      if (end.ok) ok++;
      else failed++;
    }
    return { ok, failed };
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.#all);
  }
}
