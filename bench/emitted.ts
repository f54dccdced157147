/**
 * Records against emitted code: nanoseconds of CPU time that wire → JSON takes with the codec's records for each field, and
 * with text of code made for each message (bench/codec/emitted.ts). What the one has taught V8 would hold for the other, so
 * each run has a process of its own, in turns; each number is the median of the runs. See docs/adr/0003-no-emitted-code.md.
 *
 *   --smoke   runs for a moment, which shows that it works and nothing else
 */
import { execFileSync } from "node:child_process";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import { createCodec } from "../src/codec/index.js";
import { loadDescriptorSet } from "../src/schema/index.js";
import { fixtureDescriptors } from "./codec/descriptors.js";
import { emittedDecoder } from "./codec/emitted.js";
import { fixtures } from "./codec/fixtures.js";
import { option, smoke } from "./support/arguments.js";

const RUNS = smoke ? 1 : 7;
const ROUNDS = smoke ? 1 : 15;
const WARM_ROUNDS = smoke ? 0 : 8;
/** JSON that one round prints. */
const ROUND_BYTES = smoke ? 1e5 : 1e7;

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

/** Nanoseconds a message in this process. */
function measure(way: string, name: string): number {
  const schema = loadDescriptorSet(fixtureDescriptors());
  const fixture = fixtures.find((each) => each.name === name);
  const type = schema.messages.get(`portico.bench.v1.${fixture?.type}`);
  if (fixture === undefined || type === undefined) throw new Error(`there is no fixture ${name}`);
  const codec = createCodec(schema);
  const wire = Buffer.from(codec.encoder(type)(Buffer.from(JSON.stringify(fixture.json))));
  const expected = codec.decoder(type)(wire);
  const decode = way === "emitted" ? emittedDecoder(schema, type) : createCodec(schema).decoder(type);
  if (!decode(wire).equals(expected)) throw new Error(`${way} gives another text of ${name}`);
  const count = Math.ceil(ROUND_BYTES / expected.length);
  const times: number[] = [];
  for (let round = 0; round < WARM_ROUNDS + ROUNDS; round++) {
    const start = process.cpuUsage();
    for (let i = 0; i < count; i++) decode(wire);
    const { user, system } = process.cpuUsage(start);
    if (round >= WARM_ROUNDS) times.push(((user + system) * 1000) / count);
  }
  return median(times);
}

function compare(): void {
  const script = fileURLToPath(import.meta.url);
  const node = extname(script) === ".ts" ? ["--import", "tsx", script] : [script];
  for (const { name } of fixtures) {
    const times = { records: [] as number[], emitted: [] as number[] };
    for (let run = 0; run < RUNS; run++) {
      for (const way of ["records", "emitted"] as const) {
        const args = [...node, "--way", way, "--fixture", name, ...(smoke ? ["--smoke"] : [])];
        times[way].push(Number(execFileSync(process.execPath, args).toString()));
      }
    }
    const records = median(times.records);
    const emitted = median(times.emitted);
    const figures = `records ${records.toFixed(0)} ns, emitted code ${emitted.toFixed(0)} ns`;
    console.log(`${name.padEnd(16)}${figures}: ${(emitted / records).toFixed(2)}`);
  }
}

const way = option("way", "");
if (way === "") compare();
else console.log(measure(way, option("fixture", "")));
