/**
 * Gives every parser random and broken input for a while: `tsx test/fuzz/main.ts --seconds 60`. A finding is printed with
 * the command that brings it back, and ends the run with 1.
 *
 *   --seconds N   how long, 60 by default
 *   --seed N      the first seed, from the clock by default
 *   --only NAME   one target alone
 */
import { parseArgs } from "node:util";
import { Random } from "../codec/support/random.js";
import { targets } from "./targets.js";

const { values } = parseArgs({
  options: { seconds: { type: "string" }, seed: { type: "string" }, only: { type: "string" } },
});
const seconds = Number(values.seconds ?? 60);
const firstSeed = Number(values.seed ?? Date.now() % 1_000_000_000);
const chosen = targets.filter(({ name }) => values.only === undefined || name === values.only);
const write = (line: string): void => void process.stdout.write(`${line}\n`);

if (chosen.length === 0 || !Number.isFinite(seconds) || !Number.isInteger(firstSeed)) {
  write(`usage: tsx test/fuzz/main.ts [--seconds N] [--seed N] [--only ${targets.map(({ name }) => name).join("|")}]`);
  process.exit(2);
}

const counts = new Map(chosen.map(({ name }) => [name, 0]));
const end = performance.now() + seconds * 1_000;
for (let seed = firstSeed; performance.now() < end; seed++) {
  for (const target of chosen) {
    // A little of each in turn; some are a thousand times as fast as others.
    const share = performance.now() + 20;
    for (let i = 0; i < 200 && performance.now() < share; i++) {
      const own = seed * 1_000 + i;
      try {
        await target.run(new Random(own));
      } catch (error) {
        write(`${target.name} fails with seed ${own}: ${error instanceof Error ? error.stack : String(error)}`);
        write(`again: tsx test/fuzz/main.ts --only ${target.name} --seed ${seed} --seconds 1`);
        process.exit(1);
      }
      counts.set(target.name, (counts.get(target.name) ?? 0) + 1);
    }
  }
}
for (const [name, count] of counts) write(`${name.padEnd(16)} ${count} inputs`);
write(`no finding in ${seconds} s from seed ${firstSeed}`);
