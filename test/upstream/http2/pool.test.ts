import { once } from "node:events";
import { readFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { createServer as createTlsServer } from "node:tls";
import { afterEach, describe, expect, it } from "vitest";
import { createHttp2Upstream, type Http2Seams } from "../../../src/upstream/http2/create-http2-upstream.js";
import type { Upstream, UpstreamOptions } from "../../../src/upstream/index.js";
import { eventually, record, unary } from "../support/client.js";
import { startProxy, type TestProxy } from "../support/proxy.js";
import {
  block,
  DATA,
  endsRequest,
  frame,
  GOAWAY,
  HEADERS,
  PING,
  type RawServer,
  reply,
  SETTINGS,
  settings,
  startRawServer,
  uint32,
} from "../support/raw-server.js";
import { type EchoService, type RunningService, startService } from "../support/service.js";

const upstreams: Upstream[] = [];
const services: RunningService[] = [];
const raws: RawServer[] = [];
const proxies: TestProxy[] = [];

afterEach(async () => {
  await Promise.all(upstreams.splice(0).map((upstream) => upstream.close(0)));
  await Promise.all(proxies.splice(0).map((proxy) => proxy.close()));
  await Promise.all(services.splice(0).map((service) => service.stop()));
  await Promise.all(raws.splice(0).map((server) => server.close()));
});

function upstream(target: string, more: Partial<UpstreamOptions> = {}, seams: Http2Seams = {}): Upstream {
  const options: UpstreamOptions = { target, transport: "http2", tls: null, maxReplyBytes: 1_000_000, ...more };
  const made = createHttp2Upstream("echo", options, seams);
  upstreams.push(made);
  return made;
}

async function service(echo: EchoService = {}, bind?: string): Promise<RunningService> {
  const started = await startService(echo, bind);
  services.push(started);
  return started;
}

async function raw(script: Parameters<typeof startRawServer>[0]): Promise<RawServer> {
  const server = await startRawServer(script);
  raws.push(server);
  return server;
}

/** Services that count their calls, behind one target. */
async function counted(count: number): Promise<{ readonly counts: number[]; readonly target: string }> {
  const counts = Array.from({ length: count }, () => 0);
  const started = await Promise.all(
    counts.map((_, which) =>
      service({
        unary(call, callback) {
          counts[which] = (counts[which] ?? 0) + 1;
          callback(null, call.request);
        },
      }),
    ),
  );
  return { counts, target: `ipv4:${started.map(({ target }) => target).join(",")}` };
}

/** Makes calls one after the other until each service was called: every address is connected by then. */
async function warm(made: Upstream, counts: number[]): Promise<void> {
  made.connect();
  await eventually(() => made.state() === "ready", "an address is ready");
  const limit = Date.now() + 5000;
  while (Math.min(...counts) === 0 && Date.now() < limit) await unary(made, "x");
  counts.fill(0);
}

describe("balancing", () => {
  it("round_robin goes over the addresses in turns", async () => {
    const { counts, target } = await counted(3);
    const made = upstream(target, { balancing: "round_robin" });
    await warm(made, counts);
    for (let i = 0; i < 30; i++) await unary(made, "x");
    expect(counts).toEqual([10, 10, 10]);
  });

  it("least_request leaves an address with open calls alone", async () => {
    const held: (() => void)[] = [];
    let slow = 0;
    let fast = 0;
    const first = await service({
      unary(call, callback) {
        slow++;
        held.push(() => callback(null, call.request));
      },
    });
    const second = await service({
      unary(call, callback) {
        fast++;
        callback(null, call.request);
      },
    });
    const made = upstream(`ipv4:${first.target},${second.target}`);
    made.connect();
    await eventually(() => made.state() === "ready", "an address is ready");
    const open: Promise<unknown>[] = [];
    const limit = Date.now() + 5000;
    while (slow === 0 && Date.now() < limit) {
      const before = fast;
      open.push(unary(made, "x"));
      await eventually(() => slow > 0 || fast > before, "a service is called");
    }
    fast = 0;
    for (let i = 0; i < 40; i++) await unary(made, "x");
    expect({ slow, fast }).toEqual({ slow: 1, fast: 40 });
    for (const answer of held) answer();
    await Promise.all(open);
  });

  it("pick_first stays with the first address that works", async () => {
    const { counts, target } = await counted(2);
    const closed = await startProxy(1);
    await closed.close();
    const made = upstream(`ipv4:${closed.target},${target.slice("ipv4:".length)}`, { balancing: "pick_first" });
    made.connect();
    await eventually(() => made.state() === "ready", "the second address is ready");
    for (let i = 0; i < 20; i++) await unary(made, "x");
    expect(counts).toEqual([20, 0]);
  });
});

describe("pick_first", () => {
  it("goes on to the next address while the first one takes its time", async () => {
    const silent = await raw({ silent: true });
    const good = await service();
    const made = upstream(`ipv4:${silent.target},${good.target}`, { balancing: "pick_first", connectTimeout: 5000 });
    const from = performance.now();
    expect((await unary(made, "x")).status.code).toBe(0);
    const took = performance.now() - from;
    expect(took).toBeGreaterThan(200);
    expect(took).toBeLessThan(2500);
  });

  it("tries no other address while the first one works", async () => {
    const { counts, target } = await counted(2);
    const made = upstream(target, { balancing: "pick_first" });
    for (let i = 0; i < 10; i++) await unary(made, "x");
    expect(counts).toEqual([10, 0]);
  });
});

describe("outliers", () => {
  const outliers = { consecutiveFailures: 3, ejection: 1500, maxShare: 0.5 };

  /** Services that fail or not, as `failing` says, and count their calls. */
  async function moody(count: number): Promise<{ counts: number[]; failing: boolean[]; made: Upstream }> {
    const counts = Array.from({ length: count }, () => 0);
    const failing = counts.map(() => false);
    const started = await Promise.all(
      counts.map((_, which) =>
        service({
          unary(call, callback) {
            counts[which] = (counts[which] ?? 0) + 1;
            if (failing[which] === true) callback({ code: 14, details: "not now" });
            else callback(null, call.request);
          },
        }),
      ),
    );
    const target = `ipv4:${started.map(({ target: each }) => each).join(",")}`;
    const made = upstream(target, { balancing: "round_robin", outliers });
    await warm(made, counts);
    return { counts, failing, made };
  }

  it("get no calls after failures in a row, and are tried again later", async () => {
    const { counts, failing, made } = await moody(3);
    failing[1] = true;
    const codes: number[] = [];
    for (let i = 0; i < 30; i++) codes.push((await unary(made, "x")).status.code);
    expect({ failed: codes.filter((code) => code !== 0).length, atTheFailing: counts[1] }).toEqual({
      failed: 3,
      atTheFailing: 3,
    });
    failing[1] = false;
    const limit = Date.now() + 8000;
    while (counts[1] === 3 && Date.now() < limit) expect((await unary(made, "x")).status.code).toBe(0);
    expect(counts[1]).toBeGreaterThan(3);
  });

  it("are as many as the share allows, and the others keep their calls", async () => {
    const { counts, failing, made } = await moody(3);
    failing.fill(true);
    for (let i = 0; i < 30; i++) await unary(made, "x");
    // Half of three is one: two go on.
    expect(counts.filter((count) => count === 3).length).toBe(1);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(30);
  });

  it("are those too that answer with an error of HTTP, with a body or without", async () => {
    for (const body of [frame(DATA, 1, 1, Buffer.from("<p>Bad Gateway</p>")), Buffer.alloc(0)]) {
      let asked = 0;
      const bad = await raw({
        received(connection, got) {
          if (!endsRequest(got)) return;
          asked++;
          const headers = block([":status", "502"], ["content-type", "text/html"]);
          connection.send(frame(HEADERS, body.length > 0 ? 0x4 : 0x5, got.id, headers));
          if (body.length > 0) connection.send(frame(DATA, 1, got.id, body.subarray(9)));
        },
      });
      const good = await raw({
        received(connection, got) {
          if (endsRequest(got)) connection.send(reply(got.id));
        },
      });
      const made = upstream(`ipv4:${bad.target},${good.target}`, { balancing: "round_robin", outliers });
      made.connect();
      await eventually(() => bad.connections.length + good.connections.length === 2, "both are connected");
      let failed = 0;
      for (let i = 0; i < 30; i++) if ((await unary(made, "x")).status.code !== 0) failed++;
      expect({ failed, asked }).toEqual({ failed: 3, asked: 3 });
    }
  });

  it("are none where there is one address only", async () => {
    const { counts, failing, made } = await moody(1);
    failing.fill(true);
    for (let i = 0; i < 10; i++) await unary(made, "x");
    expect(counts).toEqual([10]);
  });
});

describe("names", () => {
  it("are resolved again: calls move to new addresses, and finish on the old ones", async () => {
    const answers: (() => void)[] = [];
    const old = await service({
      unary(call, callback) {
        answers.push(() => callback(null, Buffer.from("old")));
        if (call.request.toString() !== "slow") answers.pop()?.();
      },
    });
    const { port } = old;
    const fresh = await service(
      { unary: (_call, callback) => callback(null, Buffer.from("new")) },
      `127.0.0.2:${port}`,
    );
    expect(fresh.port).toBe(port);
    let addresses = ["127.0.0.1"];
    const made = upstream(`dns:///svc.test:${port}`, { dnsRefresh: 20 }, { lookup: async () => addresses });
    expect((await unary(made, "x")).message?.toString()).toBe("old");
    const slow = unary(made, "slow");
    await eventually(() => answers.length === 1, "the slow call arrives");
    addresses = ["127.0.0.2"];
    let last = "";
    const limit = Date.now() + 5000;
    while (last !== "new" && Date.now() < limit) {
      const end = await unary(made, "x");
      expect(end.status.code).toBe(0);
      last = end.message?.toString() ?? "";
    }
    expect(last).toBe("new");
    answers[0]?.();
    expect((await slow).message?.toString()).toBe("old");
  });

  it("are resolved again when their address fails, without waiting for the refresh", async () => {
    const running = await service();
    let lookups = 0;
    const made = upstream(
      `dns:///svc.test:${running.port}`,
      { dnsRefresh: 1_000_000 },
      { lookup: async () => (lookups++ === 0 ? ["127.0.0.9"] : ["127.0.0.1"]) },
    );
    expect((await unary(made, "x")).status.code).toBe(14);
    await eventually(() => made.state() === "ready", "the new address is found", 4000);
    expect((await unary(made, "x")).status.code).toBe(0);
  });

  it("that fail to resolve keep the addresses that were known", async () => {
    const running = await service();
    let lookups = 0;
    const lookup = async (): Promise<string[]> => {
      if (lookups++ > 0) throw new Error("SERVFAIL");
      return ["127.0.0.1"];
    };
    const made = upstream(`dns:///svc.test:${running.port}`, { dnsRefresh: 5 }, { lookup });
    expect((await unary(made, "x")).status.code).toBe(0);
    await eventually(() => lookups > 2, "the name is resolved again");
    expect((await unary(made, "x")).status.code).toBe(0);
  });
});

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

  it("that are half open are found out by a call that gets no answer, and replaced", async () => {
    const running = await service();
    const proxy = await startProxy(running.port);
    proxies.push(proxy);
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

  it("that never send SETTINGS fail after the time for connecting", async () => {
    const server = await raw({ silent: true });
    const made = upstream(server.target, { connectTimeout: 100 });
    const end = await unary(made, "x");
    expect({ code: end.status.code, origin: end.origin }).toEqual({ code: 14, origin: "connection" });
    expect(end.status.message).toMatch(/no HTTP\/2 connection within 100 ms/);
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
