import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { openSocket } from "./support/live-socket.js";
import { transports, useStreams } from "./support/use-streams.js";

const WATCH = "/v1/tides/north:watch";
const TALK = "/v1/tides:talk";
const REPORT = "/v1/tides:report";
const PROTOCOL = "portico.v1+json";

describe.each(transports)("A WebSocket over the transport %s", (transport) => {
  const stage = useStreams(transport, { server: { limits: { body: 1000 } } });
  const open = (
    path: string,
    ...rest: Parameters<typeof openSocket> extends [unknown, unknown, ...infer R] ? R : never
  ) => openSocket(stage.gateway, path, ...rest);

  it("carries a stream both ways, a message a text frame, until both sides have ended", async () => {
    const socket = await open(TALK, [PROTOCOL]);
    expect(socket.raw.protocol).toBe(PROTOCOL);
    const call = await stage.upstream.call();
    for (const seq of ["1", "2"]) {
      socket.raw.send(JSON.stringify({ seq }));
      expect(await call.next()).toEqual({ seq });
      call.send({ seq, level: "heard" });
      expect(JSON.parse(String(await socket.next()))).toEqual({ seq, level: "heard" });
    }
    socket.raw.send("");
    expect(await call.next()).toBeNull();
    call.send({ seq: 3 });
    expect(await socket.next()).toBe('{"seq":"3"}');
    call.end();
    expect(await socket.closed).toEqual({ code: 1000, reason: "" });
  });

  it("carries a server stream whose request is path and query, and needs no sub-protocol", async () => {
    const socket = await open(`${WATCH}?count=2`);
    const call = await stage.upstream.call();
    expect(await call.next()).toEqual({ station: "north", count: 2 });
    expect(await call.next()).toBeNull();
    call.send({ seq: 1 });
    call.end();
    expect(await socket.next()).toBe('{"seq":"1"}');
    expect((await socket.closed).code).toBe(1000);
  });

  it("carries a client stream and its one answer", async () => {
    const socket = await open(REPORT);
    const call = await stage.upstream.call();
    socket.raw.send('{"seq":1}');
    socket.raw.send("");
    expect(await call.next()).toEqual({ seq: "1" });
    expect(await call.next()).toBeNull();
    call.send({ count: 1 });
    call.end();
    expect(await socket.next()).toBe('{"count":1}');
    expect((await socket.closed).code).toBe(1000);
  });

  it("carries bytes as binary frames where messages are HttpBody", async () => {
    const down = await open("/v1/chunks/a.txt");
    const sender = await stage.upstream.call();
    sender.send({ contentType: "a/b", data: Buffer.from([0, 255]).toString("base64") });
    sender.end();
    expect(await down.next()).toEqual(Buffer.from([0, 255]));

    const up = await open("/v1/chunks/a.txt:store");
    const receiver = await stage.upstream.call();
    up.raw.send(Buffer.from([1, 2]));
    up.raw.send("");
    expect(await receiver.next()).toEqual({ name: "a.txt", file: { data: "AQI=" } });
    expect(await receiver.next()).toBeNull();
    receiver.send({});
    receiver.end();
    expect((await up.closed).code).toBe(1000);
  });

  it("tells an error by a last frame with Status, and by 4000 and its code", async () => {
    const socket = await open(WATCH);
    const call = await stage.upstream.call();
    call.send({ seq: 1 });
    expect(await socket.next()).toBe('{"seq":"1"}');
    call.end({ code: 9, message: `tide ${"é".repeat(100)}` });
    expect(JSON.parse(String(await socket.next()))).toEqual({
      error: { code: 9, message: `tide ${"é".repeat(100)}` },
    });
    expect(await socket.closed).toEqual({ code: 4009, reason: `tide ${"é".repeat(59)}` });
  });

  const faults = [
    { what: "JSON that does not fit", send: '{"seq":"x"}', code: 4003, says: "in message 1: cannot read field" },
    {
      what: "a binary frame where JSON is meant",
      send: Buffer.from("{}"),
      code: 4003,
      says: "cannot read a binary frame",
    },
  ];
  for (const { what, send, code, says } of faults) {
    it(`ends with an error for ${what}, and the call is cancelled`, async () => {
      const socket = await open(TALK);
      const call = await stage.upstream.call();
      socket.raw.send(send);
      const { error } = JSON.parse(String(await socket.next()));
      expect(error.message).toContain(says);
      expect((await socket.closed).code).toBe(code);
      await call.cancelled;
    });
  }

  it("ends with an error for a message that the stream does not take", async () => {
    const socket = await open(WATCH);
    const call = await stage.upstream.call();
    socket.raw.send("{}");
    expect(JSON.parse(String(await socket.next())).error.message).toBe(
      "cannot take a message: the call takes no more of them",
    );
    expect((await socket.closed).code).toBe(4003);
    await call.cancelled;
  });

  it("ends with 1009 for a message over the limit", async () => {
    const socket = await open(TALK);
    const call = await stage.upstream.call();
    socket.raw.send(JSON.stringify({ level: "x".repeat(1000) }));
    expect((await socket.closed).code).toBe(1009);
    await call.cancelled;
  });

  it("cancels the call when the client closes, or its connection breaks", async () => {
    for (const leave of ["close", "terminate"] as const) {
      const socket = await open(TALK);
      const call = await stage.upstream.call();
      socket.raw[leave]();
      await call.cancelled;
    }
  });

  it("hands on what its handshake says, and the authorization that a sub-protocol carries", async () => {
    const token = Buffer.from("Bearer abc").toString("base64url");
    const socket = await open(WATCH, [PROTOCOL, `portico.authorization.${token}`], {
      headers: { "grpc-metadata-x-a": "1" },
    });
    expect(socket.raw.protocol).toBe(PROTOCOL);
    const call = await stage.upstream.call();
    expect(call.metadata.get("authorization")).toEqual(["Bearer abc"]);
    expect(call.metadata.get("x-a")).toEqual(["1"]);
    call.end();
    await socket.closed;
  });

  it("holds the upstream while the client does not read, and goes on when it does", async () => {
    const socket = await open("/v1/chunks/a");
    const call = await stage.upstream.call();
    socket.raw.pause();
    const chunk = Buffer.concat([Buffer.from([0x12, 0x80, 0x80, 0x04]), Buffer.alloc(65_536, "x")]);
    let sent = 0;
    const producer = (async () => {
      for (; sent < 400; sent++) if (!call.send(chunk)) await call.drained();
      call.end();
    })();
    await expect.poll(() => sent, { timeout: 5_000 }).toBeGreaterThan(0);
    await Promise.race([producer, new Promise((resolve) => setTimeout(resolve, 400))]);
    expect(sent).toBeLessThan(400);
    let received = 0;
    socket.raw.on("message", (data: Buffer) => {
      received += data.length;
    });
    socket.raw.resume();
    await producer;
    await socket.closed;
    expect(received).toBe(400 * 65_536);
  });
});

