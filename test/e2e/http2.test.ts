import { once } from "node:events";
import { constants } from "node:http2";
import { type AddressInfo, connect } from "node:net";
import { fastify } from "fastify";
import { describe, expect, it } from "vitest";
import { type AccessEntry, createGateway, portico, resolveConfig } from "../../src/app/index.js";
import { startFakeUpstream } from "../support/fake-upstream.js";
import { startGateway } from "../support/gateway.js";
import { headersOf, openSession, type Speaks, sendOn } from "../support/http2-client.js";
import { projectRoot } from "../support/project-root.js";
import { headerValue, type RawReply, type RawRequest, sendRaw } from "../support/raw-http.js";
import { get, openRawHttp2 } from "../support/raw-http2.js";
import { DATA, GOAWAY } from "../upstream/support/raw-server.js";
import { checkedAnswer, e2eOracle, stageConfig, statusBody, useStage } from "./support/use-stage.js";

const limits = { url: 1024, headers: 2048, body: 4096, requestTimeout: "400ms" } as const;

describe("On the port of HTTP/1.1", () => {
  const stage = useStage({ server: { limits }, headers: { toMetadata: ["*"], fromMetadata: ["x-cost"] } });
  const over = (speaks: Speaks, request: RawRequest): Promise<RawReply> =>
    sendRaw({ ...stage.gateway, speaks }, request);

  it.each<[what: string, request: Partial<RawRequest>, status: number]>([
    ["a URL", { path: `/q?string_value=${"x".repeat(1025)}` }, 414],
    ["headers", { path: "/q", headers: { "X-A": "x".repeat(2048) } }, 431],
    [
      "a body by its announced length",
      { method: "POST", path: "/b", headers: { "Content-Length": "5000" }, body: " ".repeat(5000) },
      413,
    ],
    ["a content type", { method: "POST", path: "/b", headers: { "Content-Type": "text/plain" }, body: "{}" }, 415],
    [
      "a body that is no JSON",
      { method: "POST", path: "/b", headers: { "Content-Type": "application/json" }, body: "{" },
      400,
    ],
    ["a path", { path: "/nowhere" }, 404],
    ["a method", { method: "POST", path: "/k/get" }, 405],
    ["a method that no one knows", { method: "FROB", path: "/k/get" }, 501],
    ["a malformed escape", { path: "/p/string/%zz" }, 400],
    ["an unknown parameter", { path: "/q?nope=1" }, 400],
    ["a deadline that is none", { path: "/q", headers: { "grpc-timeout": "x" } }, 400],
  ])("%s is refused over HTTP/2 as over HTTP/1.1", async (_what, partial, status) => {
    const request = { method: "GET", path: "/", ...partial };
    const plain = checkedAnswer(await over("http/1.1", request), [stage.upstream.address], "status");
    const answer = checkedAnswer(await over("h2c", request), [stage.upstream.address], "status");
    const tellings = ["content-type", "allow", "content-length"] as const;
    const told = (of: typeof answer) => [of.status, of.body, ...tellings.map((name) => of.header(name))];
    expect(told(answer)).toEqual(told(plain));
    expect(answer.status).toBe(status);
  });

  it("a body of unknown length is refused once it is too long", async () => {
    const request = { method: "POST", path: "/b", body: " ".repeat(5000) };
    const answer = checkedAnswer(await over("h2c", request), [stage.upstream.address], "status");
    expect([answer.status, answer.body]).toEqual([
      413,
      statusBody(8, "cannot take the body: it is larger than 4096 bytes", "GW_BODY_TOO_LARGE"),
    ]);
  });

  it("a body that does not arrive in time is 408, and the connection goes on", async () => {
    const session = openSession({ ...stage.gateway, speaks: "h2c" });
    const stream = session.request(headersOf({ method: "POST", path: "/b" }), { endStream: false });
    stream.write("{");
    const [head] = await once(stream, "response");
    let body = "";
    stream.on("data", (chunk) => {
      body += String(chunk);
    });
    await once(stream, "end");
    expect([head[":status"], head["connection"], JSON.parse(body)]).toEqual([
      408,
      undefined,
      statusBody(4, "the request did not arrive in time", "GW_REQUEST_TIMEOUT"),
    ]);
    stage.upstream.answer({ messages: [{}] });
    expect((await sendOn(session, { method: "GET", path: "/c/a" })).status).toBe(200);
    session.destroy();
  });

  it("headers of any size end the stream and not the connection", async () => {
    const session = openSession({ ...stage.gateway, speaks: "h2c" }, { maxSendHeaderBlockLength: 1 << 20 });
    await once(session, "remoteSettings");
    const huge = {
      method: "GET",
      path: "/q",
      headers: Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`x-${i}`, "y".repeat(4_000)])),
    };
    await expect(sendOn(session, huge)).rejects.toThrow(/NGHTTP2_/);
    expect((await sendOn(session, { method: "GET", path: "/nowhere" })).status).toBe(404);
    session.destroy();
  });

  it("the authority is the host that the upstream is told, and the request line is no metadata", async () => {
    stage.upstream.answer({ messages: [{}] });
    await over("h2c", { method: "GET", path: "/c/a", headers: { ":authority": "api.test", "x-a": "1" } });
    const [call] = stage.upstream.calls;
    expect(call?.metadata.get("x-forwarded-host")).toEqual(["api.test"]);
    expect(call?.metadata.get("x-a")).toEqual(["1"]);
    expect(Object.keys(call?.metadata.getMap() ?? {}).filter((name) => name.startsWith(":"))).toEqual([]);
  });

  it("trailing metadata are trailers for clients of HTTP/2 without asking", async () => {
    stage.upstream.answer({ messages: [{}], trailingMetadata: { "x-cost": ["3", "4"] } });
    const reply = await over("h2c", { method: "GET", path: "/c/a" });
    expect([headerValue(reply.headers, "trailer"), reply.trailers]).toEqual([
      "grpc-trailer-x-cost",
      [
        ["grpc-trailer-x-cost", "3"],
        ["grpc-trailer-x-cost", "4"],
      ],
    ]);
  });

  it("OPTIONS, HEAD, CONNECT and Expect are answered", async () => {
    stage.upstream.answer({ messages: [{}] });
    const session = openSession({ ...stage.gateway, speaks: "h2c" });
    const ask = async (method: string, path: string, headers = {}) => {
      const reply = await sendOn(session, { method, path, headers });
      return [reply.status, reply.body.length > 0, headerValue(reply.headers, "allow") !== null];
    };
    expect(await ask("OPTIONS", "/q")).toEqual([204, false, true]);
    expect(await ask("OPTIONS", "*")).toEqual([204, false, true]);
    expect(await ask("HEAD", "/c/a")).toEqual([200, false, false]);
    expect(await ask("GET", "/c/a", { expect: "tea" })).toEqual([200, true, false]);
    const tunnel = session.request({ ":method": "CONNECT", ":authority": "a.test:1" });
    const [head] = await once(tunnel, "response");
    expect(head[":status"]).toBe(501);
    session.destroy();
  });

  it("a connection may have so many requests open, and the rest wait for their turn", async () => {
    stage.upstream.answer(() => ({ messages: [{ text: "done" }], delayMs: 30 }));
    const session = openSession({ ...stage.gateway, speaks: "h2c" });
    await once(session, "remoteSettings");
    expect(session.remoteSettings.maxConcurrentStreams).toBe(128);
    const replies = Array.from({ length: 300 }, () => sendOn(session, { method: "GET", path: "/c/a" }));
    expect(new Set((await Promise.all(replies)).map(({ status }) => status))).toEqual(new Set([200]));
    session.destroy();
  });

  it("a client that ends its side of the connection has gone", async () => {
    const socket = connect({ ...stage.gateway, allowHalfOpen: true });
    socket.end(Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\u0004\0\0\0\0\0", "latin1"));
    socket.resume();
    await once(socket, "close");
  });

  it("bytes that are no HTTP/2 behind its preface end the connection alone", async () => {
    const socket = connect(stage.gateway);
    socket.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\nGET / HTTP/1.1\r\n\r\n");
    socket.resume();
    await once(socket, "close");
    expect((await over("http/1.1", { method: "GET", path: "/nowhere" })).status).toBe(404);
  });
});

