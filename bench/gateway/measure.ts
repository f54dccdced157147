import { type Load, type Outcome, runClosedLoop, runOpenLoop } from "../load/load.js";
import { cpuOf, rssOf } from "../support/process-usage.js";
import type { Program } from "../support/start-program.js";
import { type Case, requestOf } from "./cases.js";

/** Figures of one case over one number of connections, one entry a round. */
export interface Samples {
  /** CPU microseconds of the server for a request, or for a message of a stream. */
  readonly cpu: number[];
  /** Requests, or messages, a second. */
  readonly rate: number[];
  /** Microseconds of a whole reply. */
  readonly p50: number[];
  readonly p99: number[];
  readonly p999: number[];
  /** MB after the run. */
  readonly rss: number[];
  /** Of a run at a fixed rate: how late the generator itself was, in microseconds, at its 99th percentile. */
  readonly late: number[];
}

export const noSamples = (): Samples => ({ cpu: [], rate: [], p50: [], p99: [], p999: [], rss: [], late: [] });

/** A case as a load on a server whose replies have so many bytes. */
export function loadOf(server: Program, asked: Case, connections: number, length: number): Load {
  return { port: server.port, request: requestOf(asked), connections, length };
}

/** As fast as the server can. */
export async function measureClosed(
  server: Program,
  asked: Case,
  load: Load,
  requests: number,
  to: Samples,
): Promise<void> {
  const before = cpuOf(server.pid);
  const outcome = await runClosedLoop(load, requests);
  add(to, outcome, server, cpuOf(server.pid) - before, asked.messages);
}

/** At a fixed rate of requests a second. */
export async function measureOpen(
  server: Program,
  load: Load,
  rate: number,
  seconds: number,
  pace: "exact" | "bursts",
  to: Samples,
): Promise<void> {
  const before = cpuOf(server.pid);
  const outcome = await runOpenLoop(load, rate, seconds, pace);
  add(to, outcome, server, cpuOf(server.pid) - before, 1);
  to.late.push(microseconds(outcome.lateness.percentile(99)));
}

function add(to: Samples, { requests, seconds, latency }: Outcome, { pid }: Program, cpu: number, each: number): void {
  to.cpu.push(cpu / (requests * each));
  to.rate.push((requests * each) / seconds);
  to.p50.push(microseconds(latency.percentile(50)));
  to.p99.push(microseconds(latency.percentile(99)));
  to.p999.push(microseconds(latency.percentile(99.9)));
  to.rss.push(rssOf(pid));
}

const microseconds = (nanoseconds: number): number => nanoseconds / 1e3;
