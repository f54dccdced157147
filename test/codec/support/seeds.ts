import { vi } from "vitest";

const seconds = Number(process.env["PORTICO_FUZZ_SECONDS"] ?? 0);

/** Whether this run is to look longer than every run does. */
export const searching = seconds > 0;

/**
 * The seeds of a test file whose `properties` share the time: of each property the first `count` in every run, and with
 * PORTICO_FUZZ_SECONDS as many more as that time allows. They always come in the same order, so a failure comes back.
 */
export function seedsOf(properties: number): (count: number) => Iterable<number> {
  const share = (seconds * 1000) / properties;
  if (searching) vi.setConfig({ testTimeout: share + 60_000 });
  return function* seeds(count) {
    const start = performance.now();
    for (let seed = 0; seed < count || performance.now() - start < share; seed++) yield seed;
  };
}
