/**
 * What several workers cost and bring: `portico serve` with one worker, with one for each core, and as many gateways of one
 * worker that know nothing of each other, which is what linear means on this machine: generator, upstream, caches and memory
 * are shared by them too. Before one fast upstream, 32 connections for each worker, all in turns. Linux only.
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
const one: Arrangement = { name: "1 worker", gateways: 1, workers: 1 };
const linear: Arrangement = { name: `${many} gateways`, gateways: many, workers: 1 };
const several: Arrangement = { name: `${many} workers`, gateways: 1, workers: many };
const CONNECTIONS = 32;
/** A reply of 100 KB is work for many. */
const weights: Partial<Record<Case["id"], number>> = { get: 1, post: 1, large: 0.1 };
const asked = cases.filter(({ id }) => weights[id] !== undefined);

/** So many gateways of so many workers each. */
interface Arrangement {
  readonly name: string;
  readonly gateways: number;
  readonly workers: number;
}

interface Row {
  readonly where: "one core" | "all cores";
  readonly case: Case;
  readonly arrangement: Arrangement;
  readonly gateways: readonly Served[];
  readonly length: number;
  /** CPU microseconds of the gateway for a request; of generator and upstream together; requests a second. */
  readonly cpu: number[];
  readonly others: number[];
  readonly rate: number[];
}

async function measure({ case: one, arrangement, gateways, length, cpu, others, rate }: Row): Promise<void> {
  const connections = CONNECTIONS * arrangement.workers;
  const each = Math.max(connections, Math.ceil((requests * (weights[one.id] ?? 0)) / gateways.length));
  const cpuOfGateways = (): number => gateways.reduce((sum, gateway) => sum + gateway.cpu(), 0);
  const cpuOfOthers = (): number => cpuOf(upstream.pid) + cpuOf(process.pid);
  const before = { gateways: cpuOfGateways(), others: cpuOfOthers() };
  const outcomes = await Promise.all(
    gateways.map(({ port }) => runClosedLoop({ port, request: requestOf(one), connections, length }, each)),
  );
  const done = each * gateways.length;
  cpu.push((cpuOfGateways() - before.gateways) / done);
  others.push((cpuOfOthers() - before.others) / done);
  rate.push(done / Math.max(...outcomes.map(({ seconds }) => seconds)));
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
    for (const arrangement of [one, linear, several]) {
      const gateways: Served[] = [];
      for (let i = 0; i < arrangement.gateways; i++) {
        const started = startServe(arrangement.workers, upstream.port, prefix, mkdtempSync(join(folder, "serve-")));
        gateways.push(await started);
        running.push(await started);
      }
      for (const what of asked) {
        const length = await checkReply(gateways[0]?.port ?? 0, what);
        planned.push({ where, case: what, arrangement, gateways, length, cpu: [], others: [], rate: [] });
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
/** The row of another arrangement of the same. */
const rowOf = (row: Row, arrangement: Arrangement): Row =>
  rows.find((other) => other.where === row.where && other.case === row.case && other.arrangement === arrangement) ??
  row;
const timesRate = (row: Row, other: Arrangement): string =>
  (median(row.rate) / median(rowOf(row, other).rate)).toFixed(2);
printTable([
  ["case", "cores", "", "CPU µs", "× one", "others µs", "requests/s", "× one", "× linear"],
  ...rows.map((row) => [
    row.case.name,
    row.where,
    row.arrangement.name,
    spread(row.cpu),
    (median(row.cpu) / median(rowOf(row, one).cpu)).toFixed(2),
    median(row.others).toFixed(1),
    Math.round(median(row.rate)).toString(),
    timesRate(row, one),
    row.arrangement === one ? "" : timesRate(row, linear),
  ]),
]);
process.stdout.write(
  `\nMedians of ${rounds} interleaved rounds of ${requests} requests (a tenth of them for the reply of 100 KB), in brackets the least and the most. CPU: user and system of the gateway in all its processes, for one request; others: of the load and the upstream; × linear: times the rate of ${many} gateways of one worker. ${cores} cores, ${pinning.server.length === 0 ? "nothing pinned, " : ""}load of the machine ${loadavg()[0]?.toFixed(1)}, Node ${process.version}.\n`,
);
