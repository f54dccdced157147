import { type AddressInfo, connect } from "node:net";
import websocket from "@fastify/websocket";
import { fastify } from "fastify";
import { describe, expect, it } from "vitest";
import { type AccessEntry, createGateway, portico, resolveConfig } from "../../src/app/index.js";
import { startGateway } from "../support/gateway.js";
import { projectRoot } from "../support/project-root.js";
import { sendRaw } from "../support/raw-http.js";
import { openSocket } from "./support/live-socket.js";
import { startLiveUpstream } from "./support/live-upstream.js";
import { gocases, streamConfig, useStreams } from "./support/use-streams.js";

const WATCH = "/v1/tides/north:watch";
const KEY = "dGhlIHNhbXBsZSBub25jZQ==";

describe("A handshake", () => {
  const stage = useStreams("http2", { streams: { websocket: { origins: ["https://app.example.com"] } } });

  const refused = [
    { what: "an unknown path", path: "/nope", says: /^404 .*no rule has the path/ },
    { what: "a path without a stream", path: "/v1/echo", says: /^400 .*is a stream: call it over HTTP/ },
    {
      what: "other sub-protocols alone",
      path: WATCH,
      protocols: ["graphql-ws"],
      says: /^400 .*expected portico\.v1\+json/,
    },
    { what: "a page of another origin", path: WATCH, origin: "https://evil.example.com", says: /^403 .*evil/ },
    { what: "a malformed origin", path: WATCH, origin: "null", says: /^403 / },
  ];
  for (const { what, path, protocols = [], origin, says } of refused) {
    it(`is refused with its HTTP status for ${what}`, async () => {
      const options = origin === undefined ? {} : { origin };
      await expect(openSocket(stage.gateway, path, protocols, options)).rejects.toThrow(says);
      expect(stage.upstream.waiting).toBe(0);
    });
  }

  it.each([
    ["another version", { "Sec-WebSocket-Version": "8", "Sec-WebSocket-Key": KEY }, /expected version 13/],
    ["a key that is none", { "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "x" }, /expected a Sec-WebSocket-Key/],
    ["no key at all", { "Sec-WebSocket-Version": "13" }, /expected a Sec-WebSocket-Key/],
  ])("is refused in the usual format for %s", async (_what, headers, says) => {
    const reply = await sendRaw(stage.gateway, {
      method: "GET",
      path: WATCH,
      headers: { Connection: "Upgrade", Upgrade: "websocket", ...headers },
    });
    expect(reply.status).toBe(400);
    expect(JSON.parse(reply.body.toString())).toMatchObject({ code: 3, message: expect.stringMatching(says) });
  });

  it("is taken from pages of its own origin and of those that are configured", async () => {
    for (const origin of [`http://${stage.gateway.host}:${stage.gateway.port}`, "https://app.example.com"]) {
      const socket = await openSocket(stage.gateway, WATCH, [], { origin });
      (await stage.upstream.call()).end();
      await socket.closed;
    }
  });

  it("is the only upgrade: a request that offers h2c, with a body and another behind it, is served as it is", async () => {
    const socket = connect(stage.gateway);
    const upgrade =
      "Host: x\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n";
    socket.write(`POST /v1/tides:report HTTP/1.1\r\n${upgrade}Content-Length: 9\r\n\r\n{"seq":`);
    const next = "GET /nope HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    // Node 25 and later lose a request in one chunk with the end of such a one: there it comes after the reply.
    const atOnce = Number.parseInt(process.versions.node, 10) < 25;
    socket.write(atOnce ? `1}${next}` : "1}");
    const call = await stage.upstream.call();
    expect(await call.next()).toEqual({ seq: "1" });
    call.send({ count: 1 });
    call.end();
    let text = "";
    for await (const chunk of socket) {
      text += String(chunk);
      if (!atOnce && text.endsWith('{"count":1}')) socket.write(next);
    }
    expect(text.match(/HTTP\/1\.1 \d+/g)).toEqual(["HTTP/1.1 200", "HTTP/1.1 404"]);
    expect(text).toContain('{"count":1}');
  });
});

describe("A gateway with WebSockets", () => {
  it("tells them to go away when it ends, and logs each with its call", async () => {
    const upstream = await startLiveUpstream(gocases());
    const entries: AccessEntry[] = [];
    const gateway = await createGateway(
      resolveConfig({ ...streamConfig(upstream.address, "http2"), server: { port: 0 } }, projectRoot),
      { access: (entry) => entries.push(entry), failure: () => undefined },
    );
    const { hostname, port } = new URL(await gateway.listen());
    const address = { host: hostname, port: Number(port) };
    const socket = await openSocket(address, WATCH);
    const call = await upstream.call();
    call.send({ seq: 1 });
    await socket.next();
    const closing = gateway.close(1000);
    expect((await socket.closed).code).toBe(1001);
    await closing;
    await call.cancelled;
    expect(entries).toMatchObject([
      {
        method: "GET",
        path: WATCH,
        pattern: "/v1/tides/{station}:watch",
        rpc: "/transcoding.gocases.v1.Tides/Watch",
        status: 101,
        grpcCode: 1,
        bytes: 11,
        error: "GW_CLIENT_GONE",
      },
    ]);
    upstream.close();
  });

  it("does not wait long for one that does not answer its close", async () => {
    const upstream = await startLiveUpstream(gocases());
    const gateway = await startGateway(streamConfig(upstream.address, "http2"));
    const socket = await openSocket(gateway, WATCH);
    const call = await upstream.call();
    socket.raw.pause();
    const start = performance.now();
    await gateway.close();
    expect(performance.now() - start).toBeLessThan(5_000);
    await call.cancelled;
    socket.raw.terminate();
    upstream.close();
  });

  it("as a plugin serves them where the app has @fastify/websocket, and the app's own hooks hold for them", async () => {
    const upstream = await startLiveUpstream(gocases());
    const app = fastify();
    await app.register(websocket);
    app.addHook("onRequest", async (request, reply) => {
      if (request.headers.authorization === undefined) return reply.code(401).send({ own: true });
    });
    const { server: _, ...config } = streamConfig(upstream.address, "http2");
    await app.register(portico, {
      config: { ...config, schema: { protos: { roots: ["test/cases"], files: ["test/cases/gocases.proto"] } } },
      prefix: "/api",
    });
    await app.listen({ host: "127.0.0.1", port: 0 });
    const address = { host: "127.0.0.1", port: (app.server.address() as AddressInfo).port };
    await expect(openSocket(address, `/api${WATCH}`)).rejects.toThrow(/401 .*own/);
    const socket = await openSocket(address, `/api${WATCH}`, [], { headers: { authorization: "Bearer x" } });
    const call = await upstream.call();
    call.send({ seq: 1 });
    call.end();
    expect(await socket.next()).toBe('{"seq":"1"}');
    expect((await socket.closed).code).toBe(1000);
    await app.close();
    upstream.close();
  });
});
