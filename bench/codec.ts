/**
 * What reading and printing ProtoJSON costs: nanoseconds of CPU time a message and MB/s of JSON text, beside protobufjs
 * (decode + ProtoJSON + stringify, and back), protobuf-es and, as the limit, JSON.stringify and JSON.parse alone. All take
 * turns in one run, so that what else the machine does meets each alike; each number is the median of the rounds.
 *
 *   --smoke       runs for a moment, which shows that it works and nothing else
 *   --only NAME   the fixtures whose names contain NAME
 */
import { createCodec } from "../src/codec/index.js";
import { loadDescriptorSet } from "../src/schema/index.js";
import { fixtureDescriptors, fixtureProto } from "./codec/descriptors.js";
import { type Fixture, fixtures } from "./codec/fixtures.js";
import { type Rival, rivalsOf } from "./codec/rivals.js";

const smoke = process.argv.includes("--smoke");
const only = process.argv[process.argv.indexOf("--only") + 1];
const ROUNDS = smoke ? 2 : 15;
/** CPU time of one round of one case. */
const ROUND_MS = smoke ? 2 : 40;
const WARM_MS = smoke ? 5 : 400;

const descriptors = fixtureDescriptors();
const schema = loadDescriptorSet(descriptors);
const codec = createCodec(schema);

function cpuMicros(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

/** Runs `work` for about a round; gives nanoseconds a run. */
function measure(work: () => unknown, runs: number): number {
  const start = cpuMicros();
  for (let i = 0; i < runs; i++) work();
  return ((cpuMicros() - start) * 1000) / runs;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

type Direction = "toJson" | "toWire";

/** Runs in which `work` takes about `ms`, once it has run long enough for V8 to have compiled it for good. */
function calibrate(work: () => unknown, ms: number): number {
  let runs = 1;
  let taken = 0;
  for (let total = 0; total < WARM_MS * 1e6; runs *= 2) {
    taken = measure(work, runs);
    total += taken * runs;
  }
  return Math.max(1, Math.round((ms * 1e6) / taken));
}

function compare(rivals: readonly Rival[], direction: Direction): ReadonlyMap<string, number> {
  const cases = rivals.map((rival) => {
    const work = rival[direction];
    return { name: rival.name, work, runs: calibrate(work, ROUND_MS), times: [] as number[] };
  });
  for (let round = 0; round < ROUNDS; round++) {
    for (const each of cases) each.times.push(measure(each.work, each.runs));
  }
  return new Map(cases.map(({ name, times }) => [name, median(times)]));
}

function row(cells: readonly string[]): string {
  const [first = "", ...rest] = cells;
  return first.padEnd(16) + rest.map((cell) => cell.padStart(14)).join("");
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function report({ name, type, messages }: Fixture): void {
  const fullName = `portico.bench.v1.${type}`;
  const message = schema.messages.get(fullName);
  if (message === undefined) throw new Error(`cannot find message ${fullName}`);
  const wires = messages.map((json) => Buffer.from(codec.encoder(message)(Buffer.from(JSON.stringify(json)))));
  const print = codec.decoder(message);
  const jsons = wires.map((wire) => Buffer.from(print(wire)));
  const rivals = rivalsOf(descriptors, fixtureProto, { type: fullName, wires, texts: jsons.map(String) });
  const size = mean(jsons.map(({ length }) => length));
  const wireSize = mean(wires.map(({ length }) => length));
  console.log(`\n${name}: ${size.toFixed(0)} bytes of JSON, ${wireSize.toFixed(0)} on the wire`);
  for (const direction of ["toJson", "toWire"] as const) {
    const times = compare(rivals, direction);
    const ours = times.get("portico") ?? Number.NaN;
    console.log(row([direction === "toJson" ? "wire → JSON" : "JSON → wire", "ns/message", "MB/s", "times ours"]));
    for (const [rival, time] of times) {
      const speed = (size / time) * 1000;
      console.log(row([`  ${rival}`, time.toFixed(0), speed.toFixed(0), (time / ours).toFixed(2)]));
    }
  }
}

for (const fixture of fixtures) {
  if (!process.argv.includes("--only") || fixture.name.includes(only ?? "")) report(fixture);
}
