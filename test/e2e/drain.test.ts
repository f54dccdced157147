import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { beforeEach, describe, expect, it } from "vitest";
import { type FakeUpstream, startFakeUpstream } from "../support/fake-upstream.js";
import { type RunningGateway, startGateway } from "../support/gateway.js";
import { headerValue, parseReply } from "../support/raw-http.js";
import { e2eOracle, stageConfig, transports } from "./support/use-stage.js";

describe.each(transports)("over %s, a gateway that closes", (transport) => {
  let upstream: FakeUpstream;
  let gateway: RunningGateway;
  const sockets: Socket[] = [];
  beforeEach(async () => {
    upstream = await startFakeUpstream(e2eOracle());
    gateway = await startGateway(stageConfig(upstream.address, transport));
    return async () => {
      for (const socket of sockets.splice(0)) socket.destroy();
      await upstream.close();
    };
  });

  /** A connection of its own, and what comes on it until it ends. */
  function open(text: string): { socket: Socket; all: Promise<Buffer> } {
    const socket = connect(gateway);
    sockets.push(socket);
    const chunks: Buffer[] = [];
    const all = new Promise<Buffer>((resolve) => {
      socket.on("data", (chunk) => chunks.push(chunk));
      // A connection that is cut off may be reset.
      socket.on("error", () => undefined);
      socket.on("close", () => resolve(Buffer.concat(chunks)));
    });
    socket.write(text);
    return { socket, all };
  }
  const get = "GET /c/a HTTP/1.1\r\nHost: a\r\n\r\n";

  it("answers all that is in flight, tells keep-alive clients to go, and takes no more connections", async () => {
    upstream.answer(() => ({ messages: [{ text: "done" }], delayMs: 400 }));
    const clients = Array.from({ length: 50 }, () => open(get));
    await expect.poll(() => upstream.calls.filter((call) => call.state === "complete").length).toBe(50);
    const closed = gateway.close(10_000);
    await expect.poll(() => connectCode(gateway), { interval: 5 }).toBe("ECONNREFUSED");
    for (const { all } of clients) {
      const reply = parseReply(await all, "GET");
      expect([reply.status, reply.body.toString(), headerValue(reply.headers, "connection")]).toEqual([
        200,
        '{"text":"done"}',
        "close",
      ]);
    }
    await closed;
    expect(gateway.failures).toEqual([]);
    await expect.poll(() => upstream.connections()).toBe(0);
  });

  it("takes the rest of a body that is on its way", async () => {
    upstream.answer({ messages: [{ text: "done" }] });
    const { socket, all } = open('POST /c HTTP/1.1\r\nHost: a\r\nContent-Length: 12\r\n\r\n{"text"');
    // A request on another connection tells that the first one has been read.
    const probe = open(get);
    await expect.poll(() => upstream.calls.length).toBe(1);
    const closed = gateway.close(10_000);
    socket.write(':"a"}');
    expect(parseReply(await all, "POST").status).toBe(200);
    await Promise.all([closed, probe.all]);
  });

  it("does not wait for connections that ask for nothing", async () => {
    upstream.answer({ messages: [{ text: "done" }] });
    const silent = open("");
    const idle = open(get);
    await once(idle.socket, "data");
    const started = performance.now();
    await gateway.close(10_000);
    expect(performance.now() - started).toBeLessThan(2_000);
    expect((await silent.all).length).toBe(0);
    expect(parseReply(await idle.all, "GET").status).toBe(200);
  });

  it("cuts off what goes on beyond its grace", async () => {
    upstream.answer({ messages: [{}], delayMs: 60_000 });
    const { all } = open(get);
    await expect.poll(() => upstream.calls.map((call) => call.state)).toEqual(["complete"]);
    await gateway.close(100);
    expect((await all).length).toBe(0);
    await expect.poll(() => upstream.calls.map((call) => call.state)).toEqual(["cancelled"]);
  });
});

/** Why a connection cannot be had; "connected" if it can. */
function connectCode(address: { readonly host: string; readonly port: number }): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect(address);
    socket.on("error", (error: NodeJS.ErrnoException) => resolve(error.code));
    socket.on("connect", () => {
      socket.destroy();
      resolve("connected");
    });
  });
}
