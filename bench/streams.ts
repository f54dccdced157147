/**
 * Messages per second of one server stream through the gateway, for each framing, side by side with a Fastify route that
 * streams the same bytes out of memory. Every server is a process of its own; the servers take turns.
 *
 *   npm run bench:streams [-- --rounds 5 --messages 200000 --streams 1 | --smoke]
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { Agent, get } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createCodec } from "../src/codec/index.js";
import { loadProtoFiles } from "../src/schema/index.js";
import { user } from "./gateway/user.js";
import { option, smoke } from "./support/arguments.js";
import { type BenchChild, startChild } from "./support/child.js";
import { median, printTable } from "./support/print-table.js";

const rounds = Number(option("rounds", smoke ? "1" : "5"));
const messages = Number(option("messages", smoke ? "500" : "200000"));
const streams = Number(option("streams", "1"));
const framings = [
  { name: "array", accept: "application/json" },
  { name: "NDJSON", accept: "application/x-ndjson" },
  { name: "events", accept: "text/event-stream" },
] as const;

interface Row {
  readonly name: string;
  readonly child: BenchChild;
  /** By framing: messages a second, and CPU microseconds of the server for a message. */
  readonly rate: number[][];
  readonly cpu: number[][];
}

const agent = new Agent({ keepAlive: true });

/** Reads a stream to its end; its length in bytes. */
function drain(port: number, accept: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = get({ port, path: "/v1/users:watch", headers: { accept }, agent }, (response) => {
      let length = 0;
      response.on("data", (chunk: Buffer) => {
        length += chunk.length;
      });
      response.on("end", () => resolve(length));
      response.on("error", reject);
      if (response.statusCode !== 200) reject(new Error(`port ${port} answered ${response.statusCode}`));
    });
    request.on("error", reject);
  });
}

async function measure({ child, rate, cpu }: Row, framing: number): Promise<number> {
  const accept = framings[framing]?.accept ?? "";
  const before = await child.cpu();
  const start = performance.now();
  const [length = 0] = await Promise.all(Array.from({ length: streams }, () => drain(child.port, accept)));
  const total = messages * streams;
  rate[framing]?.push(total / ((performance.now() - start) / 1_000));
  cpu[framing]?.push(((await child.cpu()) - before) / total);
  return length;
}

const folder = mkdtempSync(join(tmpdir(), "portico-bench-"));
const json = JSON.stringify(user);
const schema = loadProtoFiles({ roots: ["proto"], files: ["portico/examples/v1/users.proto"], cwd: process.cwd() });
const event = schema.messages.get("portico.examples.v1.UserEvent");
if (event === undefined) throw new Error("the samples have no UserEvent");
const codec = createCodec(schema, {});
const eventBytes = codec.encoder(event)(Buffer.from(`{"user":${json}}`));
const eventFile = join(folder, "event.bin");
const jsonFile = join(folder, "event.json");
writeFileSync(eventFile, eventBytes);
writeFileSync(jsonFile, codec.decoder(event)(eventBytes));

const count = String(messages);
const upstream = await startChild(new URL("./streams/servers/upstream.ts", import.meta.url), [eventFile, count]);
const row = async (name: string, server: string, args: readonly string[]): Promise<Row> => ({
  name,
  child: await startChild(new URL(server, import.meta.url), args),
  rate: framings.map(() => []),
  cpu: framings.map(() => []),
});
const rows = [
  await row("fastify, the same bytes, no upstream", "./streams/servers/bare.ts", [jsonFile, count]),
  await row("portico, transport http2", "./gateway/servers/portico.ts", [String(upstream.port), "http2"]),
  await row("portico, transport grpc-js", "./gateway/servers/portico.ts", [String(upstream.port), "grpc-js"]),
];

try {
  for (const framing of framings.keys()) {
    const lengths: number[] = [];
    for (const one of rows) lengths.push(await measure(one, framing));
    if (new Set(lengths).size !== 1)
      throw new Error(`${framings[framing]?.name}: the bodies have ${lengths.join(", ")} bytes`);
    for (const { rate, cpu } of rows) {
      rate[framing] = [];
      cpu[framing] = [];
    }
  }
  for (let round = 0; round < rounds; round++) {
    for (const framing of framings.keys()) for (const one of rows) await measure(one, framing);
  }
} finally {
  agent.destroy();
  for (const { child } of rows) await child.stop();
  await upstream.stop();
  rmSync(folder, { recursive: true });
}

const bare = framings.map((_, framing) => median(rows[0]?.rate[framing] ?? []));
printTable([
  ["server", ...framings.flatMap(({ name }) => [`${name}/s`, "× bare", "CPU µs"])],
  ...rows.map(({ name, rate, cpu }) => [
    name,
    ...framings.flatMap((_, framing) => {
      const perSecond = median(rate[framing] ?? []);
      return [
        String(Math.round(perSecond)),
        (perSecond / (bare[framing] ?? Number.NaN)).toFixed(2),
        median(cpu[framing] ?? []).toFixed(2),
      ];
    }),
  ]),
]);
process.stdout.write(
  `\nmessages of ${json.length} bytes; medians of ${rounds} interleaved rounds of ${messages} messages on ${streams} streams at once; CPU is user + system of the server's process for a message, Node ${process.version}\n`,
);