describe("A server stream whose rule has a body", () => {
  const folder = mkdtempSync(join(tmpdir(), "portico-streams-"));
  const rules = join(folder, "rules.yaml");
  const rule = { selector: "transcoding.gocases.v1.Tides.Watch", post: "/v1/watch/{station}", body: "*" };
  writeFileSync(rules, JSON.stringify({ type: "google.api.Service", config_version: 3, http: { rules: [rule] } }));
  afterAll(() => rmSync(folder, { recursive: true }));
  const stage = useStreams("http2", {
    schema: { protos: { roots: ["test/cases"], files: ["test/cases/gocases.proto"] }, rules: [rules] },
    requests: { contentTypes: "strict" },
  });

  it("waits for the first frame, which is the body, and takes no second", async () => {
    const socket = await openSocket(stage.gateway, "/v1/watch/north");
    socket.raw.send('{"count":3}');
    const call = await stage.upstream.call();
    expect(await call.next()).toEqual({ station: "north", count: 3 });
    expect(await call.next()).toBeNull();
    call.send({ seq: 1 });
    expect(await socket.next()).toBe('{"seq":"1"}');
    socket.raw.send('{"count":3}');
    expect(JSON.parse(String(await socket.next())).error.code).toBe(3);
    expect((await socket.closed).code).toBe(4003);
    await call.cancelled;
  });

  it("takes an empty first frame for no body", async () => {
    const socket = await openSocket(stage.gateway, "/v1/watch/north");
    socket.raw.send("");
    const call = await stage.upstream.call();
    expect(await call.next()).toEqual({ station: "north" });
    call.end();
    expect((await socket.closed).code).toBe(1000);
  });

  it("tells a first frame that does not fit, with nothing sent upstream", async () => {
    const socket = await openSocket(stage.gateway, "/v1/watch/north");
    socket.raw.send('{"count":"x"}');
    expect(JSON.parse(String(await socket.next())).error.message).toContain("WatchRequest.count");
    expect((await socket.closed).code).toBe(4003);
    expect(stage.upstream.waiting).toBe(0);
  });

  it("over HTTP takes it as the body of the request", async () => {
    const request = stage.open("/v1/watch/north", {
      method: "POST",
      upload: true,
      headers: { "content-type": "application/json", accept: "application/x-ndjson" },
    });
    request.end('{"count":3}');
    const call = await stage.upstream.call();
    expect(await call.next()).toEqual({ station: "north", count: 3 });
    call.send({ seq: 1 });
    call.end();
    expect((await request.body()).toString()).toBe('{"seq":"1"}\n');
  });
});

