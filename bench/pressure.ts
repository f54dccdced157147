/**
 * What the gateway holds when one side is slow, and how soon each side learns that the other has gone.
 *
 *   npm run bench:pressure [-- --seconds 10 --times 100 | --smoke]
 *
 * A client that reads 10 KB/s from a stream whose upstream sends as fast as it may, over HTTP/1.1 and HTTP/2; an upstream that
 * takes 10 KB/s from a client that sends as fast as it may: memory of the gateway's process each second, and what went through.
 */
import { once } from "node:events";
import {
  type ClientHttp2Session,
  connect as connectHttp2,
  constants,
  createServer,
  type ServerHttp2Stream,
} from "node:http2";
import { type AddressInfo, connect } from "node:net";
import type { Readable, Writable } from "node:stream";
import { option, smoke } from "./support/arguments.js";
import { startChild } from "./support/child.js";
import { median, printTable } from "./support/print-table.js";

const seconds = Number(option("seconds", smoke ? "1" : "10"));
const times = Number(option("times", smoke ? "5" : "100"));
/** Bytes that the slow side takes in a tick of 100 ms. */
const SIP = 1_024;
const TICK = 100;

/** google.api.HttpBody with 64 KiB of `data` (field 2), in a gRPC frame. */
const DATA = Buffer.alloc(65_536, "x");
const frameOf = (message: Buffer): Buffer => {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
};
const chunk = frameOf(Buffer.concat([Buffer.from([0x12, 0x80, 0x80, 0x04]), DATA]));
const wait = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

let sent = 0;
let taken = 0;
let opened: ((stream: ServerHttp2Stream) => void) | null = null;

/** Sends chunks as fast as they are taken. */
function pour(stream: ServerHttp2Stream): void {
  stream.respond({ ":status": 200, "content-type": "application/grpc" });
  const more = (): void => {
    while (!stream.destroyed) {
      sent += chunk.length;
      if (!stream.write(chunk)) {
        stream.once("drain", more);
        return;
      }
    }
  };
  more();
}

/** Takes a little in each tick. */
async function sip(from: Readable, onBytes: (count: number) => void): Promise<void> {
  from.pause();
  while (!from.destroyed) {
    const part = from.read(Math.min(SIP, Math.max(1, from.readableLength))) as Buffer | null;
    if (part !== null) onBytes(part.length);
    await wait(TICK);
  }
}

const upstream = createServer();
upstream.on("stream", (stream, headers) => {
  stream.on("error", () => undefined).on("aborted", () => stream.destroy());
  opened?.(stream);
  const path = String(headers[":path"]);
  if (path.endsWith("/DownloadFile")) {
    stream.resume();
    pour(stream);
  } else if (path.endsWith("/UploadFile")) {
    void sip(stream, (count) => {
      taken += count;
    });
  } else {
    // A user of the samples with a name alone, and then nothing.
    stream.resume();
    stream.respond({ ":status": 200, "content-type": "application/grpc" });
    stream.write(frameOf(Buffer.from([0x0a, 0x03, 0x0a, 0x01, 0x61])));
  }
});
upstream.listen(0, "127.0.0.1");
await once(upstream, "listening");
// What this server says when it is asked is not CPU time but memory.
const gateway = await startChild(new URL("./streams/servers/idle.ts", import.meta.url), [
  String((upstream.address() as AddressInfo).port),
]);
const address = { host: "127.0.0.1", port: gateway.port };
const mebibytes = (bytes: number): string => (bytes / 2 ** 20).toFixed(1);

/** Memory each second while something runs; the first second is warming up. */
async function watch(name: string, moved: () => number): Promise<string[]> {
  await wait(1_000);
  const resident: number[] = [await gateway.cpu()];
  const start = moved();
  for (let second = 0; second < seconds; second++) {
    await wait(1_000);
    resident.push(await gateway.cpu());
  }
  const rate = ((moved() - start) / seconds / 1_000).toFixed(0);
  return [name, mebibytes(resident[0] ?? 0), mebibytes(Math.max(...resident)), mebibytes(resident.at(-1) ?? 0), rate];
}

async function slowReader(): Promise<string[]> {
  const socket = connect(address);
  let read = 0;
  socket.write("GET /v1/files/a:download HTTP/1.1\r\nHost: bench\r\n\r\n");
  void sip(socket, (count) => {
    read += count;
  });
  const row = await watch("client reads 10 KB/s, HTTP/1.1", () => sent);
  socket.destroy();
  if (read === 0 || sent === 0) throw new Error("nothing was sent or read");
  return row;
}

