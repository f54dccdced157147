import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { ErrorCode } from "../../../src/upstream/http2/errors.js";
import { Sender } from "../../../src/upstream/http2/sender.js";
import { PeerSettings } from "../../../src/upstream/http2/settings.js";
import { StreamQueue } from "../../../src/upstream/http2/stream-queue.js";
import type { Call, UnaryEnd } from "../../../src/upstream/index.js";
import { eventually, record, unary } from "../support/client.js";
import { serveRaw } from "../support/http2-upstream.js";
import {
  block,
  DATA,
  endsRequest,
  frame,
  HEADERS,
  message,
  okTrailers,
  PING,
  reply,
  responseHeaders,
} from "../support/raw-server.js";

const summary = ({ status, origin }: UnaryEnd): unknown => ({ code: status.code, origin });

const header = (id: number): Buffer => frame(HEADERS, 0x4, id, responseHeaders);
const many = (count: number, each: Buffer): Buffer => Buffer.concat(Array.from({ length: count }, () => each));

describe("an upstream that sends DATA beyond a stream's window", () => {
  it("loses its connection when the stream's taker has paused", async () => {
    const { server, upstream } = await serveRaw({
      received(connection, got) {
        if (got.type !== HEADERS) return;
        connection.send(header(got.id), many(16, frame(DATA, 0, got.id, Buffer.alloc(16_384))));
        connection.send(frame(DATA, 0, got.id, "00"));
      },
    });
    const recorder = record(upstream);
    recorder.stream.pause();
    await eventually(() => server.connections[0]?.goAway() === ErrorCode.FLOW_CONTROL_ERROR, "the client sends GOAWAY");
    // The window's 262,144 zeros are 52,428 empty messages, which wait for the taker: to hand them over is one pass.
    const from = performance.now();
    recorder.stream.resume();
    expect(performance.now() - from).toBeLessThan(500);
    await recorder.until((r) => r.end !== null);
    expect({
      code: recorder.end?.status.code,
      origin: recorder.end?.origin,
      messages: recorder.messages.length,
    }).toEqual({ code: 14, origin: "connection", messages: 52_428 });
  });
});

describe("an upstream that does not read", () => {
  it("gets no more calls than its socket takes; they end when they are cancelled, and others when it reads", async () => {
    const { server, upstream } = await serveRaw({
      connected: ({ socket }) => socket.pause(),
      received(connection, got) {
        if (endsRequest(got)) connection.send(reply(got.id));
      },
    });
    upstream.connect();
    await eventually(() => upstream.state() === "ready", "it is ready");
    const before = process.memoryUsage().arrayBuffers;
    // 64 MB of headers: more than the kernel holds for a peer that does not read.
    const metadata = ["x-large", "v".repeat(16_000)];
    const started: Call[] = [];
    const calls = Array.from({ length: 4000 }, () => unary(upstream, "x", { metadata }, (call) => started.push(call)));
    const late = await unary(upstream, "x", { deadline: Date.now() + 300 });
    expect(summary(late)).toEqual({ code: 4, origin: "deadline" });
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(20_000_000);
    for (const call of started) call.cancel();
    expect(new Set((await Promise.all(calls)).map(({ origin }) => origin))).toEqual(new Set(["cancelled"]));
    const later = unary(upstream, "y");
    const hopeless = await unary(upstream, "z", { deadline: Date.now() + 50 });
    expect(summary(hopeless)).toEqual({ code: 4, origin: "deadline" });
    for (const { socket } of server.connections) socket.resume();
    expect(summary(await later)).toEqual({ code: 0, origin: "upstream" });
  });
});

