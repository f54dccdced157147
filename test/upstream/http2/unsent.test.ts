import { once } from "node:events";
import { readFileSync } from "node:fs";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { connect as connectTls, createServer as createTlsServer } from "node:tls";
import { describe, expect, it } from "vitest";
import { ErrorCode } from "../../../src/upstream/http2/errors.js";
import type { RpcStream } from "../../../src/upstream/http2/rpc-stream.js";
import { Sender } from "../../../src/upstream/http2/sender.js";
import { PeerSettings } from "../../../src/upstream/http2/settings.js";
import { StreamQueue } from "../../../src/upstream/http2/stream-queue.js";
import { eventually, record, unary } from "../support/client.js";
import { raw, serveRaw, upstream } from "../support/http2-upstream.js";
import {
  DATA,
  endsRequest,
  frame,
  GOAWAY,
  HEADERS,
  PING,
  RST_STREAM,
  reply,
  settings,
  uint32,
} from "../support/raw-server.js";

const certs = join(import.meta.dirname, "..", "certs");
const pem = (name: string): Buffer => readFileSync(join(certs, `${name}.pem`));
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("a call that did not begin", () => {
  it("because it was cancelled in the turn in which it was made never reaches the upstream", async () => {
    const { server, upstream } = await serveRaw({
      received(connection, got) {
        if (endsRequest(got)) connection.send(reply(got.id));
      },
    });
    await unary(upstream, "first");
    const calls = Array.from({ length: 100 }, () => unary(upstream, "x", {}, (call) => call.cancel()));
    const streams = Array.from({ length: 100 }, () => record(upstream));
    for (const { stream } of streams) stream.write(Buffer.from("x"));
    for (const { stream } of streams) stream.cancel();
    expect(new Set((await Promise.all(calls)).map(({ origin }) => origin))).toEqual(new Set(["cancelled"]));
    await Promise.all(streams.map((recorder) => recorder.until(({ end }) => end?.origin === "cancelled")));
    await unary(upstream, "last");
    const frames = server.connections[0]?.frames ?? [];
    expect({
      requests: frames.filter(({ type }) => type === HEADERS).map(({ id }) => id),
      resets: frames.filter(({ type }) => type === RST_STREAM).length,
    }).toEqual({ requests: [1, 3], resets: 0 });
  });

  it("goes to the next connection when its own is reset, and those that began are not made again", async () => {
    const made = upstream(
      (
        await raw({
          received(connection, got) {
            const { key } = keyOf(got);
            if (key === null) return;
            if (connections.length === 0 || connections[0] === connection) {
              connections[0] = connection;
              connection.socket.resetAndDestroy();
            } else {
              seen.push(key);
              connection.send(reply(got.id, key));
            }
          },
        })
      ).target,
    );
    const connections: unknown[] = [];
    const seen: string[] = [];
    made.connect();
    await eventually(() => made.state() === "ready", "it is ready");
    // 32 MB of headers: far more than goes out before the first of them arrives.
    const ends = await Promise.all(
      Array.from({ length: 2000 }, (_, index) =>
        unary(made, "x", { metadata: ["x-key", `key ${index} `.padEnd(16_000, "v")] }),
      ),
    );
    const ok = ends.flatMap(({ status, message }, index) =>
      status.code === 0 ? [{ index, answer: message?.toString() }] : [],
    );
    const lost = ends.filter(({ status, origin }) => status.code === 14 && origin === "connection");
    expect(ok).toEqual(ok.map(({ index }) => ({ index, answer: `key ${index}` })));
    expect({ all: ok.length + lost.length, seen: seen.length }).toEqual({ all: 2000, seen: ok.length });
    expect(new Set(seen)).toEqual(new Set(ok.map(({ answer }) => answer)));
    expect(lost.length).toBeGreaterThan(0);
    expect(ok.length).toBeGreaterThan(1000);
  });

  it("goes to the next connection when its own ends, with the messages that it would have sent", async () => {
    const bodies: string[] = [];
    const server = await raw({
      received(connection, got) {
        if (connection === server.connections[0]) {
          if (got.type === HEADERS) connection.socket.resetAndDestroy();
        } else if (got.type === DATA) {
          bodies.push(got.payload.toString("latin1"));
          if (endsRequest(got)) connection.send(reply(got.id, "done"));
        }
      },
    });
    const made = upstream(server.target);
    made.connect();
    await eventually(() => made.state() === "ready", "it is ready");
    const filler = Array.from({ length: 500 }, () =>
      unary(made, "", { metadata: ["x-large", "v".repeat(16_000)], deadline: Date.now() + 5000 }),
    );
    const recorder = record(made);
    recorder.stream.write(Buffer.from("one"));
    recorder.stream.write(Buffer.from("two"));
    recorder.stream.closeSend();
    await recorder.until(({ end }) => end !== null);
    expect({ messages: recorder.messages, code: recorder.end?.status.code }).toEqual({ messages: ["done"], code: 0 });
    expect(bodies.join("")).toContain("\0\0\0\0\x03one\0\0\0\0\x03two");
    await Promise.all(filler);
  });

  it.each(["unary calls", "streams"])("because the kernel refused it goes to the next connection: %s", async (what) => {
    let ends: Promise<unknown>[] = [];
    const server = await raw({
      received(connection, got) {
        if (!endsRequest(got)) return;
        if (ends.length > 0 || connection !== server.connections[0]) {
          connection.send(reply(got.id, "done"));
          return;
        }
        // The client cannot have read the reset when it writes these at the end of this turn.
        connection.socket.resetAndDestroy();
        ends = Array.from({ length: 50 }, async () => {
          if (what === "unary calls") return (await unary(made, "x")).status.code;
          const recorder = record(made);
          recorder.stream.write(Buffer.from("one"));
          recorder.stream.write(Buffer.from("two"));
          recorder.stream.closeSend();
          await recorder.until(({ end }) => end !== null);
          return recorder.end?.status.code;
        });
      },
    });
    const made = upstream(server.target);
    const first = await unary(made, "first");
    expect({ code: first.status.code, origin: first.origin }).toEqual({ code: 14, origin: "connection" });
    expect(await Promise.all(ends)).toEqual(Array.from({ length: 50 }, () => 0));
    const bodies = server.connections[1]?.frames.filter(({ type }) => type === DATA) ?? [];
    const body = what === "unary calls" ? "\0\0\0\0\x01x" : "\0\0\0\0\x03one\0\0\0\0\x03two";
    expect(bodies.map(({ payload }) => payload.toString("latin1")).join("")).toBe(body.repeat(50));
  });

  it("because its connection broke in the same turn is not written behind the GOAWAY", async () => {
    const { server, upstream } = await serveRaw({
      settings: Buffer.concat([settings(), frame(PING, 0, 1, "0000000000000000")]),
    });
    const { status, origin } = await unary(upstream, "x");
    expect({ code: status.code, origin }).toEqual({ code: 14, origin: "connection" });
    await eventually(() => server.connections.every(({ closed }) => closed), "the client closes");
    expect(server.connections[0]?.goAway()).toBe(ErrorCode.PROTOCOL_ERROR);
    const frames = server.connections.flatMap((connection) => connection.frames);
    expect(frames.filter(({ type }) => type === HEADERS)).toEqual([]);
  });

  it("is moved for nothing once, and then as often as a refused one at most", async () => {
    // Each connection takes calls, and its end is read before the turn in which it took them is over.
    const { server, upstream } = await serveRaw({
      settings: Buffer.concat([settings(), frame(GOAWAY, 0, 0, uint32(0, 0))]),
    });
    const { status, origin } = await unary(upstream, "x");
    expect({ code: status.code, origin, connections: server.connections.length }).toEqual({
      code: 14,
      origin: "connection",
      connections: 6,
    });
    const frames = server.connections.flatMap((connection) => connection.frames);
    expect(frames.filter(({ type }) => type === HEADERS)).toEqual([]);
  });
});

