import { once } from "node:events";
import { readFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { createServer as createTlsServer } from "node:tls";
import { describe, expect, it } from "vitest";
import { ErrorCode } from "../../../src/upstream/http2/errors.js";
import { eventually, record, unary } from "../support/client.js";
import { proxyTo, raw, service, upstream } from "../support/http2-upstream.js";
import {
  DATA,
  endsRequest,
  frame,
  GOAWAY,
  PING,
  reply,
  SETTINGS,
  settings,
  uint32,
  WINDOW_UPDATE,
} from "../support/raw-server.js";

describe("connections", () => {
  it("are opened beyond the first when the upstream's limit of streams is reached, up to eight", async () => {
    const waiting: (() => void)[] = [];
    const server = await raw({
      settings: settings([3, 2]),
      received(connection, got) {
        if (endsRequest(got)) waiting.push(() => connection.send(reply(got.id)));
      },
    });
    const made = upstream(server.target);
    const calls = Array.from({ length: 30 }, () => unary(made, "x"));
    await eventually(() => waiting.length === 16, "two calls on each of eight connections");
    expect(server.connections.length).toBe(8);
    const serveAll = setInterval(
      () =>
        waiting.splice(0).forEach((answer) => {
          answer();
        }),
      2,
    );
    expect((await Promise.all(calls)).map(({ status }) => status.code)).toEqual(Array.from({ length: 30 }, () => 0));
    clearInterval(serveAll);
    expect(server.connections.length).toBe(8);
  });

  it("are replaced when their stream ids are used up, without a failed call", async () => {
    const server = await raw({
      received(connection, got) {
        if (endsRequest(got)) connection.send(reply(got.id));
      },
    });
    const made = upstream(server.target, {}, { firstStreamId: 2 ** 31 - 41 });
    for (let i = 0; i < 60; i++) expect((await unary(made, "x")).status.code).toBe(0);
    expect(server.connections.length).toBeGreaterThan(1);
    const ids = server.connections[0]?.frames.filter(endsRequest).map(({ id }) => id) ?? [];
    expect(Math.max(...ids)).toBeLessThanOrEqual(2 ** 31 - 1);
    expect(Math.min(...ids)).toBeGreaterThan(2 ** 31 - 50);
  });

  it("move the calls that GOAWAY does not name, and finish those that it does", async () => {
    const server = await raw({
      received(connection, got) {
        if (!endsRequest(got)) return;
        if (server.connections[0] !== connection) {
          connection.send(reply(got.id, "second connection"));
        } else if (connection.frames.filter(endsRequest).length === 4) {
          connection.send(frame(GOAWAY, 0, 0, uint32(3, 0)));
          connection.send(reply(1, "first connection"), reply(3, "first connection"));
        }
      },
    });
    const made = upstream(server.target);
    const ends = await Promise.all(Array.from({ length: 4 }, () => unary(made, "x")));
    expect(ends.map(({ message }) => message?.toString())).toEqual([
      "first connection",
      "first connection",
      "second connection",
      "second connection",
    ]);
    await eventually(() => server.connections[0]?.closed === true, "the first connection is closed");
  });

  it("move a stream that was refused, with the messages it had sent", async () => {
    const bodies: string[] = [];
    const server = await raw({
      received(connection, got) {
        if (server.connections[0] === connection) {
          if (got.type === 0) connection.send(frame(GOAWAY, 0, 0, uint32(0, 0)));
          return;
        }
        if (got.type === 0) bodies.push(got.payload.toString("latin1"));
        if (endsRequest(got)) connection.send(reply(got.id, "done"));
      },
    });
    const recorder = record(upstream(server.target));
    recorder.stream.write(Buffer.from("one"));
    await eventually(() => bodies.length === 1, "the message is sent again");
    recorder.stream.write(Buffer.from("two"));
    recorder.stream.closeSend();
    await recorder.until((r) => r.end !== null);
    expect(bodies.join("")).toBe("\0\0\0\0\x03one\0\0\0\0\x03two");
    expect({ messages: recorder.messages, code: recorder.end?.status.code }).toEqual({ messages: ["done"], code: 0 });
  });

  it.each([
    ["says nothing more", false],
    ["answers calls", true],
  ])("end with SETTINGS_TIMEOUT where the upstream never acknowledges SETTINGS and %s", async (_what, answers) => {
    const server = await raw({
      silent: true,
      connected: (connection) => connection.send(settings()),
      received(connection, got) {
        if (answers && endsRequest(got)) connection.send(reply(got.id));
      },
    });
    const made = upstream(server.target, {}, { settingsTimeout: 100 });
    const end = await unary(made, "x");
    expect({ code: end.status.code, origin: end.origin }).toEqual(
      answers ? { code: 0, origin: "upstream" } : { code: 14, origin: "connection" },
    );
    await eventually(() => server.connections[0]?.goAway() === ErrorCode.SETTINGS_TIMEOUT, "the client sends GOAWAY");
    await eventually(() => server.connections[0]?.closed === true, "the connection is closed");
  });

  it("stay when SETTINGS are acknowledged before the upstream's own are there, or late", async () => {
    for (const late of [false, true]) {
      const server = await raw({
        silent: true,
        connected(connection) {
          // Room for all the calls of half a second: the window that a connection begins with ends after some 10,000.
          connection.send(settings(), frame(WINDOW_UPDATE, 0, 0, uint32(2 ** 30)));
          const acknowledge = (): void => connection.send(frame(SETTINGS, 1, 0));
          if (late) setTimeout(acknowledge, 50);
          else acknowledge();
        },
        received(connection, got) {
          if (endsRequest(got)) connection.send(reply(got.id));
        },
      });
      const made = upstream(server.target, {}, { settingsTimeout: 200 });
      const from = performance.now();
      while (performance.now() - from < 500) expect((await unary(made, "x")).status.code).toBe(0);
      expect(server.connections.length).toBe(1);
    }
  });

  it("that are half open are found out by a call that gets no answer, and replaced", async () => {
    const running = await service();
    const proxy = await proxyTo(running.port);
    const made = upstream(proxy.target, { connectTimeout: 300 }, { pingTimeout: 100 });
    expect((await unary(made, "x")).status.code).toBe(0);
    proxy.freeze();
    const lost = await unary(made, "x", { deadline: Date.now() + 100 });
    expect({ code: lost.status.code, origin: lost.origin }).toEqual({ code: 4, origin: "deadline" });
    await eventually(() => made.state() !== "ready", "the connection is given up");
    proxy.thaw();
    await eventually(() => made.state() === "ready", "there is a new one", 3000);
    expect((await unary(made, "x")).status.code).toBe(0);
  });

  it("that are half open are found out also soon after a question that was answered", async () => {
    let hanging = true;
    let asked = 0;
    let frozen = false;
    const server = await raw({
      received(connection, got) {
        if (frozen) return;
        if (got.type === PING) {
          asked++;
          connection.send(frame(PING, 1, 0, got.payload));
        }
        if (endsRequest(got) && !hanging) connection.send(reply(got.id));
      },
    });
    const made = upstream(server.target, {}, { pingTimeout: 100 });
    const late = (): Promise<unknown> => unary(made, "x", { deadline: Date.now() + 50 });
    await late();
    await eventually(() => asked === 1, "the upstream is asked, and answers");
    hanging = false;
    expect((await unary(made, "x")).status.code).toBe(0);
    frozen = true;
    await eventually(() => {
      void late();
      return server.connections.length > 1;
    }, "the connection is given up");
  });

  it("whose upstream answers nothing but questions are asked less and less often", async () => {
    let asked = 0;
    const server = await raw({
      received(connection, got) {
        if (got.type !== PING) return;
        asked++;
        connection.send(frame(PING, 1, 0, got.payload));
      },
    });
    const made = upstream(server.target, {}, { pingTimeout: 50 });
    const from = performance.now();
    while (performance.now() - from < 3000) await unary(made, "x", { deadline: Date.now() + 50 });
    // After the first answer one second must pass, after the second four.
    expect(asked).toBeLessThanOrEqual(2);
    expect(server.connections.length).toBe(1);
  });

  it("that are quiet are asked by keepalive, and closed when they do not answer", async () => {
    let answering = true;
    let asked = 0;
    const server = await raw({
      received(connection, got) {
        if (got.type === PING) asked++;
        if (got.type === PING && answering) connection.send(frame(PING, 1, 0, got.payload));
      },
    });
    const made = upstream(server.target, { keepalive: { time: 20, timeout: 200, permitWithoutCalls: true } });
    made.connect();
    await eventually(() => asked >= 3, "the upstream is asked again and again");
    expect(server.connections.length).toBe(1);
    answering = false;
    await eventually(() => server.connections.length > 1, "the silent connection is replaced");
  });

  it("are not asked without calls unless that is permitted", async () => {
    let asked = 0;
    const server = await raw({
      received(connection, got) {
        if (got.type === PING) {
          asked++;
          connection.send(frame(PING, 1, 0, got.payload));
        }
      },
    });
    const made = upstream(server.target, { keepalive: { time: 10, timeout: 200, permitWithoutCalls: false } });
    made.connect();
    await eventually(() => made.state() === "ready", "it is ready");
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(asked).toBe(0);
    const recorder = record(made);
    await eventually(() => asked > 0, "with a call it is asked");
    recorder.stream.cancel();
  });

  it("are asked half as often once the upstream says that it is too often", async () => {
    const quiet: number[] = [];
    const server = await raw({
      connected: (connection) => {
        const from = performance.now();
        connection.socket.once("close", () => quiet.push(performance.now() - from));
      },
      received(connection, got) {
        if (got.type !== PING) return;
        connection.send(frame(GOAWAY, 0, 0, Buffer.concat([uint32(0, 11), Buffer.from("too_many_pings")])));
        connection.socket.end();
      },
    });
    upstream(server.target, { keepalive: { time: 60, timeout: 1000, permitWithoutCalls: true } }).connect();
    await eventually(() => quiet.length >= 3, "it is asked on three connections");
    // The first is asked after one or two intervals of 60 ms, the third after as many of 240.
    expect(quiet[0]).toBeLessThan(200);
    expect(quiet[2]).toBeGreaterThan(230);
  });

  it("that are being made delay no call while another address is ready", async () => {
    const [silent, good] = [
      await raw({ silent: true }),
      await raw({
        received(connection, got) {
          if (endsRequest(got)) connection.send(reply(got.id));
        },
      }),
    ];
    for (const balancing of ["least_request", "round_robin"] as const) {
      const made = upstream(`ipv4:${silent.target},${good.target}`, { balancing });
      made.connect();
      await eventually(() => made.state() === "ready", "one is ready");
      const from = performance.now();
      for (let i = 0; i < 200; i++) expect((await unary(made, "x")).status.code).toBe(0);
      expect(performance.now() - from).toBeLessThan(2000);
    }
  });

  it("have so many calls wait for them as is allowed; those beyond end at once, and the others go on", async () => {
    const server = await raw({ settings: settings([3, 0]) });
    const made = upstream(server.target, { maxPendingCalls: 3 });
    const waiting = [1, 2, 3].map(() => unary(made, "x"));
    await eventually(() => made.state() === "ready", "it is ready, and has no room");
    const beyond = await Promise.all([unary(made, "x"), unary(made, "x")]);
    expect(beyond.map(({ status, origin }) => [status.code, origin])).toEqual([
      [14, "overload"],
      [14, "overload"],
    ]);
    const stream = record(made);
    await stream.until((r) => r.end !== null);
    expect(stream.end?.origin).toBe("overload");
    for (const connection of server.connections) connection.send(settings([3, 100]));
    const requests = () => server.connections.flatMap((c) => c.frames.filter(endsRequest).map(({ id }) => ({ c, id })));
    await eventually(() => requests().length === 3, "those that waited are sent");
    for (const { c, id } of requests()) c.send(reply(id));
    expect((await Promise.all(waiting)).map(({ status }) => status.code)).toEqual([0, 0, 0]);
  });

  it("are made again at once when the upstream sends them away, but not more often than each 50 ms", async () => {
    const opened: number[] = [];
    const server = await raw({
      connected(connection) {
        opened.push(performance.now());
        connection.send(frame(GOAWAY, 0, 0, uint32(0, 0)));
      },
    });
    upstream(server.target).connect();
    await eventually(() => opened.length > 4, "it connects again and again");
    const pauses = opened.slice(1).map((at, i) => at - (opened[i] ?? 0));
    expect(Math.min(...pauses)).toBeGreaterThan(40);
  });

  it("are not made to a server of TLS that does not choose h2 by ALPN", async () => {
    const certs = join(import.meta.dirname, "..", "certs");
    const read = (name: string): Buffer => readFileSync(join(certs, `${name}.pem`));
    const server = createTlsServer({ key: read("server-key"), cert: read("server-cert") }, (socket) => {
      socket.on("error", () => undefined);
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const tls = { ca: join(certs, "ca-cert.pem"), cert: null, key: null, serverName: null };
    const made = upstream(`127.0.0.1:${(server.address() as AddressInfo).port}`, { tls });
    const { status, origin } = await unary(made, "x");
    expect({ code: status.code, origin, message: status.message }).toEqual({
      code: 14,
      origin: "connection",
      message: expect.stringContaining("does not choose h2 by ALPN"),
    });
    await made.close(0);
    await new Promise((resolve) => server.close(resolve));
  });

  it("send nothing beyond a window that became negative, and every octet that it gets back", async () => {
    const server = await raw({ connected: (c) => c.send(frame(WINDOW_UPDATE, 0, 0, uint32(1 << 20))) });
    const made = upstream(server.target);
    const end = unary(made, Buffer.alloc(100_000));
    const frames = () => server.connections[0]?.frames ?? [];
    const sent = () => frames().reduce((sum, { type, payload }) => sum + (type === DATA ? payload.length : 0), 0);
    const acknowledged = async (type: number): Promise<void> => {
      const count = () => frames().filter((got) => got.type === type && got.flags === 1).length;
      const before = count();
      await eventually(() => count() > before, "an acknowledgement");
    };
    await eventually(() => sent() === 65_535, "the first window is used up");
    const [connection] = server.connections;
    const shrunk = acknowledged(SETTINGS);
    connection?.send(settings([4, 1000]));
    await shrunk;
    // 1000 less 65,535, and so much back: nothing.
    const nothing = acknowledged(PING);
    connection?.send(frame(WINDOW_UPDATE, 0, 1, uint32(64_535)), frame(PING, 0, 0, "0000000000000000"));
    await nothing;
    expect(sent()).toBe(65_535);
    const ten = acknowledged(PING);
    connection?.send(frame(WINDOW_UPDATE, 0, 1, uint32(10)), frame(PING, 0, 0, "0000000000000000"));
    await ten;
    expect(sent()).toBe(65_545);
    connection?.send(frame(WINDOW_UPDATE, 0, 1, uint32(100_000)));
    await eventually(() => sent() === 100_005, "the rest");
    connection?.send(reply(1));
    expect((await end).status.code).toBe(0);
  });

  it("write all frames of a turn of the event loop at once", async () => {
    const sizes: number[] = [];
    const server = await raw({
      connected: (connection) => {
        connection.socket.on("data", (chunk: Buffer) => sizes.push(chunk.length));
      },
      received(connection, got) {
        if (endsRequest(got)) connection.send(reply(got.id));
      },
    });
    const made = upstream(server.target);
    await unary(made, "x");
    sizes.length = 0;
    await Promise.all(Array.from({ length: 100 }, () => unary(made, "x")));
    // One write is one segment on loopback; the server may read it in two.
    expect(sizes.filter((size) => size > 500).length).toBeGreaterThan(0);
    expect(sizes.length).toBeLessThanOrEqual(3);
  });

  it("give the deadline and no more than what was asked for to the upstream", async () => {
    const server = await raw({
      received(connection, got) {
        if (endsRequest(got)) connection.send(reply(got.id));
      },
    });
    const made = upstream(server.target);
    await unary(made, "x");
    const frames = server.connections[0]?.frames ?? [];
    expect(frames.map(({ type }) => type).filter((type) => type !== SETTINGS)).toEqual([8, 1, 0]);
    const text = frames.find(({ type }) => type === 1)?.payload.toString("latin1") ?? "";
    expect(text).toMatch(/grpc-timeout[\s\S](?:9\d{3}|10000)m$/);
  });
});
