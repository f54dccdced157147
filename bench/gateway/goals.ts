import { median } from "../support/print-table.js";
import { type Case, cases } from "./cases.js";
import { type Report, type Row, samplesOf } from "./report.js";

/** Portico's goals beside what a run has found, one line each; those whose rows are not there are left out. */
export function goals(found: Report): readonly string[] {
  const connections = found.rows.some((row) => row.connections === 32) ? 32 : (found.rows[0]?.connections ?? 1);
  const cpu = (id: string, asked: Case["id"]): number =>
    median(samplesOf(found.rows, id, asked, connections)?.cpu ?? []);
  const limit = cpu("static", "get");
  const lines = [
    atMost("a GET, × a static fastify reply", cpu("portico", "get") / limit, 2),
    atMost("a POST of 400 bytes, × a static fastify reply", cpu("portico", "post") / limit, 2.6),
  ];
  for (const asked of ["get", "post"] as const) {
    const naive = cpu("naive", asked) / cpu("portico", asked);
    lines.push(atLeast(`the naive gateway over grpc-js, × Portico, ${asked.toUpperCase()}`, naive, 6));
    for (const peer of ["envoy", "grpc-gateway", "vanguard", "naive-http2"])
      lines.push(atLeast(`${peer}, × Portico, ${asked.toUpperCase()}`, cpu(peer, asked) / cpu("portico", asked), 1));
  }
  const paced = found.paced.find(({ id }) => id === "portico")?.samples;
  if (paced !== undefined) lines.push(atMost("p99, × p50 at 70 % load", median(paced.p99) / median(paced.p50), 4));
  for (const { id, name } of cases)
    lines.push(atMost(`MB resident with 512 connections, ${name}`, most(found.rows, id), 150));
  return lines.filter((line) => line !== null);
}

function atMost(what: string, value: number, limit: number): string | null {
  return told(what, value, value <= limit, `at most ${limit}`);
}

function atLeast(what: string, value: number, limit: number): string | null {
  return told(what, value, value >= limit, `at least ${limit}`);
}

function told(what: string, value: number, met: boolean, limit: string): string | null {
  if (!Number.isFinite(value)) return null;
  return `${what}: ${value < 100 ? value.toFixed(2) : Math.round(value)} (${limit}): ${met ? "met" : "not met"}`;
}

/** The most that Portico had resident after any run of a case over 512 connections. */
function most(rows: readonly Row[], asked: Case["id"]): number {
  const runs = rows.filter((row) => row.id === "portico" && row.case === asked && row.connections === 512);
  return runs.length === 0 ? Number.NaN : Math.max(...runs.flatMap(({ samples }) => samples.rss));
}
