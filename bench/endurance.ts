/**
 * The gateway at 70 % of what it can, minute after minute: latency, CPU and resident memory of each. Exits 1 if memory grows,
 * after the first minute, by more than a tenth and 16 MB. The load is h2load's where it is installed; else it is written in
 * Node, whose own lateness is then in the latency.
 *
 *   npm run bench:endurance [-- --minutes 10 --connections 64 --rate 10000 | --smoke]
 */
import { cases } from "./gateway/cases.js";
import { checkReply } from "./gateway/check-reply.js";
import { loadOf, measureClosed, measureOpen, noSamples } from "./gateway/measure.js";
import { findH2load, percentile } from "./load/h2load.js";
import { option, smoke } from "./support/arguments.js";
import { startChild } from "./support/child.js";
import { pinProcesses, preferring } from "./support/pinning.js";
import { median, printTable } from "./support/print-table.js";
import { cpuOf, rssOf } from "./support/process-usage.js";

const minutes = Number(option("minutes", smoke ? "2" : "10"));
const connections = Number(option("connections", "64"));
const seconds = smoke ? 0.2 : 60;
const probes = smoke ? 200 : 20_000;
const PART = 0.7;

const [asked] = cases;
if (asked === undefined) throw new Error("the bench has no cases");
const pinning = pinProcesses();
const upstream = await startChild(new URL("./gateway/servers/upstream.ts", import.meta.url), [], pinning.upstream);
const gateway = new URL("./gateway/servers/portico.ts", import.meta.url);
const server = await startChild(gateway, [String(upstream.port), "http2"], pinning.server);
const rows = [["minute", "requests a second", "p50 µs", "p99 µs", "p99.9 µs", "CPU µs", "RSS MB"]];
const memory: number[] = [];
let generator = "";
try {
  const load = loadOf(server, asked, connections, await checkReply(server.port, asked));
  const full = noSamples();
  for (let i = 0; i < 4; i++) await measureClosed(server, asked, load, probes, full);
  const rate = Number(option("rate", String(Math.round(median(full.rate) * PART))));
  const h2load = smoke ? null : findH2load();
  generator = h2load?.version ?? "a generator in Node";
  for (let minute = 1; minute <= minutes; minute++) {
    const samples = noSamples();
    if (h2load === null) {
      await preferring([server.pid, upstream.pid], () => measureOpen(server, load, rate, seconds, "bursts", samples));
    } else {
      const before = cpuOf(server.pid);
      const latencies = h2load.latenciesAt(server.port, asked.target, connections, rate, seconds);
      samples.rate.push(latencies.length / seconds);
      samples.p50.push(percentile(latencies, 0.5));
      samples.p99.push(percentile(latencies, 0.99));
      samples.p999.push(percentile(latencies, 0.999));
      samples.cpu.push((cpuOf(server.pid) - before) / latencies.length);
      samples.rss.push(rssOf(server.pid));
    }
    const { rate: rates, p50, p99, p999, cpu, rss } = samples;
    const row = [rates, p50, p99, p999].map((values) => String(Math.round(median(values))));
    rows.push([String(minute), ...row, median(cpu).toFixed(1), String(Math.round(median(rss)))]);
    process.stderr.write(`${rows.at(-1)?.join("  ")}\n`);
    memory.push(median(rss));
  }
} finally {
  await server.stop();
  await upstream.stop();
}
printTable(rows);
const [first = Number.NaN, ...later] = memory;
const flat = Math.max(first, ...later) <= first * 1.1 + 16;
console.log(
  `\nGET over ${connections} connections, the server ${pinning.told}, the load by ${generator}; memory is ${flat ? "flat" : "growing"}, Node ${process.version}`,
);
process.exitCode = flat ? 0 : 1;
