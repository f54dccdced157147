import dns from "node:dns";
import { readFileSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { createServer, type Socket } from "node:net";
import { join } from "node:path";
import { createServer as createTlsServer, Server as TlsServer } from "node:tls";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { UnaryEnd, Upstream, UpstreamOptions } from "../../src/upstream/index.js";
import { eventually, record, transports, unary, upstreamTo } from "./support/client.js";
import { startProxy } from "./support/proxy.js";
import { endsRequest, type RawServer, reply, settings, startRawServer } from "./support/raw-server.js";
import { type EchoService, type RunningService, startService } from "./support/service.js";

const certs = join(import.meta.dirname, "certs");
const pem = (name: string): Buffer => readFileSync(join(certs, `${name}.pem`));
const tls = { ca: join(certs, "ca-cert.pem"), cert: null, key: null, serverName: "localhost" };

const brief = ({ status, origin }: UnaryEnd): [number, string] => [status.code, origin];

describe.each(transports)("limits of an upstream on %s", (transport) => {
  const toClose: (() => unknown)[] = [];

  afterEach(async () => {
    for (const close of toClose.splice(0).reverse()) await close();
    vi.restoreAllMocks();
    syncBuiltinESMExports();
  });

  async function upstream(target: string, more: Partial<UpstreamOptions>): Promise<Upstream> {
    const made = await upstreamTo(target, transport, more);
    toClose.push(() => made.close(0));
    return made;
  }

  async function service(answers: EchoService = {}, bind = "127.0.0.1:0"): Promise<RunningService> {
    const running = await startService(answers, bind);
    toClose.push(() => running.kill());
    return running;
  }

  async function silentServer(): Promise<RawServer> {
    const server = await startRawServer({ silent: true });
    toClose.push(() => server.close());
    return server;
  }

  it.each([
    ["in cleartext", null, createServer()],
    ["where TLS is expected", tls, createServer()],
    ["after TLS", tls, createTlsServer({ key: pem("server-key"), cert: pem("server-cert"), ALPNProtocols: ["h2"] })],
  ])(
    "give up a connection %s whose upstream says nothing in time, and with it the calls that wait",
    async (_, with_, server) => {
      const closed: boolean[] = [];
      server.on(server instanceof TlsServer ? "secureConnection" : "connection", (socket: Socket) => {
        socket.on("error", () => undefined);
        socket.on("close", () => closed.push(true));
        socket.resume();
      });
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      toClose.push(() => server.close());
      const address = server.address();
      if (address === null || typeof address === "string") throw new Error("no port");
      const made = await upstream(`127.0.0.1:${address.port}`, { connectTimeout: 150, tls: with_ });
      const end = await unary(made, "x");
      expect(brief(end)).toEqual([14, "connection"]);
      expect(end.status.message).toMatch(/no HTTP\/2 connection within 150 ms/);
      await eventually(() => made.state() === "failing", "it is told to be failing");
      await eventually(() => closed.length > 0, "its socket is closed");
    },
  );

  it("leave a connection that was made in time alone", async () => {
    const answers: (() => void)[] = [];
    const { target } = await service({
      unary: (call, callback) => answers.push(() => callback(null, call.request)),
    });
    const made = await upstream(target, { connectTimeout: 200 });
    const slow = unary(made, "slow");
    const from = performance.now();
    await eventually(() => answers.length === 1 && performance.now() - from > 300, "the time for connecting is over");
    answers[0]?.();
    expect(brief(await slow)).toEqual([0, "upstream"]);
  });

  it("let so many calls wait for a connection; those beyond end at once, and the others go on", async () => {
    const server = await silentServer();
    const made = await upstream(server.target, { maxPendingCalls: 3, connectTimeout: 10_000 });
    const waiting = [unary(made, "x"), unary(made, "x")];
    const third = record(made);
    const beyond = await unary(made, "x");
    expect(brief(beyond)).toEqual([14, "overload"]);
    const stream = record(made);
    await stream.until((r) => r.end !== null);
    expect(stream.end?.origin).toBe("overload");
    third.stream.cancel();
    await third.until((r) => r.end !== null);
    waiting.push(unary(made, "in the place of the third"));
    expect(brief(await unary(made, "x"))).toEqual([14, "overload"]);

    await eventually(() => server.connections.length === 1, "there is a socket");
    const [connection] = server.connections;
    connection?.send(settings());
    const requests = () => connection?.frames.filter(endsRequest) ?? [];
    await eventually(() => requests().length === 3, "those that waited are sent");
    for (const { id } of requests()) connection?.send(reply(id));
    expect((await Promise.all(waiting)).map(brief)).toEqual([
      [0, "upstream"],
      [0, "upstream"],
      [0, "upstream"],
    ]);
  });

  it("count no calls among the waiting that a living upstream has not answered yet", async () => {
    let held = 0;
    const { target } = await service({
      unary(call, callback) {
        if (call.request.toString() === "hold") held++;
        else callback(null, call.request);
      },
    });
    const made = await upstream(target, { maxPendingCalls: 3 });
    for (let i = 1; i <= 10; i++) {
      void unary(made, "hold");
      expect(brief(await unary(made, "answer"))).toEqual([0, "upstream"]);
    }
    expect(held).toBe(10);
  });

  it("hold for the age of a name's addresses: those of a living upstream are exchanged, and its calls end well", async () => {
    const answers: (() => void)[] = [];
    const old = await service({
      unary(call, callback) {
        answers.push(() => callback(null, Buffer.from("old")));
        if (call.request.toString() !== "slow") answers.pop()?.();
      },
    });
    await service({ unary: (_call, callback) => callback(null, Buffer.from("new")) }, `127.0.0.2:${old.port}`);
    let address = "127.0.0.1";
    let lookups = 0;
    // Both transports ask Node's resolver: what it answers is exchanged, and nothing of theirs.
    vi.spyOn(dns.promises, "lookup").mockImplementation((async () => {
      lookups++;
      return [{ address, family: 4 }];
    }) as never);
    syncBuiltinESMExports();
    const made = await upstream(`dns:///service.test:${old.port}`, { dnsRefresh: 20 });
    expect((await unary(made, "x")).message?.toString()).toBe("old");
    const slow = unary(made, "slow");
    await eventually(() => answers.length === 1, "the slow call arrives");
    const before = lookups;
    await eventually(() => lookups > before + 3, "the name is looked up again and again");
    address = "127.0.0.2";
    let last = "";
    const limit = Date.now() + 5000;
    while (last !== "new" && Date.now() < limit) {
      const end = await unary(made, "x");
      expect(brief(end)).toEqual([0, "upstream"]);
      last = end.message?.toString() ?? "";
    }
    expect(last).toBe("new");
    answers[0]?.();
    expect((await slow).message?.toString()).toBe("old");
  });
});

describe("a grpc-js upstream that stands still", () => {
  it("gathers as many calls as may wait, and goes on with them when it moves again", async () => {
    const running = await startService();
    const proxy = await startProxy(running.port);
    const made = await upstreamTo(proxy.target, "grpc-js", { maxPendingCalls: 5 });
    for (let i = 0; i < 10; i++) expect(brief(await unary(made, "x"))).toEqual([0, "upstream"]);
    proxy.stall();
    // What was on its way yet may still come: as soon as nothing does, the calls gather.
    const calls: Promise<UnaryEnd>[] = [];
    const ends: [number, string][] = [];
    await eventually(() => {
      const call = unary(made, "x");
      calls.push(call);
      void call.then((end) => ends.push(brief(end)));
      return ends.length > 0;
    }, "one is refused");
    expect(ends[0]).toEqual([14, "overload"]);
    proxy.flow();
    const all = (await Promise.all(calls)).map(brief);
    expect(all.slice(0, 5)).toEqual(Array.from({ length: 5 }, () => [0, "upstream"]));
    expect(all.filter(([code]) => code === 0).length).toBeLessThanOrEqual(10);
    expect(brief(await unary(made, "x"))).toEqual([0, "upstream"]);
    await made.close(0);
    await proxy.close();
    running.kill();
  });
});