describe("A client of HTTP/2", () => {
  const stage = useStage();

  it("that resets a request cancels its call, and the others of the connection go on", async () => {
    stage.upstream.answer(() => ({ messages: [{ text: "done" }], delayMs: 200 }));
    const session = openSession({ ...stage.gateway, speaks: "h2c" });
    const gone = session.request(headersOf({ method: "GET", path: "/c/gone" }));
    const other = sendOn(session, { method: "GET", path: "/c/other" });
    await expect.poll(() => stage.upstream.calls.filter(({ state }) => state === "complete").length).toBe(2);
    gone.close(constants.NGHTTP2_CANCEL);
    await expect.poll(() => stage.upstream.calls.map(({ state }) => state), { interval: 5 }).toContain("cancelled");
    expect((await other).status).toBe(200);
    session.destroy();
  });

  it("that opens and resets without end is cut off, and no other", async () => {
    const session = openSession({ ...stage.gateway, speaks: "h2c" });
    await once(session, "remoteSettings");
    const ended = new Promise<void>((resolve) => session.on("close", resolve));
    const isOpen = (): boolean => !session.closed && !session.destroyed;
    let opened = 0;
    while (isOpen() && opened < 20_000) {
      for (let i = 0; i < 50 && isOpen(); i++) {
        opened++;
        // Of a path without a rule: what the upstream thinks of so many calls is another matter.
        const stream = session.request(headersOf({ method: "GET", path: "/nowhere" }));
        stream.on("error", () => undefined);
        stream.close(constants.NGHTTP2_CANCEL);
      }
      await new Promise(setImmediate);
    }
    await ended;
    expect(opened).toBeLessThan(5_000);
    const other = await sendRaw({ ...stage.gateway, speaks: "h2c" }, { method: "GET", path: "/nowhere" });
    expect(other.status).toBe(404);
  });
});