async function slowReaderHttp2(session: ClientHttp2Session): Promise<string[]> {
  const stream = session.request({ ":path": "/v1/files/a:download" });
  stream.on("error", () => undefined);
  let read = 0;
  void sip(stream, (count) => {
    read += count;
  });
  const row = await watch("client reads 10 KB/s, HTTP/2", () => sent);
  stream.close(constants.NGHTTP2_CANCEL);
  if (read === 0) throw new Error("nothing was read");
  return row;
}

function fill(to: Writable, parts: (data: Buffer) => Buffer): void {
  const part = parts(DATA);
  const more = (): void => {
    while (!to.destroyed && to.write(part));
  };
  to.on("drain", more).on("error", () => undefined);
  more();
}

async function fastUploader(): Promise<string[]> {
  const socket = connect(address);
  socket.resume();
  socket.write("POST /v1/files/a:upload HTTP/1.1\r\nHost: bench\r\nTransfer-Encoding: chunked\r\n\r\n");
  fill(socket, (data) => Buffer.concat([Buffer.from("10000\r\n"), data, Buffer.from("\r\n")]));
  const row = await watch("upstream takes 10 KB/s, HTTP/1.1", () => taken);
  socket.destroy();
  if (taken === 0) throw new Error("nothing was taken");
  return row;
}

async function fastUploaderHttp2(session: ClientHttp2Session): Promise<string[]> {
  const stream = session.request({ ":method": "POST", ":path": "/v1/files/a:upload" }, { endStream: false });
  fill(stream, (data) => data);
  const row = await watch("upstream takes 10 KB/s, HTTP/2", () => taken);
  stream.close(constants.NGHTTP2_CANCEL);
  return row;
}

/** Milliseconds from a client's going away to the end of its call at the upstream, over HTTP/1.1. */
async function cancelled(): Promise<number> {
  const stream = nextStream();
  const socket = connect(address);
  socket.write("GET /v1/users:watch HTTP/1.1\r\nHost: bench\r\n\r\n");
  await once(socket, "data");
  const closed = once(await stream, "close");
  const start = performance.now();
  socket.destroy();
  await closed;
  return performance.now() - start;
}

/** The same by a reset of HTTP/2. */
async function reset(session: ClientHttp2Session): Promise<number> {
  const stream = nextStream();
  const request = session.request({ ":path": "/v1/users:watch" });
  request.on("error", () => undefined);
  await once(request, "data");
  const closed = once(await stream, "close");
  const start = performance.now();
  request.close(constants.NGHTTP2_CANCEL);
  await closed;
  return performance.now() - start;
}

/** Milliseconds from an upstream's going away to the error in the client's body. */
async function broken(): Promise<number> {
  const stream = nextStream();
  const socket = connect(address);
  socket.write("GET /v1/users:watch HTTP/1.1\r\nHost: bench\r\nAccept: application/x-ndjson\r\n\r\n");
  await once(socket, "data");
  const { session } = await stream;
  const start = performance.now();
  session?.destroy();
  let text = "";
  while (!text.includes('{"error":')) text += String((await once(socket, "data"))[0]);
  const time = performance.now() - start;
  socket.destroy();
  return time;
}

function nextStream(): Promise<ServerHttp2Stream> {
  return new Promise((resolve) => {
    opened = resolve;
  });
}

async function timesOf(name: string, measure: () => Promise<number>): Promise<string[]> {
  const found: number[] = [];
  for (let i = 0; i < times; i++) found.push(await measure());
  return [name, median(found).toFixed(2), Math.max(...found).toFixed(2)];
}

const session = connectHttp2(`http://127.0.0.1:${gateway.port}`);
try {
  printTable([
    ["under pressure", "MiB at first", "MiB at most", "MiB at last", "KB/s through"],
    await slowReader(),
    await slowReaderHttp2(session),
    await fastUploader(),
    await fastUploaderHttp2(session),
  ]);
  process.stdout.write("\n");
  printTable([
    ["told", "ms, median", "ms, at most"],
    await timesOf("client gone, HTTP/1.1 → upstream's call cancelled", cancelled),
    await timesOf("client resets, HTTP/2 → upstream's call cancelled", () => reset(session)),
    await timesOf("upstream gone → error in the client's body", broken),
  ]);
  process.stdout.write(`\n${seconds} s each, ${times} times each; Node ${process.version}\n`);
} finally {
  session.destroy();
  await gateway.stop();
}
process.exit();
