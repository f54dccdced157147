/**
 * Records against emitted code: nanoseconds of CPU time that wire → JSON takes with the codec's records for each field, and
 * with text of code made for each message (bench/codec/emitted.ts). What the one has taught V8 would hold for the other, so
 * each run has a process of its own, in turns; each number is the median of the runs. A message is printed alone, as a bench
 * likes it, and after all the others have been, as a gateway does it. See docs/adr/0004-records-not-emitted-code.md.
 *
 *   --smoke       runs for a moment, which shows that it works and nothing else
 *   --only NAME   the fixtures whose names contain NAME
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

const RUNS = smoke ? 1 : 5;
const ROUNDS = smoke ? 1 : 9;
const WARM_ROUNDS = smoke ? 1 : 8;
/** JSON that one round prints. */
const ROUND_BYTES = smoke ? 1e5 : 1e7;

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

interface Case {
  readonly name: string;
  readonly run: () => unknown;
  readonly count: number;
}

/** What prints each fixture in one of the two ways. */
function casesOf(way: string): readonly Case[] {
  const schema = loadDescriptorSet(fixtureDescriptors());
  const codec = createCodec(schema);
  return fixtures.map(({ name, type: typeName, messages: [json] }) => {
    const type = schema.messages.get(`portico.bench.v1.${typeName}`);
    if (type === undefined) throw new Error(`there is no message ${typeName}`);
    const wire = Buffer.from(codec.encoder(type)(Buffer.from(JSON.stringify(json))));
    const decode = way === "emitted" ? emittedDecoder(schema, type) : codec.decoder(type);
    if (!decode(wire).equals(codec.decoder(type)(wire))) throw new Error(`the two ways print ${name} differently`);
    return { name, run: () => decode(wire), count: Math.ceil(ROUND_BYTES / JSON.stringify(json).length) };
  });
}

function round({ run, count }: Case): number {
  const start = process.cpuUsage();
  for (let i = 0; i < count; i++) run();
  const { user, system } = process.cpuUsage(start);
  return ((user + system) * 1000) / count;
}

/** Nanoseconds a message in this process. */
function measure(way: string, name: string, company: string): number {
  const cases = casesOf(way);
  const own = cases.find((each) => each.name === name);
  if (own === undefined) throw new Error(`there is no fixture ${name}`);
  for (let i = 0; i < WARM_ROUNDS; i++) for (const each of company === "all" ? cases : [own]) round(each);
  return median(Array.from({ length: ROUNDS }, () => round(own)));
}

function compare(): void {
  const script = fileURLToPath(import.meta.url);
  const node = extname(script) === ".ts" ? ["--import", "tsx", script] : [script];
  const only = option("only", "");
  for (const { name } of fixtures.filter((fixture) => fixture.name.includes(only))) {
    for (const company of ["none", "all"]) {
      const times = { records: [] as number[], emitted: [] as number[] };
      for (let run = 0; run < RUNS; run++) {
        for (const way of ["records", "emitted"] as const) {
          const args = ["--way", way, "--fixture", name, "--company", company, ...(smoke ? ["--smoke"] : [])];
          times[way].push(Number(execFileSync(process.execPath, [...node, ...args]).toString()));
        }
      }
      const records = median(times.records);
      const emitted = median(times.emitted);
      const figures = `records ${records.toFixed(0)} ns, emitted code ${emitted.toFixed(0)} ns`;
      const where = company === "none" ? "alone" : "among all";
      console.log(`${name.padEnd(16)}${where.padEnd(12)}${figures}: ${(emitted / records).toFixed(2)}`);
    }
  }
}

const way = option("way", "");
if (way === "") compare();
else console.log(measure(way, option("fixture", ""), option("company", "none")));