describe.each(["TCP", "TLS"] as const)("a sender over %s whose socket holds a few octets", (layer) => {
  it("begins calls when they are handed on, and not before", async () => {
    const server =
      layer === "TCP" ? createServer() : createTlsServer({ cert: pem("server-cert"), key: pem("server-key") });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const accepted = once(server, layer === "TCP" ? "connection" : "secureConnection");
    const socket =
      layer === "TCP" ? connect(port, "127.0.0.1") : connectTls({ port, host: "127.0.0.1", rejectUnauthorized: false });
    const connected = once(socket, layer === "TCP" ? "connect" : "secureConnect");
    // Nobody reads from the peer's end before it is resumed.
    const [[peer]] = (await Promise.all([accepted, connected])) as [[Socket], unknown];
    const unbegun = new StreamQueue();
    const sender = new Sender(new PeerSettings(), unbegun);
    const begun: RpcStream[] = [];
    sender.attach(socket, {
      begin: (stream) => begun.push(stream),
      refused: () => undefined,
      drained: () => undefined,
    });
    // In pieces below the mark above which a socket tells that it has taken all.
    for (let idle = 0; idle < 3; ) {
      if (socket.writableLength === 0) socket.write(Buffer.alloc(8000));
      await turn();
      idle = socket.writableLength > 0 ? idle + 1 : 0;
    }
    expect(socket.writableNeedDrain).toBe(false);
    const call = { queued: false, queueNext: null, queuePrevious: null } as unknown as RpcStream;
    unbegun.push(call);
    sender.schedule();
    for (let i = 0; i < 10; i++) await turn();
    expect(begun).toEqual([]);
    peer.resume();
    await eventually(() => begun.length === 1, "the call begins");
    expect({ begun: begun[0] === call, waiting: unbegun.length }).toEqual({ begun: true, waiting: 0 });
    socket.destroy();
    await once(peer, "close");
    await new Promise((resolve) => server.close(resolve));
  });
});

/** The key in a request's headers, which are literals in plain octets. */
function keyOf({ type, payload }: { readonly type: number; readonly payload: Buffer }): {
  readonly key: string | null;
} {
  return { key: type === HEADERS ? (/key \d+/.exec(payload.toString("latin1"))?.[0] ?? null) : null };
}
