/**
 * What a unary call costs each transport: CPU microseconds (user and system) and wall time, against a fast upstream. The
 * upstream and each transport have a process of their own; the transports take turns within each round. The table has
 * medians and, in brackets, the least and the most.
 *
 *   npm run bench:hop -- [--smoke] [--calls N] [--rounds N] [--only http2|grpc-js]
 */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import type { CallerSetup, Cost } from "./hop/caller.js";
import { startChild } from "./support/child.js";

type Case = Omit<CallerSetup, "port" | "transport"> & { readonly name: string };

const some = [
  "traceparent",
  "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
  "x-request-id",
  "0123456789abcdef",
];
const cases: readonly Case[] = [
  { name: "40 B / 397 B, 1 at a time", request: 40, reply: 397, concurrency: 1, metadata: [] },
  { name: "40 B / 397 B, 32 at a time", request: 40, reply: 397, concurrency: 32, metadata: [] },
  { name: "40 B / 397 B, 32, two headers", request: 40, reply: 397, concurrency: 32, metadata: some },
  { name: "400 B / 100 KB, 32 at a time", request: 400, reply: 100_000, concurrency: 32, metadata: [] },
];

async function measure(caller: ChildProcess, calls: number): Promise<Cost> {
  caller.send(calls);
  const ended = once(caller, "exit").then(([code]) => {
    throw new Error(`a caller of the bench ended with ${code}`);
  });
  const [cost] = await Promise.race([once(caller, "message"), ended]);
  return cost as Cost;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

function print(values: readonly number[]): string {
  return `${median(values).toFixed(1)} (${Math.min(...values).toFixed(1)}-${Math.max(...values).toFixed(1)})`;
}

async function run(): Promise<void> {
  const { values } = parseArgs({
    options: {
      smoke: { type: "boolean", default: false },
      calls: { type: "string" },
      rounds: { type: "string" },
      only: { type: "string" },
    },
  });
  const calls = Number(values.calls ?? (values.smoke ? 200 : 20_000));
  const rounds = Number(values.rounds ?? (values.smoke ? 1 : 5));
  const transports = (["grpc-js", "http2"] as const).filter(
    (name) => values.only === undefined || values.only === name,
  );
  console.log("| case | transport | CPU µs a call | wall µs a call |");
  console.log("|---|---|---|---|");
  for (const each of cases) {
    const upstream = await startChild(new URL("./hop/canned-upstream.js", import.meta.url), [String(each.reply)]);
    const callers = transports.map((transport) => {
      const setup: CallerSetup = { ...each, transport, port: upstream.port };
      const script = fileURLToPath(new URL("./hop/caller.js", import.meta.url));
      return { transport, caller: fork(script, [JSON.stringify(setup)]), costs: [] as Cost[] };
    });
    for (const { caller } of callers) await measure(caller, Math.min(calls, 5000));
    for (let round = 0; round < rounds; round++) {
      for (const { caller, costs } of callers) costs.push(await measure(caller, calls));
    }
    for (const { transport, caller, costs } of callers) {
      const cpu = print(costs.map((cost) => cost.cpu));
      const wall = print(costs.map((cost) => cost.wall));
      console.log(`| ${each.name} | ${transport} | ${cpu} | ${wall} |`);
      caller.disconnect();
    }
    await upstream.stop();
  }
}

await run();
