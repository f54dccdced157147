import type { ChartData } from "../support/bar-chart.js";
import { markdownTable, median } from "../support/print-table.js";
import { type Case, cases } from "./cases.js";
import type { Contender } from "./contenders.js";
import { goals } from "./goals.js";
import type { Samples } from "./measure.js";

/** Figures of one server, case and number of connections. */
export interface Row {
  readonly id: string;
  readonly name: string;
  readonly case: Case["id"];
  readonly connections: number;
  readonly samples: Samples;
}

/** All that a run has found. */
export interface Report {
  readonly contenders: Contender[];
  readonly absent: { readonly name: string; readonly reason: string }[];
  readonly rows: Row[];
  /** At a fixed part of each server's highest rate. */
  readonly paced: Row[];
  /** How it was measured, in a line. */
  readonly told: string;
}

/** The report as Markdown, and what its chart shows. */
export function report(found: Report): { readonly text: string; readonly chart: ChartData } {
  const numbers = [...new Set(found.rows.map((row) => row.connections))];
  const parts = [
    ...numbers.map((connections) => byCase(found, connections)),
    latency(found),
    memory(found),
    atPart(found),
    judged(found),
    notes(found),
  ];
  return { text: parts.filter((part) => part !== "").join("\n"), chart: chartOf(found) };
}

/** Fewer rounds have no median to judge by. */
const LEAST_ROUNDS = 3;

function judged(found: Report): string {
  if ((found.rows[0]?.samples.cpu.length ?? 0) < LEAST_ROUNDS) return "";
  const lines = goals(found).map((line) => `- ${line}\n`);
  return `Goals, as ratios within this run:\n\n${lines.join("")}`;
}

/** CPU and throughput of every case over so many connections. */
function byCase(found: Report, connections: number): string {
  const asked = casesOf(found);
  const table = markdownTable([
    ["server", ...asked.flatMap(({ name }) => [`${name}: CPU µs`, "a second"])],
    ...found.contenders.map(({ id, name }) => [
      name,
      ...asked.flatMap((one) => {
        const samples = samplesOf(found.rows, id, one.id, connections);
        return samples === null ? ["–", "–"] : [spread(samples.cpu), String(Math.round(median(samples.rate)))];
      }),
    ]),
  ]);
  const times = connections === 1 ? "1 connection" : `${connections} connections`;
  return `${times}: user + system CPU of the server's process for one request (of a stream, for one message), with the least and the most of the rounds, and how many it serves a second on one core.\n\n${table}`;
}

function latency(found: Report): string {
  const [asked] = casesOf(found);
  if (asked === undefined) return "";
  const numbers = [...new Set(found.rows.map((row) => row.connections))];
  const table = markdownTable([
    ["server", ...numbers.flatMap((n) => [`${n}: p50`, "p99", "p99.9", "RSS MB"])],
    ...found.contenders.map(({ id, name }) => [
      name,
      ...numbers.flatMap((connections) => {
        const samples = samplesOf(found.rows, id, asked.id, connections);
        if (samples === null) return ["–", "–", "–", "–"];
        const { p50, p99, p999, rss } = samples;
        return [...[p50, p99, p999].map((values) => micro(values)), String(Math.round(median(rss)))];
      }),
    ]),
  ]);
  return `${asked.name} at full load, by number of connections: latency in µs, which is that of the queue before the server, and resident memory after the run.\n\n${table}`;
}

/** Of the largest number of connections, for every case. */
function memory(found: Report): string {
  const connections = Math.max(...found.rows.map((row) => row.connections));
  const asked = casesOf(found);
  const table = markdownTable([
    ["server", ...asked.map(({ name }) => name)],
    ...found.contenders.map(({ id, name }) => [
      name,
      ...asked.map((one) => {
        const samples = samplesOf(found.rows, id, one.id, connections);
        return samples === null ? "–" : String(Math.round(Math.max(...samples.rss)));
      }),
    ]),
  ]);
  return `Resident memory in MB over ${connections} connections, by case: the most after any round.\n\n${table}`;
}

function atPart(found: Report): string {
  if (found.paced.length === 0) return "";
  const table = markdownTable([
    ["server", "requests a second", "p50 µs", "p99 µs", "p99.9 µs", "p99 / p50", "generator late, p99 µs"],
    ...found.paced.map(({ name, samples }) => [
      name,
      String(Math.round(median(samples.rate))),
      micro(samples.p50),
      micro(samples.p99),
      micro(samples.p999),
      (median(samples.p99) / median(samples.p50)).toFixed(1),
      micro(samples.late),
    ]),
  ]);
  return `GET at 70 % of each server's own highest rate, requests due at a fixed rate whether or not there are replies (latency counts from when a request was due).\n\n${table}`;
}

function notes(found: Report): string {
  const lines = found.absent.map(({ name, reason }) => `Absent: ${name}: ${reason}.`);
  for (const { name, cannot, id } of found.contenders) {
    if (id === "static") continue;
    for (const one of casesOf(found)) {
      const reason = cannot[one.id];
      if (reason !== undefined) lines.push(`${name} has no ${one.name}: ${reason}.`);
    }
  }
  return [found.told, ...lines].map((line) => `${line}\n`).join("\n");
}

function chartOf(found: Report): ChartData {
  const connections = [...new Set(found.rows.map((row) => row.connections))].at(1) ?? found.rows[0]?.connections ?? 1;
  return {
    title: `CPU µs of one request, ${connections} connections`,
    unit: "µs",
    groups: casesOf(found)
      .filter(({ id }) => id === "get" || id === "query" || id === "post")
      .map(({ id: asked, name }) => ({
        name,
        bars: found.contenders.flatMap(({ id, name }) => {
          const samples = samplesOf(found.rows, id, asked, connections);
          return samples === null ? [] : [{ name, value: median(samples.cpu), ours: id === "portico" }];
        }),
      })),
  };
}

function casesOf(found: Report): readonly Case[] {
  return cases.filter(({ id }) => found.rows.some((row) => row.case === id));
}

/** The samples of a row, or null where there is none. */
export function samplesOf(rows: readonly Row[], id: string, asked: Case["id"], connections: number): Samples | null {
  const row = rows.find((each) => each.id === id && each.case === asked && each.connections === connections);
  return row?.samples ?? null;
}

const micro = (values: readonly number[]): string => String(Math.round(median(values)));

function spread(values: readonly number[]): string {
  const digits = median(values) < 100 ? 1 : 0;
  const [least, middle, most] = [Math.min(...values), median(values), Math.max(...values)];
  return `${middle.toFixed(digits)} (${least.toFixed(digits)}–${most.toFixed(digits)})`;
}
