/**
 * Portico side by side with its peers, in one run: CPU of one request, throughput on one core, latency and memory, over 1,
 * 32 and 512 connections. Every server is a process of its own on the first core; the load and one fast upstream share the
 * others. The servers take turns within each round; all must answer the same JSON. Peers that are not Node are built into
 * `.tmp/bench-peers`; what cannot be had is named as absent.
 *
 *   npm run bench [-- --write]       --write: into docs/ (else into .tmp/bench-report)
 *     --rounds 5 --requests 20000 --connections 1,32,512 --servers portico,envoy --cases get,post --seconds 4
 *     --smoke                        a short run of what is there already
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { availableParallelism, loadavg } from "node:os";
import { option, smoke } from "../support/arguments.js";
import { barChart } from "../support/bar-chart.js";
import { startChild } from "../support/child.js";
import { pinProcesses, preferring } from "../support/pinning.js";
import { median } from "../support/print-table.js";
import type { Program } from "../support/start-program.js";
import { type Case, cases } from "./cases.js";
import { checkReply } from "./check-reply.js";
import { contenders } from "./contenders.js";
import { loadOf, measureClosed, measureOpen, noSamples } from "./measure.js";
import { findPeers } from "./peers/build-peers.js";
import { type Report, type Row, report } from "./report.js";

const rounds = Number(option("rounds", smoke ? "1" : "5"));
const requests = Number(option("requests", smoke ? "200" : "20000"));
const seconds = Number(option("seconds", smoke ? "0.2" : "4"));
const numbers = option("connections", smoke ? "1,8" : "1,32,512")
  .split(",")
  .map(Number);
const servers = option("servers", "").split(",").filter(Boolean);
const wanted = option("cases", "").split(",").filter(Boolean);
/** Of the highest rate: where latency is told, because at the highest rate it is that of a queue. */
const PART = 0.7;
const PACED: Case["id"] = "get";

/** Requests of a run: a 100 KB reply and a stream of 200 messages are work for many, and one connection waits. */
function amount({ id }: Case, connections: number): number {
  const weight = { get: 1, query: 1, post: 1, large: 0.1, stream: 0.02 }[id];
  const share = connections === 1 ? 0.25 : 1;
  return Math.max(connections, Math.ceil(requests * weight * share));
}

/** Where a few hundred connections are open, each of them sends a few requests. */
const warmUp = (asked: Case): number => Math.ceil(amount(asked, 32) / 2);

async function startAll(upstreamPort: number, prefix: readonly string[], found: Report): Promise<Map<string, Program>> {
  const running = new Map<string, Program>();
  for (const contender of contenders(await findPeers(smoke ? "what-is-there" : "build"))) {
    if (servers.length > 0 && !servers.includes(contender.id)) continue;
    const { id, name, start } = contender;
    if (typeof start !== "function") {
      found.absent.push({ name, reason: start.absent });
      continue;
    }
    running.set(id, await start(upstreamPort, prefix));
    found.contenders.push(contender);
  }
  return running;
}

/** A row with what it takes to measure it again. */
type Planned = Row & { readonly server: Program; readonly asked: Case; readonly length: number };

/** Checks what every server answers to a case, and warms it up. */
async function plan(asked: Case, running: ReadonlyMap<string, Program>, found: Report): Promise<readonly Planned[]> {
  const planned: Planned[] = [];
  for (const { id, name, cannot } of found.contenders) {
    const server = running.get(id);
    if (server === undefined || cannot[asked.id] !== undefined) continue;
    const length = await checkReply(server.port, asked);
    await measureClosed(server, asked, loadOf(server, asked, 32, length), warmUp(asked), noSamples());
    for (const connections of numbers)
      planned.push({ id, name, case: asked.id, connections, samples: noSamples(), server, asked, length });
  }
  return planned;
}

