import { afterEach, describe, expect, it } from "vitest";
import type { Metadata } from "../../src/core/index.js";
import { type Call, type Health, type Upstream, type UpstreamOptions, watchHealth } from "../../src/upstream/index.js";
import { eventually, record, transports, unary, upstreamTo } from "../upstream/support/client.js";
import { type ForeignServer, type ServerSettings, servers, startServer } from "./support/start-server.js";

const pairs = servers.flatMap((server) => transports.map((transport) => ({ server, transport })));
const certificates = "test/upstream/certs";

describe.each(pairs)("a $server server over $transport", ({ server, transport }) => {
  const upstreams: Upstream[] = [];
  const running: ForeignServer[] = [];

  afterEach(async () => {
    await Promise.all(upstreams.splice(0).map((upstream) => upstream.close(0)));
    await Promise.all(running.splice(0).map((one) => one.kill()));
  });

  async function start(settings: ServerSettings = {}): Promise<ForeignServer> {
    const one = await startServer(server, settings);
    running.push(one);
    return one;
  }

  async function connect(target: string, more: Partial<UpstreamOptions> = {}): Promise<Upstream> {
    const upstream = await upstreamTo(target, transport, more);
    upstreams.push(upstream);
    return upstream;
  }

  /** The values under one name. */
  const valuesOf = (metadata: Metadata, name: string): string[] =>
    metadata.flatMap((value, index) => (index % 2 === 1 && metadata[index - 1] === name ? [value] : []));

  it("carries messages of all sizes unchanged", async () => {
    const upstream = await connect((await start()).target);
    const sizes = [0, 1, 16_383, 16_384, 16_385, 100_000, 3_000_000];
    for (const size of sizes) {
      const request = Buffer.alloc(size, "abcdefghijklmnopqrstuvwxyz");
      const { status, message, origin } = await unary(upstream, request);
      expect({ status, origin }).toEqual({ status: { code: 0, message: "", details: null }, origin: "upstream" });
      expect(Buffer.compare(Buffer.from(message ?? []), request)).toBe(0);
    }
  });

  it("carries metadata both ways, bytes too", async () => {
    const upstream = await connect((await start()).target);
    const bytes = Buffer.from([0, 1, 2, 253, 254, 255]).toString("base64");
    const end = await unary(upstream, "x", {
      metadata: ["x-echo-header", "in the header", "x-echo-header-bin", bytes, "x-echo-trailer", "in the trailer"],
    });
    expect(end.status.code).toBe(0);
    expect(valuesOf(end.header, "x-echo-header")).toEqual(["in the header"]);
    const [echoed = ""] = valuesOf(end.header, "x-echo-header-bin");
    expect(Buffer.from(echoed, "base64")).toEqual(Buffer.from(bytes, "base64"));
    expect(valuesOf(end.trailer, "x-echo-trailer")).toEqual(["in the trailer"]);
  });

  it.each([1, 3, 5, 7, 13, 14, 16])("carries status %d with a message that is no ASCII", async (code) => {
    const upstream = await connect((await start()).target);
    const message = "100 % grün\nund 猫";
    const { status, origin } = await unary(upstream, "x", {
      metadata: ["x-code", String(code), "x-message-bin", Buffer.from(message).toString("base64")],
    });
    expect({ status: { ...status, details: null }, origin }).toEqual({
      status: { code, message, details: null },
      origin: "upstream",
    });
  });

  it("carries gzip both ways", async () => {
    const upstream = await connect((await start()).target, { compression: "gzip" });
    const text = "portico ".repeat(50_000);
    const { status, message } = await unary(upstream, text, { metadata: ["x-compress", "yes"] });
    expect({ code: status.code, text: Buffer.from(message ?? []).toString() === text }).toEqual({
      code: 0,
      text: true,
    });
  });

  it("carries a stream both ways, in order, beyond every window", async () => {
    const upstream = await connect((await start()).target);
    const stream = record(upstream, { deadline: Date.now() + 20_000 });
    const messages = Array.from({ length: 300 }, (_, index) => `${index} `.padEnd(10_000, "x"));
    for (const message of messages) {
      if (!stream.stream.write(Buffer.from(message))) {
        const { drains } = stream;
        await stream.until((r) => r.drains > drains || r.end !== null);
      }
    }
    stream.stream.closeSend();
    await stream.until((r) => r.end !== null);
    // grpc-js sends "OK" as the message of status 0.
    expect(stream.end?.status.code).toBe(0);
    expect(stream.messages.map((message) => message.slice(0, 10))).toEqual(
      messages.map((message) => message.slice(0, 10)),
    );
    expect(stream.bytes).toBe(3_000_000);
  });

  it("ends calls by their deadline and by their caller", async () => {
    const upstream = await connect((await start()).target);
    const late = await unary(upstream, "x", { metadata: ["x-hang", "yes"], deadline: Date.now() + 200 });
    expect({ code: late.status.code, message: late.message }).toEqual({ code: 4, message: null });
    const cancelled = await unary(upstream, "x", { metadata: ["x-hang", "yes"] }, (call) => call.cancel());
    expect({ code: cancelled.status.code, origin: cancelled.origin }).toEqual({ code: 1, origin: "cancelled" });
    expect((await unary(upstream, "x")).status.code).toBe(0);
  });

  it("is watched by its health service", async () => {
    const told: Health[] = [];
    const watch = watchHealth(await connect((await start()).target), "", (health) => told.push(health));
    await eventually(() => told.length === 1, "it is told");
    watch.stop();
    expect(told).toEqual(["serving"]);
  });

  it("speaks TLS", async () => {
    const { target } = await start({ tls: [`${certificates}/server-cert.pem`, `${certificates}/server-key.pem`] });
    const tls = { ca: `${certificates}/ca-cert.pem`, cert: null, key: null, serverName: "upstream.test" };
    const { status, message } = await unary(await connect(target, { tls }), "secret");
    expect({ code: status.code, text: message?.toString() }).toEqual({ code: 0, text: "secret" });
  });

  it("loses no call when it ends connections by their age, again and again", async () => {
    const upstream = await connect((await start({ maxConnectionAgeMs: 100 })).target);
    const until = Date.now() + 2000;
    const failed: unknown[] = [];
    let calls = 0;
    const caller = async (): Promise<void> => {
      while (Date.now() < until) {
        calls++;
        const { status } = await unary(upstream, "x");
        if (status.code !== 0) failed.push(status);
      }
    };
    await Promise.all(Array.from({ length: 8 }, caller));
    expect(failed).toEqual([]);
    expect(calls).toBeGreaterThan(100);
  });

  // @grpc/grpc-js has one connection an address, and what the server makes of its resets is not in this side's hands.
  if (transport === "http2") {
    it("keeps the calls of some while others cancel thousands", async () => {
      const upstream = await connect((await start()).target);
      const long = record(upstream, { deadline: Date.now() + 30_000 });
      long.stream.write(Buffer.from("begins"));
      await long.until(({ messages }) => messages.length === 1);
      const codes: number[] = [];
      for (let round = 0; round < 150; round++) {
        const some = Array.from({ length: 4 }, () => unary(upstream, "x"));
        const calls: Call[] = [];
        const ends = Array.from({ length: 20 }, () =>
          unary(upstream, "x", { metadata: ["x-hang", "yes"] }, (call) => calls.push(call)),
        );
        // Two turns later they are on their way.
        await new Promise((resolve) => setImmediate(resolve));
        await new Promise((resolve) => setImmediate(resolve));
        for (const call of calls) call.cancel();
        await Promise.all(ends);
        for (const { status } of await Promise.all(some)) codes.push(status.code);
      }
      long.stream.closeSend();
      await long.until(({ end }) => end !== null);
      expect({ failed: codes.filter((code) => code !== 0), long: long.end?.status.code }).toEqual({
        failed: [],
        long: 0,
      });
    });
  }

  it("is found again about a second after its return", async () => {
    const first = await start();
    const upstream = await connect(first.target);
    expect((await unary(upstream, "x")).status.code).toBe(0);
    await first.kill();
    await eventually(() => upstream.state() === "failing", "its loss is noticed");
    const { status, origin } = await unary(upstream, "x");
    expect({ code: status.code, origin }).toEqual({ code: 14, origin: "connection" });
    await start({ port: first.port });
    const back = performance.now();
    await eventually(() => upstream.state() === "ready", "it is found");
    // The pause between attempts is a second at most, and a fifth of it by chance.
    expect(performance.now() - back).toBeLessThan(1500);
    expect((await unary(upstream, "x")).status.code).toBe(0);
  });
});