describe("A unary method over WebSocket, where it is served", () => {
  const stage = useStreams("http2", {
    streams: { websocket: { unary: true }, deadline: "1h" },
    upstreams: { live: { target: "", deadline: "20s" } },
  });

  it("waits for its body as the first frame, answers with one frame, and ends", async () => {
    const socket = await openSocket(stage.gateway, "/v1/echo", [PROTOCOL]);
    socket.raw.send('{"name":"docks/1/boats/2"}');
    const call = await stage.upstream.call();
    expect(call.remaining()).toBeGreaterThan(10_000);
    expect(call.remaining()).toBeLessThanOrEqual(20_000);
    expect(await call.next()).toEqual({ name: "docks/1/boats/2" });
    expect(await call.next()).toBeNull();
    call.send({ name: "docks/1/boats/3" });
    call.end();
    expect(await socket.next()).toBe('{"name":"docks/1/boats/3"}');
    expect((await socket.closed).code).toBe(1000);
  });

  it("needs no frame where path and query say it all, and takes none", async () => {
    const socket = await openSocket(stage.gateway, "/v1/lanes/north");
    const call = await stage.upstream.call();
    expect(call.method).toBe("transcoding.gocases.v1.Lanes/North");
    socket.raw.send("{}");
    expect(JSON.parse(String(await socket.next())).error.code).toBe(3);
    expect((await socket.closed).code).toBe(4003);
    await call.cancelled;
  });

  it("tells its error, and that of an upstream that answers twice, in a last frame", async () => {
    const refused = await openSocket(stage.gateway, "/v1/fail/x");
    (await stage.upstream.call()).end({ code: 5, message: "no such boat" });
    expect(JSON.parse(String(await refused.next()))).toEqual({ error: { code: 5, message: "no such boat" } });
    expect(await refused.closed).toEqual({ code: 4005, reason: "no such boat" });
    const twice = await openSocket(stage.gateway, "/v1/lanes/north");
    const call = await stage.upstream.call();
    call.send({});
    expect(await twice.next()).toBe("{}");
    call.send({});
    expect(JSON.parse(String(await twice.next())).error.details[0].reason).toBe("GW_UPSTREAM_INVALID");
    expect((await twice.closed).code).toBe(4013);
  });

  it("gives way to a stream", async () => {
    const socket = await openSocket(stage.gateway, WATCH);
    const call = await stage.upstream.call();
    expect(call.method).toBe("transcoding.gocases.v1.Tides/Watch");
    call.end();
    await socket.closed;
  });
});

describe("A quiet WebSocket", () => {
  const stage = useStreams("http2", { streams: { websocket: { ping: "50ms" } } });

  it("is pinged, and cut off once it does not answer", async () => {
    const polite = await openSocket(stage.gateway, TALK);
    const politeCall = await stage.upstream.call();
    const rude = await openSocket(stage.gateway, TALK, [], { autoPong: false });
    const rudeCall = await stage.upstream.call();
    expect((await rude.closed).code).toBe(1006);
    await rudeCall.cancelled;
    politeCall.send({ seq: 1 });
    expect(await polite.next()).toBe('{"seq":"1"}');
    polite.raw.close();
    await politeCall.cancelled;
  });
});