/** Reads to the end. */
const NO_SUCH_TYPE = 255;

describe("A gateway that closes", () => {
  it("answers what has arrived, and tells by its GOAWAY that what comes behind it is untouched", async () => {
    const upstream = await startFakeUpstream(e2eOracle());
    const gateway = await startGateway(stageConfig(upstream.address, "http2"));
    upstream.answer(() => ({ messages: [{ text: "done" }], delayMs: 100 }));
    const client = await openRawHttp2(gateway);
    client.write(get(1, "/c/a"));
    await expect.poll(() => upstream.calls.length).toBe(1);
    const closed = gateway.close(10_000);
    const goaway = await client.next(GOAWAY);
    client.write(get(3, "/c/a"));
    const reply = await client.next(DATA);
    expect([goaway.payload.readUInt32BE(0), goaway.payload.readUInt32BE(4)]).toEqual([1, constants.NGHTTP2_NO_ERROR]);
    expect([reply.id, reply.payload.toString()]).toEqual([1, '{"text":"done"}']);
    await expect(client.next(NO_SUCH_TYPE)).rejects.toThrow("the connection has ended");
    await closed;
    expect(upstream.calls.length).toBe(1);
    await upstream.close();
  });

  it("lets fifty requests of a connection end", async () => {
    const upstream = await startFakeUpstream(e2eOracle());
    const gateway = await startGateway(stageConfig(upstream.address, "http2"), "h2c");
    upstream.answer(() => ({ messages: [{ text: "done" }], delayMs: 200 }));
    const session = openSession(gateway);
    const replies = Array.from({ length: 50 }, () => sendOn(session, { method: "GET", path: "/c/a" }));
    await expect.poll(() => upstream.calls.filter((call) => call.state === "complete").length).toBe(50);
    const closed = gateway.close(10_000);
    expect(new Set((await Promise.all(replies)).map(({ status }) => status))).toEqual(new Set([200]));
    await closed;
    expect(gateway.failures).toEqual([]);
    await upstream.close();
  });

  it("does not wait for a connection that asks for nothing, and cuts off what goes on beyond its grace", async () => {
    const upstream = await startFakeUpstream(e2eOracle());
    const gateway = await startGateway(stageConfig(upstream.address, "http2"), "h2c");
    const idle = openSession(gateway);
    await once(idle, "remoteSettings");
    upstream.answer(() => ({ messages: [{}], delayMs: 60_000 }));
    const busy = openSession(gateway);
    const lost = sendOn(busy, { method: "GET", path: "/c/a" });
    lost.catch(() => undefined);
    await expect.poll(() => upstream.calls.map(({ state }) => state)).toEqual(["complete"]);
    const start = performance.now();
    await gateway.close(100);
    expect(performance.now() - start).toBeLessThan(3_000);
    await expect(lost).rejects.toThrow(/./);
    await expect.poll(() => upstream.calls.map(({ state }) => state)).toEqual(["cancelled"]);
    await upstream.close();
  });
});

