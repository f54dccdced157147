import { connect } from "node:net";
import { describe, expect, it } from "vitest";
import { sendRaw } from "../support/raw-http.js";
import type { LiveCall } from "./support/live-upstream.js";
import { ends, transports, useStreams } from "./support/use-streams.js";

const REPORT = "/v1/tides:report";
const TALK = "/v1/tides:talk";
const STORE = "/v1/chunks/a.txt:store";

/** What a method that streams up is sent, until the client half-closes. */
async function rest(call: LiveCall): Promise<unknown[]> {
  const messages: unknown[] = [];
  for (let message = await call.next(); message !== null; message = await call.next()) messages.push(message);
  return messages;
}

/** A request of HTTP/1.0 with TE: trailers; the whole reply as text, to the end of the connection. */
async function sendHttp10(address: { host: string; port: number }, path: string, body: string): Promise<string> {
  const socket = connect(address);
  socket.write(`POST ${path} HTTP/1.0\r\nTE: trailers\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
  let reply = "";
  for await (const chunk of socket) reply += String(chunk);
  return reply;
}

describe.each(ends)("A client stream by $speaks over the transport $transport", ({ speaks, transport }) => {
  const stage = useStreams(transport, {}, speaks);
  const upload = (path: string, headers: Record<string, string> = {}) =>
    stage.open(path, { method: "POST", upload: true, headers });

  const bodies = [
    { form: "a JSON array", type: "application/json", parts: ['[{"seq":1}', ', {"seq":"2"}', "]"] },
    { form: "NDJSON", type: "application/x-ndjson", parts: ['{"seq":1}\n', '{"seq":', '"2"}\n'] },
    { form: "JSON Lines", type: "application/jsonl", parts: ['{"seq":1}\n', '{"seq":"2"}'] },
    { form: "values in a row without a content type", type: null, parts: ['{"seq":1}', '{"seq":2}'] },
    { form: "a JSON text sequence", type: "application/json-seq", parts: ['\x1e{"seq":1}\n', '\x1e{"seq":2}\n'] },
  ];
  for (const { form, type, parts } of bodies) {
    it(`takes ${form} and sends each message when its last byte is there`, async () => {
      const request = upload(REPORT, type === null ? {} : { "content-type": type });
      request.write(parts[0] ?? "");
      const call = await stage.upstream.call();
      expect(await call.next()).toEqual({ seq: "1" });
      for (const part of parts.slice(1)) request.write(part);
      expect(await call.next()).toEqual({ seq: "2" });
      request.end();
      expect(await call.next()).toBeNull();
      call.send({ count: 2, lastLevel: "x" });
      call.end();
      expect(await request.head()).toMatchObject({ status: 200, headers: { "content-type": "application/json" } });
      expect(JSON.parse((await request.body()).toString())).toEqual({ count: 2, lastLevel: "x" });
    });
  }

  it("without a body has no message and is answered all the same", async () => {
    const request = stage.open(REPORT, { method: "POST" });
    const call = await stage.upstream.call();
    expect(await rest(call)).toEqual([]);
    call.send({});
    call.end();
    expect(JSON.parse((await request.body()).toString())).toEqual({});
  });

  it("has path and query in its first message alone", async () => {
    const request = upload(`${STORE}?note=n`, { "content-type": "text/plain" });
    request.write("one");
    const call = await stage.upstream.call();
    expect(await call.next()).toEqual({
      name: "a.txt",
      note: "n",
      file: { contentType: "text/plain", data: Buffer.from("one").toString("base64") },
    });
    request.write("two");
    expect(await call.next()).toEqual({ file: { data: Buffer.from("two").toString("base64") } });
    request.end();
    expect(await call.next()).toBeNull();
    call.send({ size: 6 });
    call.end();
    expect(JSON.parse((await request.body()).toString())).toEqual({ size: 6 });
  });

  it("of bytes without a body is one message with path and content type", async () => {
    const request = stage.open(STORE, { method: "POST", headers: { "content-type": "text/plain" } });
    const call = await stage.upstream.call();
    expect(await rest(call)).toEqual([{ name: "a.txt", file: { contentType: "text/plain" } }]);
    call.send({});
    call.end();
    await request.body();
  });

  const refusals = [
    {
      what: "broken JSON in the second message",
      parts: ['[{"seq":1}', ",{]"],
      says: "in message 2: cannot read the body as JSON: expected a member name",
    },
    {
      what: "an unknown member",
      parts: ['[{"seq":1}', ',{"sequence":1}]'],
      says: "in message 2: cannot read message transcoding.gocases.v1.TideReading from JSON: it has no field",
    },
    { what: "text after the array", parts: ['[{"seq":1}]', " x"], says: "expected the end at offset 12" },
  ];
  for (const { what, parts, says } of refusals) {
    it(`is 400 for ${what}, and the upstream is told to forget it`, async () => {
      const request = upload(REPORT, { "content-type": "application/json" });
      request.write(parts[0] ?? "");
      const call = await stage.upstream.call();
      expect(await call.next()).toEqual({ seq: "1" });
      for (const part of parts.slice(1)) request.write(part);
      expect(await request.head()).toMatchObject({ status: 400 });
      await call.cancelled;
      request.end();
      expect(JSON.parse((await request.body()).toString())).toMatchObject({
        code: 3,
        message: expect.stringContaining(says),
      });
    });
  }

  it("is 400 for an array that ends too early", async () => {
    const request = upload(REPORT, { "content-type": "application/json" });
    request.write('[{"seq":1}');
    const call = await stage.upstream.call();
    request.end();
    expect(await request.head()).toMatchObject({ status: 400 });
    expect(JSON.parse((await request.body()).toString())).toMatchObject({
      code: 3,
      message: "cannot read the body as a stream: expected more: the body ends too early at offset 10",
    });
    await call.cancelled;
  });

  it("is 415 for a content type that holds no messages, with nothing sent upstream", async () => {
    const before = stage.upstream.waiting;
    const request = upload(REPORT, { "content-type": "text/csv" });
    expect(await request.head()).toMatchObject({ status: 415 });
    request.end();
    await request.body();
    expect(stage.upstream.waiting).toBe(before);
  });

  it("is 413 for a message over the limit, whatever went before", async () => {
    const request = upload(REPORT, { "content-type": "application/x-ndjson" });
    request.write('{"seq":1}\n');
    const call = await stage.upstream.call();
    await call.next();
    request.end(`{"level":"${"x".repeat(4 << 20)}"}\n`);
    expect(await request.head()).toMatchObject({ status: 413 });
    await call.cancelled;
    await request.body();
  });

  it("that the upstream ends early is answered before the body is whole", async () => {
    const request = upload(REPORT, { "content-type": "application/x-ndjson" });
    request.write('{"seq":1}\n');
    const call = await stage.upstream.call();
    await call.next();
    call.end({ code: 8, message: "full" });
    expect(await request.head()).toMatchObject({ status: 429 });
    expect(JSON.parse((await request.body()).toString())).toEqual({ code: 8, message: "full" });
    request.end();
  });

  it("that the upstream answers with two messages is no answer", async () => {
    const request = stage.open(REPORT, { method: "POST" });
    const call = await stage.upstream.call();
    call.send({ count: 1 });
    call.send({ count: 2 });
    call.end();
    expect(await request.head()).toMatchObject({ status: 502 });
    await request.body();
  });

  it("is cancelled at the upstream when the client goes away in the middle of its body", async () => {
    const request = upload(REPORT, { "content-type": "application/x-ndjson" });
    request.write('{"seq":1}\n{"seq"');
    const call = await stage.upstream.call();
    await call.next();
    request.abort();
    await call.cancelled;
  });

  it("answers Expect: 100-continue and then takes the body", async () => {
    const request = upload(REPORT, { "content-type": "application/x-ndjson", expect: "100-continue" });
    await new Promise((resolve) => request.raw.once("continue", resolve));
    request.end('{"seq":1}');
    const call = await stage.upstream.call();
    expect(await rest(call)).toEqual([{ seq: "1" }]);
    call.send({});
    call.end();
    expect(await request.head()).toMatchObject({ status: 200 });
    await request.body();
  });
});

describe.each(ends)("A stream both ways by $speaks over the transport $transport", ({ speaks, transport }) => {
  const stage = useStreams(transport, {}, speaks);

  it("takes and gives at the same time", async () => {
    const request = stage.open(TALK, {
      method: "POST",
      upload: true,
      headers: { "content-type": "application/x-ndjson", accept: "application/x-ndjson" },
    });
    const call = await stage.upstream.call();
    let expected = "";
    for (const seq of ["1", "2", "3"]) {
      request.write(`{"seq":${seq}}\n`);
      expect(await call.next()).toEqual({ seq });
      call.send({ seq, level: "heard" });
      expected += `{"seq":"${seq}","level":"heard"}\n`;
      expect(await request.until(expected.length)).toBe(expected);
    }
    request.end();
    expect(await call.next()).toBeNull();
    call.end();
    expect((await request.body()).toString()).toBe(expected);
  });

  it("begins before the client has sent anything", async () => {
    const request = stage.open(TALK, {
      method: "POST",
      upload: true,
      headers: { "content-type": "application/json" },
    });
    const call = await stage.upstream.call();
    call.send({ seq: 7 });
    expect(await request.until(12)).toBe('[{"seq":"7"}');
    request.end("[]");
    expect(await call.next()).toBeNull();
    call.end();
    expect((await request.body()).toString()).toBe('[{"seq":"7"}]');
  });

  it("tells a fault of the client's body in its own, once that has begun, and cancels the call", async () => {
    const request = stage.open(TALK, {
      method: "POST",
      upload: true,
      headers: { "content-type": "application/x-ndjson", accept: "application/x-ndjson", te: "trailers" },
    });
    const call = await stage.upstream.call();
    call.send({ seq: 1 });
    await request.until(12);
    request.write('{"seq":"x"}\n');
    const [first, last] = (await request.body()).toString().trimEnd().split("\n");
    expect(first).toBe('{"seq":"1"}');
    expect(JSON.parse(last ?? "")).toMatchObject({
      error: { code: 3, message: expect.stringContaining("transcoding.gocases.v1.TideReading.seq") },
    });
    expect(request.trailers()).toMatchObject({ "grpc-status": "3" });
    await call.cancelled;
    request.end();
  });
});

describe.each(transports)("A stream both ways over the transport %s", (transport) => {
  const stage = useStreams(transport);

  it("serves a client of HTTP/1.0, without chunks and trailers", async () => {
    const reply = sendHttp10(stage.gateway, TALK, '{"seq":1}');
    const call = await stage.upstream.call();
    expect(await rest(call)).toEqual([{ seq: "1" }]);
    call.send({ seq: 2 });
    call.end();
    expect((await reply).split("\r\n\r\n")[1]).toBe('[{"seq":"2"}]');
  });
});

describe("The time limit for requests", () => {
  const stage = useStreams("http2", { server: { limits: { requestTimeout: "150ms" } } });

  it("is for whole bodies: a slow one is 408", async () => {
    const reply = await sendRaw(stage.gateway, {
      method: "POST",
      path: "/v1/echo",
      headers: { "content-length": "10", "content-type": "application/json" },
      body: "{",
    });
    expect(reply.status).toBe(408);
  });

  it("is not for the body of a stream, which may go on", async () => {
    const slow = sendRaw(stage.gateway, { method: "POST", path: "/v1/echo", headers: { "content-length": "9" } });
    const request = stage.open(REPORT, {
      method: "POST",
      upload: true,
      headers: { "content-type": "application/x-ndjson" },
    });
    request.write('{"seq":1}\n');
    const call = await stage.upstream.call();
    await call.next();
    // The other request, begun first, is over its limit by now; this one is at least nearly so.
    expect((await slow).status).toBe(408);
    const slower = sendRaw(stage.gateway, { method: "POST", path: "/v1/echo", headers: { "content-length": "9" } });
    expect((await slower).status).toBe(408);
    request.end('{"seq":2}\n');
    expect(await rest(call)).toEqual([{ seq: "2" }]);
    call.send({ count: 2 });
    call.end();
    expect((await request.body()).toString()).toBe('{"count":2}');
  });
});
