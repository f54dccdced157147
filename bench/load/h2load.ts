import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** What h2load may fall behind the rate that it was told. */
const SLACK = 0.02;

/**
 * h2load (Debian's nghttp2-client) over HTTP/1.1: it sleeps between requests and so can share one core of two with the upstream,
 * where a generator in Node is late itself. Requests leave at their times whether or not there are replies on other connections.
 */
export interface H2load {
  readonly version: string;
  /** GET at full load: requests a second. */
  highestRate(port: number, target: string, connections: number, requests: number): number;
  /**
   * GET at a fixed rate: microseconds of each reply, sorted. Throws where a reply is not 200 or where the generator fell behind.
   */
  latenciesAt(port: number, target: string, connections: number, rate: number, seconds: number): Float64Array;
}

/** Null where it is not installed. */
export function findH2load(): H2load | null {
  let version: string;
  try {
    version = execFileSync("h2load", ["--version"], { encoding: "utf8" }).trim();
  } catch {
    return null;
  }
  const run = (port: number, target: string, connections: number, ...args: readonly string[]): string =>
    execFileSync("h2load", ["--h1", "-t1", `-c${connections}`, ...args, `http://127.0.0.1:${port}${target}`], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    });

  return {
    version,
    highestRate(port, target, connections, requests) {
      const [, rate] = /([\d.]+) req\/s/.exec(run(port, target, connections, "-n", String(requests))) ?? [];
      return Number(rate);
    },
    latenciesAt(port, target, connections, rate, seconds) {
      const folder = mkdtempSync(join(tmpdir(), "portico-h2load-"));
      try {
        const log = join(folder, "log");
        run(port, target, connections, "-D", String(seconds), "--rps", String(rate / connections), `--log-file=${log}`);
        return readLatencies(readFileSync(log, "latin1"), rate * seconds);
      } finally {
        rmSync(folder, { recursive: true });
      }
    },
  };
}

/** The log has a line for each reply: its start, its status and its microseconds. */
function readLatencies(log: string, due: number): Float64Array {
  const lines = log.trimEnd().split("\n");
  const failed = lines.filter((line) => line.split("\t")[1] !== "200").length;
  if (failed > 0) throw new Error(`${failed} of ${lines.length} requests were not answered with 200`);
  const missing = 1 - lines.length / due;
  if (missing > SLACK) throw new Error(`the generator fell ${(missing * 100).toFixed(0)} % behind its rate`);
  return Float64Array.from(lines, (line) => Number(line.split("\t")[2])).sort();
}

/** The value below which a part of sorted ones lies. */
export function percentile(sorted: Float64Array, part: number): number {
  return sorted[Math.floor((sorted.length - 1) * part)] ?? Number.NaN;
}
