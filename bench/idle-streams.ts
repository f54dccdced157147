/**
 * Memory of the gateway with many event streams open at once, each with one event behind it and nothing more to come.
 *
 *   npm run bench:idle [-- --streams 5000 --protocol h2c | --smoke]
 *
 * Over HTTP/1.1 each has a connection of its own and needs a file descriptor in this process and in the gateway's
 * (`ulimit -n`); over HTTP/2 (h2c) a hundred share one.
 */
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { Agent, get, type IncomingMessage } from "node:http";
import { type ClientHttp2Session, connect } from "node:http2";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createCodec } from "../src/codec/index.js";
import { loadProtoFiles } from "../src/schema/index.js";
import { user } from "./gateway/user.js";
import { option, smoke } from "./support/arguments.js";
import { startChild } from "./support/child.js";
import { printTable } from "./support/print-table.js";

const streams = Number(option("streams", smoke ? "50" : "5000"));
/** Opened at once: the backlog of a listening socket is 511. */
const AT_ONCE = 200;
const PER_CONNECTION = 100;
const protocol = option("protocol", "http/1.1");
const sessions: ClientHttp2Session[] = [];
/** Streams of the last session. */
let shared = 0;
const agent = new Agent({ keepAlive: false, maxSockets: Number.POSITIVE_INFINITY });

/** Opens a stream and gives it once its first event is there. */
function open(port: number): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const request = get(
      { port, path: "/v1/users:watch", headers: { accept: "text/event-stream" }, agent },
      (response) => {
        if (response.statusCode !== 200) reject(new Error(`the gateway answered ${response.statusCode}`));
        response.once("data", () => resolve(response));
      },
    );
    request.on("error", reject);
  });
}

/** The same as one of the streams of a connection of HTTP/2. */
async function openHttp2(port: number): Promise<void> {
  const last = sessions.at(-1);
  const session = last === undefined || shared === PER_CONNECTION ? connect(`http://127.0.0.1:${port}`) : last;
  if (session !== last) {
    sessions.push(session);
    shared = 0;
  }
  shared++;
  const stream = session.request({ ":path": "/v1/users:watch", accept: "text/event-stream" });
  await once(stream, "data");
}

const folder = mkdtempSync(join(tmpdir(), "portico-bench-"));
const schema = loadProtoFiles({ roots: ["proto"], files: ["portico/examples/v1/users.proto"], cwd: process.cwd() });
const event = schema.messages.get("portico.examples.v1.UserEvent");
if (event === undefined) throw new Error("the samples have no UserEvent");
const eventFile = join(folder, "event.bin");
writeFileSync(eventFile, createCodec(schema, {}).encoder(event)(Buffer.from(JSON.stringify({ user }))));
const upstream = await startChild(new URL("./streams/servers/silent-upstream.ts", import.meta.url), [eventFile]);
// What this server says when it is asked is not CPU time but memory.
const gateway = await startChild(new URL("./streams/servers/idle.ts", import.meta.url), [String(upstream.port)]);
const resident = (): Promise<number> => gateway.cpu();

const mebibytes = (bytes: number): string => (bytes / 2 ** 20).toFixed(0);
const before = await resident();
try {
  for (let opened = 0; opened < streams; opened += AT_ONCE) {
    await Promise.all(
      Array.from({ length: Math.min(AT_ONCE, streams - opened) }, () =>
        protocol === "h2c" ? openHttp2(gateway.port) : open(gateway.port),
      ),
    );
  }
  const after = await resident();
  printTable([
    ["streams", "protocol", "MiB resident", "MiB before", "KiB each"],
    [String(streams), protocol, mebibytes(after), mebibytes(before), ((after - before) / 1024 / streams).toFixed(1)],
  ]);
} finally {
  agent.destroy();
  for (const session of sessions) session.destroy();
  await gateway.stop();
  await upstream.stop();
  rmSync(folder, { recursive: true });
}
process.exit();
