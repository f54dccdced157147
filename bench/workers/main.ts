/**
 * What several workers cost and bring: `portico serve` with one worker and with one for each core, before one fast upstream,
 * 32 connections for each worker, the two in turns. Linux only.
 *
 *   on one core     all processes of the gateway share the first core: what a request costs must not depend on the workers
 *   on all cores    everything shares all cores, generator and upstream too: what several workers bring
 *
 *   npm run bench:workers [-- --rounds 5 --requests 20000 --workers 2 | --smoke]
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { type Case, cases, requestOf } from "../gateway/cases.js";
import { checkReply } from "../gateway/check-reply.js";
import { runClosedLoop } from "../load/load.js";
import { option, smoke } from "../support/arguments.js";
import { startChild } from "../support/child.js";
import { pinProcesses } from "../support/pinning.js";
import { median, printTable } from "../support/print-table.js";
import { cpuOf } from "../support/process-usage.js";
import { type Served, startServe } from "./start-serve.js";

if (process.platform !== "linux") {
  process.stdout.write("bench:workers reads CPU times from /proc, which only Linux has\n");
  process.exit(0);
}

const rounds = Number(option("rounds", smoke ? "1" : "5"));
const requests = Number(option("requests", smoke ? "200" : "20000"));
const cores = availableParallelism();
const many = Number(option("workers", String(Math.max(2, cores))));
const CONNECTIONS = 32;
/** A reply of 100 KB is work for many. */
const weights: Partial<Record<Case["id"], number>> = { get: 1, post: 1, large: 0.1 };
const asked = cases.filter(({ id }) => weights[id] !== undefined);

interface Row {
  readonly where: "one core" | "all cores";
  readonly case: Case;
  readonly workers: number;
  readonly served: Served;
  readonly length: number;
  /** CPU microseconds of the gateway for a request; of generator and upstream together; requests a second. */
  readonly cpu: number[];
  readonly others: number[];
  readonly rate: number[];
}

async function measure({ case: one, workers, served, length, cpu, others, rate }: Row): Promise<void> {
  const amount = Math.ceil(requests * (weights[one.id] ?? 0));
  const load = { port: served.port, request: requestOf(one), connections: CONNECTIONS * workers, length };
  const before = { served: served.cpu(), others: cpuOf(upstream.pid) + cpuOf(process.pid) };
  const { seconds } = await runClosedLoop(load, Math.max(amount, load.connections));
  const done = Math.max(amount, load.connections);
  cpu.push((served.cpu() - before.served) / done);
  others.push((cpuOf(upstream.pid) + cpuOf(process.pid) - before.others) / done);
  rate.push(done / seconds);
}

/** This process and the upstream go where everybody is. */
function unpin(): void {
  if (pinning.server.length === 0) return;
  for (const pid of [process.pid, upstream.pid]) {
    execFileSync("taskset", ["-a", "-c", "-p", `0-${cores - 1}`, String(pid)], { stdio: "ignore" });
  }
}

const pinning = pinProcesses();
const folder = mkdtempSync(join(tmpdir(), "portico-bench-"));
const upstream = await startChild(new URL("../gateway/servers/upstream.ts", import.meta.url), [], pinning.upstream);
const free = pinning.server.length === 0 ? [] : ["taskset", "-c", `0-${cores - 1}`];
const running: Served[] = [];
const rows: Row[] = [];
try {
  for (const [where, prefix] of [
    ["one core", pinning.server],
    ["all cores", free],
  ] as const) {
    const planned: Row[] = [];
    for (const workers of [1, many]) {
      const served = await startServe(workers, upstream.port, prefix, mkdtempSync(join(folder, "serve-")));
      running.push(served);
      for (const one of asked) {
        const length = await checkReply(served.port, one);
        planned.push({ where, case: one, workers, served, length, cpu: [], others: [], rate: [] });
      }
    }
    if (where === "all cores") unpin();
    for (const row of planned) await measure({ ...row, cpu: [], others: [], rate: [] });
    for (let round = 0; round < rounds; round++) for (const row of planned) await measure(row);
    rows.push(...planned);
    for (const served of running.splice(0)) await served.stop();
  }
} finally {
  for (const served of running) await served.stop();
  await upstream.stop();
  rmSync(folder, { recursive: true });
}

const spread = (values: readonly number[]): string =>
  `${median(values).toFixed(1)} (${Math.min(...values).toFixed(1)}-${Math.max(...values).toFixed(1)})`;
/** How much more than one worker the cores allow, with what the load and the upstream need of them. */
function mostOf(row: Row): number {
  if (row.where === "one core") return 1;
  const one = median(ofOne(row).cpu);
  return Math.min(row.workers, (cores * one) / (one + median(ofOne(row).others)));
}
const ofOne = (row: Row): Row =>
  rows.find(({ where, case: one, workers }) => where === row.where && one === row.case && workers === 1) ?? row;
printTable([
  ["case", "cores", "workers", "CPU µs", "× one", "others µs", "requests/s", "× one", "at most"],
  ...rows.map((row) => [
    row.case.name,
    row.where,
    String(row.workers),
    spread(row.cpu),
    (median(row.cpu) / median(ofOne(row).cpu)).toFixed(2),
    median(row.others).toFixed(1),
    Math.round(median(row.rate)).toString(),
    (median(row.rate) / median(ofOne(row).rate)).toFixed(2),
    row.workers === 1 ? "1.00" : mostOf(row).toFixed(2),
  ]),
]);
process.stdout.write(
  `\nMedians of ${rounds} interleaved rounds of ${requests} requests (a tenth of them for the reply of 100 KB), in brackets the least and the most. CPU: user and system of the gateway in all its processes, for one request; others: of the load and the upstream; at most: what the cores leave for more workers. ${cores} cores, ${pinning.server.length === 0 ? "nothing pinned, " : ""}load of the machine ${loadavg()[0]?.toFixed(1)}, Node ${process.version}.\n`,
);