describe("HTTP/2", () => {
  it("is in the access log as HTTP/1.1 is, 499 for a reset", async () => {
    const upstream = await startFakeUpstream(e2eOracle());
    const entries: AccessEntry[] = [];
    const config = { ...stageConfig(upstream.address, "http2"), server: { port: 0 } };
    const gateway = await createGateway(resolveConfig(config, projectRoot), {
      access: (entry) => entries.push(entry),
      failure: () => undefined,
    });
    const { hostname: host, port } = new URL(await gateway.listen());
    const address = { host, port: Number(port), speaks: "h2c" as const };
    upstream.answer({ messages: [{ text: "a" }] });
    await sendRaw(address, { method: "GET", path: "/c/a?x" });
    await sendRaw(address, { method: "GET", path: "/c/a" });
    upstream.answer({ messages: [{}], delayMs: 60_000 });
    const session = openSession(address);
    const stream = session.request(headersOf({ method: "GET", path: "/c/gone" }));
    await expect.poll(() => upstream.calls.length).toBe(1);
    stream.close(constants.NGHTTP2_CANCEL);
    await expect.poll(() => entries.length).toBe(3);
    const shared = { method: "GET", rpc: "/portico.e2e.v1.Calls/Get", client: "127.0.0.1" };
    expect(entries.map(({ milliseconds: _, requestId: __, pattern: ___, ...entry }) => entry)).toEqual([
      { ...shared, path: "/c/a", status: 400, grpcCode: 3, bytes: expect.any(Number), error: "GW_QUERY_UNKNOWN" },
      { ...shared, path: "/c/a", status: 200, grpcCode: 0, bytes: 12, error: null },
      { ...shared, path: "/c/gone", status: 499, grpcCode: 1, bytes: 0, error: "GW_CLIENT_GONE" },
    ]);
    await gateway.close(0);
    await upstream.close();
  });

  it("is not spoken where it is turned off: its preface is no request", async () => {
    const upstream = await startFakeUpstream(e2eOracle());
    const gateway = await startGateway(
      stageConfig(upstream.address, "http2", { server: { http2: { enabled: false } } }),
    );
    const socket = connect(gateway);
    socket.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    let text = "";
    for await (const chunk of socket) text += String(chunk);
    expect(text).toMatch(/^HTTP\/1\.1 400 .*GW_REQUEST_MALFORMED/s);
    await gateway.close();
    await upstream.close();
  });

  it("of someone's own app serves the plugin", async () => {
    const upstream = await startFakeUpstream(e2eOracle());
    const app = fastify({ http2: true });
    await app.register(portico, { prefix: "/api", config: stageConfig(upstream.address, "http2") });
    await app.listen({ host: "127.0.0.1", port: 0 });
    const { port } = app.server.address() as AddressInfo;
    upstream.answer({ messages: [{ text: "a" }] });
    const session = openSession({ host: "127.0.0.1", port, speaks: "h2c" });
    const reply = await sendOn(session, { method: "POST", path: "/api/c", body: '{"text":"a"}' });
    expect([reply.status, reply.body.toString()]).toEqual([200, '{"text":"a"}']);
    session.destroy();
    await app.close();
    await upstream.close();
  });
});
