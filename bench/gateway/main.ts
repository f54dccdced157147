/**
 * CPU of one request through the gateway, side by side with a static Fastify reply (the limit) and with the gateway that
 * people write today. Every server is a process of its own; requests go over 32 connections, the servers take turns.
 *
 *   npm run bench:gateway [-- --rounds 5 --requests 20000 | --smoke]
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import autocannon from "autocannon";
import { createCodec } from "../../src/codec/index.js";
import { loadProtoFiles } from "../../src/schema/index.js";
import { option, smoke } from "../support/arguments.js";
import { type BenchChild, startChild } from "../support/child.js";
import { median, printTable } from "../support/print-table.js";
import { postedUser, user } from "./user.js";

const rounds = Number(option("rounds", smoke ? "1" : "5"));
const requests = Number(option("requests", smoke ? "300" : "20000"));
const warmUp = smoke ? 100 : 8_000;

type Verb = "GET" | "POST";
const json = JSON.stringify(user);
const postedJson = JSON.stringify(postedUser);

interface Row {
  readonly name: string;
  readonly verbs: readonly Verb[];
  readonly child: BenchChild;
  readonly cpu: Record<Verb, number[]>;
  readonly p50: number[];
  readonly p99: number[];
}

async function load(port: number, verb: Verb, amount: number): Promise<autocannon.Result> {
  const target = verb === "GET" ? "/v1/users/ada-lovelace" : "/v1/users";
  const result = await autocannon({
    url: `http://127.0.0.1:${port}${target}`,
    method: verb,
    connections: 32,
    amount,
    ...(verb === "POST" ? { body: postedJson, headers: { "content-type": "application/json" } } : {}),
  });
  if (result["2xx"] !== amount)
    throw new Error(`${verb} ${target} on port ${port}: ${result["2xx"]} of ${amount} answered 2xx`);
  return result;
}

async function measure(row: Row, verb: Verb): Promise<void> {
  const before = await row.child.cpu();
  const result = await load(row.child.port, verb, requests);
  row.cpu[verb].push(((await row.child.cpu()) - before) / requests);
  if (verb === "GET") {
    row.p50.push(result.latency.p50);
    row.p99.push(result.latency.p99);
  }
}

const folder = mkdtempSync(join(tmpdir(), "portico-bench-"));
const reply = join(folder, "user.bin");
const schema = loadProtoFiles({ roots: ["proto"], files: ["portico/examples/v1/users.proto"], cwd: process.cwd() });
const type = schema.messages.get("portico.examples.v1.User");
if (type === undefined) throw new Error("the samples have no User");
writeFileSync(reply, createCodec(schema, {}).encoder(type)(Buffer.from(json)));

const upstream = await startChild(new URL("./servers/upstream.ts", import.meta.url), [reply]);
const server = (name: string, ...args: string[]): Promise<BenchChild> =>
  startChild(new URL(`./servers/${name}.ts`, import.meta.url), args);
const row = async (name: string, verbs: readonly Verb[], child: Promise<BenchChild>): Promise<Row> => ({
  name,
  verbs,
  child: await child,
  cpu: { GET: [], POST: [] },
  p50: [],
  p99: [],
});

const port = String(upstream.port);
const rows = [
  await row("fastify, static reply, no upstream", ["GET"], server("static")),
  await row("portico, transport http2", ["GET", "POST"], server("portico", port, "http2")),
  await row("portico, transport grpc-js", ["GET", "POST"], server("portico", port, "grpc-js")),
  await row("fastify, grpc-js, proto-loader objects", ["GET", "POST"], server("naive", port)),
];

try {
  for (const { child, verbs } of rows) for (const verb of verbs) await load(child.port, verb, warmUp);
  for (let round = 0; round < rounds; round++) {
    for (const one of rows) for (const verb of one.verbs) await measure(one, verb);
  }
} finally {
  for (const { child } of rows) await child.stop();
  await upstream.stop();
  rmSync(folder, { recursive: true });
}

const limit = median(rows[0]?.cpu.GET ?? []);
const micro = (values: readonly number[]): string => (values.length === 0 ? "–" : median(values).toFixed(1));
const ratio = (values: readonly number[]): string => (values.length === 0 ? "–" : (median(values) / limit).toFixed(2));
printTable([
  ["server", "GET µs", "× static", "POST µs", "× static", "GET p50 ms", "GET p99 ms"],
  ...rows.map(({ name, cpu, p50, p99 }) => [
    name,
    micro(cpu.GET),
    ratio(cpu.GET),
    micro(cpu.POST),
    ratio(cpu.POST),
    String(median(p50)),
    String(median(p99)),
  ]),
]);
process.stdout.write(
  `\nuser + system CPU of the server's process for one request; medians of ${rounds} interleaved rounds of ${requests} requests, 32 connections, Node ${process.version}\n`,
);
