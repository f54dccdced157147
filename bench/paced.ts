/**
 * Latency of a GET at 70 % of a server's highest rate, with h2load. A run in which it fell behind that rate ends the bench.
 *
 *   npm run bench:paced [-- --smoke]
 */
import { cases } from "./gateway/cases.js";
import { findH2load, type H2load, percentile } from "./load/h2load.js";
import { smoke } from "./support/arguments.js";
import { type BenchChild, startChild } from "./support/child.js";
import { pinProcesses } from "./support/pinning.js";
import { median, printTable } from "./support/print-table.js";

const CONNECTIONS = 32;
const PART = 0.7;
const rounds = smoke ? 1 : 5;
const seconds = smoke ? 1 : 4;
const requests = smoke ? 2_000 : 100_000;
const target = cases.find(({ id }) => id === "get")?.target ?? "/";

function measure(name: string, { port }: BenchChild, h2load: H2load): string[] {
  h2load.highestRate(port, target, CONNECTIONS, requests / 2);
  const rate = h2load.highestRate(port, target, CONNECTIONS, requests) * (smoke ? PART / 2 : PART);
  const runs = Array.from({ length: rounds }, () => h2load.latenciesAt(port, target, CONNECTIONS, rate, seconds));
  const of = (part: number): number => median(runs.map((sorted) => percentile(sorted, part)));
  const ratio = (of(0.99) / of(0.5)).toFixed(1);
  return [name, String(Math.round(rate)), ...[0.5, 0.99, 0.999].map((part) => String(of(part))), ratio];
}

const h2load = findH2load();
if (h2load === null) {
  process.stdout.write("bench:paced needs h2load (Debian: nghttp2-client), which is absent here: nothing measured\n");
} else {
  const pinning = pinProcesses();
  const upstream = await startChild(new URL("./gateway/servers/upstream.ts", import.meta.url), [], pinning.upstream);
  const rows = [["server", "requests a second", "p50 µs", "p99 µs", "p99.9 µs", "p99 / p50"]];
  for (const [name, script, ...args] of [
    ["fastify, static reply, no upstream", "static"],
    ["Portico, transport http2", "portico", "http2"],
  ] as const) {
    const url = new URL(`./gateway/servers/${script}.ts`, import.meta.url);
    const server = await startChild(url, [String(upstream.port), ...args], pinning.server);
    try {
      rows.push(measure(name, server, h2load));
    } finally {
      await server.stop();
    }
  }
  await upstream.stop();
  printTable(rows);
  process.stdout.write(
    `\nGET at ${PART * 100} % of each server's highest rate, ${CONNECTIONS} connections; medians of ${rounds} runs of ${seconds} s; the server ${pinning.told}; ${h2load.version}; Node ${process.version}\n`,
  );
}
