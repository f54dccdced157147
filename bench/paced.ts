/**
 * Latency of a GET at 70 % of a server's highest rate: h2load (Debian's nghttp2-client), which sleeps between requests and
 * so can share one core of two with the upstream, where a generator in Node is late itself. Requests leave at their times whether or not there are replies
 * on other connections; what h2load sent is compared with the rate, so that a run that fell behind does not count.
 *
 *   npm run bench:paced [-- --smoke]
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cases } from "./gateway/cases.js";
import { smoke } from "./support/arguments.js";
import { type BenchChild, startChild } from "./support/child.js";
import { pinProcesses } from "./support/pinning.js";
import { median, printTable } from "./support/print-table.js";

const CONNECTIONS = 32;
const PART = 0.7;
const rounds = smoke ? 1 : 5;
const seconds = smoke ? 1 : 4;
const requests = smoke ? 2_000 : 100_000;
/** What h2load may fall behind the rate that it was told. */
const SLACK = 0.02;

const folder = mkdtempSync(join(tmpdir(), "portico-paced-"));
const target = cases.find(({ id }) => id === "get")?.target ?? "/";

function h2load(port: number, ...args: readonly string[]): string {
  return execFileSync("h2load", ["--h1", "-t1", `-c${CONNECTIONS}`, ...args, `http://127.0.0.1:${port}${target}`], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  });
}

function highestRate(port: number): number {
  const [, rate] = /([\d.]+) req\/s/.exec(h2load(port, "-n", String(requests))) ?? [];
  return Number(rate);
}

/** Microseconds of each reply at a fixed rate, sorted. */
function latenciesAt(port: number, rate: number): readonly number[] {
  const log = join(folder, "log");
  h2load(port, "-D", String(seconds), "--rps", String(rate / CONNECTIONS), `--log-file=${log}`);
  const lines = readFileSync(log, "utf8").trim().split("\n");
  rmSync(log);
  const failed = lines.filter((line) => line.split("\t")[1] !== "200").length;
  if (failed > 0) throw new Error(`${failed} of ${lines.length} requests were not answered with 200`);
  const missing = 1 - lines.length / (rate * seconds);
  if (!smoke && missing > SLACK) throw new Error(`the generator fell ${(missing * 100).toFixed(0)} % behind its rate`);
  return lines.map((line) => Number(line.split("\t")[2])).sort((a, b) => a - b);
}

const at = (sorted: readonly number[], part: number): number => sorted[Math.floor((sorted.length - 1) * part)] ?? 0;

async function measure(name: string, server: BenchChild): Promise<string[]> {
  h2load(server.port, "-n", String(requests / 2));
  const highest = highestRate(server.port);
  const runs = Array.from({ length: rounds }, () => latenciesAt(server.port, highest * PART));
  const of = (part: number): number => median(runs.map((sorted) => at(sorted, part)));
  const ratio = (of(0.99) / of(0.5)).toFixed(1);
  return [name, String(Math.round(highest * PART)), ...[0.5, 0.99, 0.999].map((part) => String(of(part))), ratio];
}

/** Null where it is not installed. */
function versionOfH2load(): string | null {
  try {
    return execFileSync("h2load", ["--version"], { encoding: "utf8" }).trim();
  } catch {
    return null;
  }
}

const version = versionOfH2load();
if (version === null) {
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
      rows.push(await measure(name, server));
    } finally {
      await server.stop();
    }
  }
  await upstream.stop();
  printTable(rows);
  process.stdout.write(
    `\nGET at ${PART * 100} % of each server's highest rate, ${CONNECTIONS} connections; medians of ${rounds} runs of ${seconds} s; the server ${pinning.told}; ${version}; Node ${process.version}\n`,
  );
}
rmSync(folder, { recursive: true });