async function measureAll(running: ReadonlyMap<string, Program>, found: Report): Promise<void> {
  const planned: Planned[] = [];
  // One case after the other: the memory that large replies take would be counted for small ones.
  for (const asked of cases) {
    if (wanted.length > 0 && !wanted.includes(asked.id)) continue;
    const rows = await plan(asked, running, found);
    planned.push(...rows);
    for (let round = 0; round < rounds; round++) {
      process.stderr.write(`${asked.name}, round ${round + 1} of ${rounds}, load ${loadavg()[0]?.toFixed(1)}\n`);
      for (const { server, connections, length, samples } of rows) {
        const load = loadOf(server, asked, connections, length);
        await measureClosed(server, asked, load, amount(asked, connections), samples);
      }
    }
    // The generator that turns without sleeping needs a core beside the server's and the upstream's; on two see bench:paced.
    if (asked.id === PACED && availableParallelism() > 2) await measurePaced(rows, found);
  }
  found.rows.push(...planned);
}

/** At a fixed part of what each server can at most, found out just before under the same circumstances. */
async function measurePaced(rows: readonly Planned[], found: Report): Promise<void> {
  const connections = numbers.at(numbers.length > 1 ? 1 : 0);
  const paced = rows.filter((row) => row.connections === connections).map((row) => ({ ...row, samples: noSamples() }));
  for (let round = 0; round < rounds; round++) {
    process.stderr.write(`at ${PART * 100} %, round ${round + 1} of ${rounds}, load ${loadavg()[0]?.toFixed(1)}\n`);
    for (const { server, asked, connections, length, samples } of paced) {
      const load = loadOf(server, asked, connections, length);
      await preferring([server.pid, upstream.pid], async () => {
        const most = noSamples();
        await measureClosed(server, asked, load, amount(asked, connections), most);
        await measureOpen(server, load, median(most.rate) * PART, seconds, "exact", samples);
      });
    }
  }
  found.paced.push(...paced);
}

// Programs that are not Node do not notice that this process has gone; ending with `exit` ends them.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));

const pinning = pinProcesses();
const upstream = await startChild(new URL("./servers/upstream.ts", import.meta.url), [], pinning.upstream);
const found: Report = { contenders: [], absent: [], rows: [], paced: [], told: "" };
const loadBefore = loadavg();
let running = new Map<string, Program>();
try {
  running = await startAll(upstream.port, pinning.server, found);
  await measureAll(running, found);
} finally {
  for (const server of running.values()) await server.stop();
  await upstream.stop();
}
const busy = `load of the machine ${loadBefore[0]?.toFixed(1)} before, ${loadavg()[0]?.toFixed(1)} after`;
const told = `Medians of ${rounds} interleaved rounds of ${requests} requests; the server ${pinning.told}; ${busy}; Node ${process.version}.`;
const { text, chart } = report({ ...found, told });
process.stdout.write(text);

if (process.argv.includes("--write")) {
  write("docs/performance.md", replaceBetween(readFileSync("docs/performance.md", "utf8"), text));
  write("docs/performance.svg", barChart(chart));
} else if (!smoke) {
  mkdirSync(".tmp/bench-report", { recursive: true });
  write(".tmp/bench-report/side-by-side.md", text);
  write(".tmp/bench-report/performance.svg", barChart(chart));
} else {
  barChart(chart);
}

function write(file: string, text: string): void {
  writeFileSync(file, text);
  process.stderr.write(`wrote ${file}\n`);
}

/** Puts the report between its two marks in a page. */
function replaceBetween(page: string, text: string): string {
  const [begin, end] = ["<!-- npm run bench writes from here -->\n", "<!-- to here -->\n"];
  const [before, , after] = [page.slice(0, page.indexOf(begin)), "", page.slice(page.indexOf(end))];
  if (!page.includes(begin) || !page.includes(end)) throw new Error("docs/performance.md has no marks for the report");
  return `${before}${begin}\n${text}\n${after}`;
}