describe("an upstream that asks and reads no answers", () => {
  it("is known by the answers that its socket does not take, and not by calls", async () => {
    const listener = createServer().listen(0, "127.0.0.1");
    await once(listener, "listening");
    const socket = connect((listener.address() as AddressInfo).port, "127.0.0.1");
    // Nobody reads from the peer's end before it is resumed.
    const [peer] = (await once(listener, "connection")) as [Socket];
    const sender = new Sender(new PeerSettings(), new StreamQueue());
    let drained = 0;
    sender.attach(socket, { begin: () => undefined, refused: () => undefined, drained: () => drained++ });
    // As the headers of calls are written.
    for (let i = 0; i < 200; i++) {
      sender.output.room(64 * 1024);
      sender.output.at += 64 * 1024;
    }
    sender.flush();
    expect({ congested: sender.congested, overrun: sender.overrun }).toEqual({ congested: true, overrun: false });
    for (let i = 0; i < 250_000; i++) sender.ping(1, Buffer.alloc(8), 0);
    expect(sender.overrun).toBe(true);
    peer.resume();
    await eventually(() => drained > 0 && sender.pressure === 0, "the socket takes all");
    expect({ congested: sender.congested, overrun: sender.overrun }).toEqual({ congested: false, overrun: false });
    socket.destroy();
    await once(peer, "close");
    await new Promise((resolve) => listener.close(resolve));
  });
});

describe("an upstream that sends messages of 4 MB in 4 KB of gzip to a stream that is paused", () => {
  it("makes this side hold what came, not what it inflates to; the messages come whole and in order", async () => {
    const packed = message(gzipSync(Buffer.alloc(4_000_000, "z")), 1);
    const count = Math.floor((256 * 1024 - 100) / packed.length);
    const { server, upstream } = await serveRaw({
      received(connection, got) {
        if (got.type !== HEADERS) return;
        const headers = Buffer.concat([responseHeaders, block(["grpc-encoding", "gzip"])]);
        connection.send(frame(HEADERS, 0x4, got.id, headers), many(count, frame(DATA, 0, got.id, packed)));
        connection.send(frame(HEADERS, 0x5, got.id, okTrailers), frame(PING, 0, 0, "0102030405060708"));
      },
    });
    const recorder = { bytes: 0, messages: 0, end: -1 };
    const stream = upstream.stream(
      { path: "/test.Echo/Stream", metadata: [], deadline: Date.now() + 10_000 },
      {
        header: () => undefined,
        message(bytes) {
          recorder.bytes += bytes.length;
          recorder.messages++;
        },
        drain: () => undefined,
        end: ({ code }) => {
          recorder.end = code;
        },
      },
    );
    stream.pause();
    const before = process.memoryUsage().arrayBuffers;
    const acknowledged = () => server.connections[0]?.frames.some(({ type, flags }) => type === PING && flags === 1);
    await eventually(() => acknowledged() === true, "all has come");
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(20_000_000);
    expect(recorder).toEqual({ bytes: 0, messages: 0, end: -1 });
    stream.resume();
    expect(recorder).toEqual({ bytes: count * 4_000_000, messages: count, end: 0 });
  });

  it("ends the call at a message that is no gzip, after those before it", async () => {
    const { upstream } = await serveRaw({
      received(connection, got) {
        if (got.type !== HEADERS) return;
        const headers = Buffer.concat([responseHeaders, block(["grpc-encoding", "gzip"])]);
        connection.send(frame(HEADERS, 0x4, got.id, headers));
        for (const body of [gzipSync("one"), Buffer.from("no gzip"), gzipSync("three")]) {
          connection.send(frame(DATA, 0, got.id, message(body, 1)));
        }
        connection.send(frame(HEADERS, 0x5, got.id, okTrailers), frame(PING, 0, 0, "0102030405060708"));
      },
    });
    const recorder = record(upstream);
    recorder.stream.pause();
    await recorder.until((r) => r.header !== null);
    recorder.stream.resume();
    await recorder.until((r) => r.end !== null);
    expect({ messages: recorder.messages, code: recorder.end?.status.code, origin: recorder.end?.origin }).toEqual({
      messages: ["one"],
      code: 13,
      origin: "protocol",
    });
  });
});
