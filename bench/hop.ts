/**
 * What a unary call costs each transport: CPU microseconds (user and system, of this process) and wall time, against a
 * fast upstream in a child process. The transports take turns within each round; the table has medians and spread.
 *
 *   npm run bench:hop -- [--smoke] [--calls N] [--rounds N] [--only http2|grpc-js]
 */
import { parseArgs } from "node:util";
import { createUpstream, type Upstream, type UpstreamOptions } from "../src/upstream/index.js";
import { startChild } from "./support/child.js";

interface Case {
  readonly name: string;
  readonly request: number;
  readonly reply: number;
  readonly concurrency: number;
  readonly metadata: readonly string[];
}

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

interface Cost {
  readonly cpu: number;
  readonly wall: number;
}

async function measure(upstream: Upstream, each: Case, calls: number): Promise<Cost> {
  const request = Buffer.alloc(each.request, 1);
  const cpu = process.cpuUsage();
  const from = performance.now();
  await new Promise<void>((resolve, reject) => {
    let started = 0;
    let ended = 0;
    const next = (): void => {
      started++;
      upstream.call(
        request,
        { path: "/bench.Hop/Call", metadata: each.metadata, deadline: Date.now() + 10_000 },
        ({ status, message }) => {
          if (status.code !== 0 || message?.length !== each.reply) {
            reject(new Error(`a call ended with code ${status.code}: ${status.message}`));
            return;
          }
          ended++;
          if (started < calls) next();
          else if (ended === calls) resolve();
        },
      );
    };
    for (let i = 0; i < Math.min(each.concurrency, calls); i++) next();
  });
  const wall = performance.now() - from;
  const used = process.cpuUsage(cpu);
  return { cpu: (used.user + used.system) / calls, wall: (wall * 1000) / calls };
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
    const child = await startChild(new URL("./hop/canned-upstream.js", import.meta.url), [String(each.reply)]);
    const { port } = child;
    const costs = new Map(transports.map((name) => [name, [] as Cost[]]));
    const upstreams = transports.map((transport) => {
      const options: UpstreamOptions = { target: `127.0.0.1:${port}`, transport, tls: null, maxReplyBytes: 4_194_304 };
      return { transport, upstream: createUpstream("bench", options) };
    });
    for (const { upstream } of upstreams) await measure(upstream, each, Math.min(calls, 5000));
    for (let round = 0; round < rounds; round++) {
      for (const { transport, upstream } of upstreams) {
        costs.get(transport)?.push(await measure(upstream, each, calls));
      }
    }
    for (const { transport, upstream } of upstreams) {
      const measured = costs.get(transport) ?? [];
      console.log(
        `| ${each.name} | ${transport} | ${print(measured.map(({ cpu }) => cpu))} | ${print(measured.map(({ wall }) => wall))} |`,
      );
      await upstream.close(Date.now());
    }
    await child.stop();
  }
}

await run();
