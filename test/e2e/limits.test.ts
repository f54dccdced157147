import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { describe, expect, it } from "vitest";
import { parseReply } from "../support/raw-http.js";
import type { Format } from "./support/no-leaks.js";
import { checkedAnswer, statusBody, useStage } from "./support/use-stage.js";

const limits = { url: 1024, headers: 2048, body: 4096, requestTimeout: "400ms" } as const;

describe.each<Format>(["status", "google", "problem"])("in format %s, a request beyond a limit", (format) => {
  const stage = useStage({ server: { limits }, errors: { format } });
  const shape = shapes[format];

  it.each<
    [what: string, request: Parameters<typeof stage.ask>[0], status: number, code: number, id: string, message: string]
  >([
    [
      "a URL",
      { path: `/q?string_value=${"x".repeat(1025)}` },
      414,
      3,
      "GW_URL_TOO_LONG",
      "cannot take a URL of more than 1024 bytes",
    ],
    [
      "a URL that node:http does not take",
      { path: `/q?${"x".repeat(90_000)}` },
      414,
      3,
      "GW_URL_TOO_LONG",
      "cannot take a URL of more than 1024 bytes",
    ],
    [
      "headers",
      { path: "/q", headers: { "X-A": "x".repeat(2048) } },
      431,
      3,
      "GW_HEADERS_TOO_LARGE",
      "cannot take headers of more than 2048 bytes",
    ],
    [
      "headers that node:http does not take",
      { path: "/q", headers: { "X-A": "x".repeat(4096) } },
      431,
      3,
      "GW_HEADERS_TOO_LARGE",
      "the request's headers are larger than the limit",
    ],
    [
      "a body by its announced length",
      { method: "POST", path: "/b", body: JSON.stringify({ stringValue: "x".repeat(4096) }) },
      413,
      8,
      "GW_BODY_TOO_LARGE",
      "cannot take the body: it is larger than 4096 bytes",
    ],
    [
      "a body in chunks",
      {
        method: "POST",
        path: "/b",
        headers: { "Transfer-Encoding": "chunked" },
        body: `${"1000\r\n"}${"x".repeat(4096)}\r\n1\r\nx\r\n0\r\n\r\n`,
      },
      413,
      8,
      "GW_BODY_TOO_LARGE",
      "cannot take the body: it is larger than 4096 bytes",
    ],
    [
      "a content type",
      { method: "POST", path: "/b", headers: { "Content-Type": "text/plain" }, body: "{}" },
      415,
      3,
      "GW_CONTENT_TYPE",
      'cannot read the body: expected content type application/json, got "text/plain"',
    ],
    ["a path", { path: "/nowhere" }, 404, 5, "GW_PATH_NOT_FOUND", 'no rule has the path "/nowhere"'],
    [
      "a method",
      { method: "POST", path: "/k/get", body: "" },
      405,
      12,
      "GW_METHOD_NOT_ALLOWED",
      'the path "/k/get" takes GET, HEAD, not "POST"',
    ],
    [
      "a method that no one knows",
      { method: "FROB", path: "/k/get" },
      501,
      12,
      "GW_METHOD_UNKNOWN",
      'cannot take the method "FROB": this server does not know it',
    ],
    [
      "a malformed escape",
      { path: "/p/string/%zz" },
      400,
      3,
      "GW_URL_MALFORMED",
      'cannot read the path: malformed percent escape in segment "%zz"',
    ],
    [
      "two hosts",
      { path: "/q", headers: { Host: ["a.test", "b.test"] } },
      400,
      3,
      "GW_REQUEST_MALFORMED",
      "expected one Host header, got 2",
    ],
    [
      "a malformed header",
      { path: "/q", headers: { "X\x01A": "1" } },
      400,
      3,
      "GW_REQUEST_MALFORMED",
      "the bytes on the connection are no HTTP/1.1 request",
    ],
    [
      "two lengths",
      { method: "POST", path: "/b", headers: { "Content-Length": ["2", "3"] }, body: "{}" },
      400,
      3,
      "GW_REQUEST_MALFORMED",
      "the bytes on the connection are no HTTP/1.1 request",
    ],
    [
      "a length and chunks",
      { method: "POST", path: "/b", headers: { "Content-Length": "2", "Transfer-Encoding": "chunked" }, body: "{}" },
      400,
      3,
      "GW_REQUEST_MALFORMED",
      "the bytes on the connection are no HTTP/1.1 request",
    ],
  ])("%s is refused in the one shape, and nothing is sent", async (_what, request, status, code, id, message) => {
    const answer = await stage.ask(request);
    expect({ status: answer.status, body: answer.body }).toEqual({ status, body: shape(status, code, message, id) });
    expect(await stage.sawAfterAll()).toEqual([]);
  });

  it("malformed chunks are refused while the body is read", async () => {
    const reply = await exchange(
      stage.gateway,
      "POST /b HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    );
    const answer = checkedAnswer(reply, [stage.upstream.address], format);
    expect({ status: answer.status, body: answer.body }).toEqual({
      status: 400,
      body: shape(400, 3, "the bytes on the connection are no HTTP/1.1 request", "GW_REQUEST_MALFORMED"),
    });
  });

  it.each([
    ["a request line without an end", "GET /q HTT"],
    ["headers without an end", "GET /q HTTP/1.1\r\nHost: a\r\nX-A: "],
    [
      "a body that is shorter than it says",
      'POST /b HTTP/1.1\r\nHost: a\r\nContent-Length: 99\r\n\r\n{"int32Value":1}',
    ],
    ["a body without its last chunk", "POST /b HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n"],
  ])("%s is refused when the client has ended", async (_what, text) => {
    stage.upstream.answer({});
    const answer = checkedAnswer(await exchange(stage.gateway, text), [stage.upstream.address], format);
    expect({ status: answer.status, body: answer.body }).toEqual({
      status: 400,
      body: shape(400, 3, "the connection ended before the request was complete", "GW_BODY_INCOMPLETE"),
    });
    expect(await stage.sawAfterAll()).toEqual([]);
  });

  it.each([
    ["TLS", Buffer.from("16030100f8010000f40303", "hex")],
    ["a greeting", Buffer.from("hello\r\n\r\n")],
    ["HTTP/9", Buffer.from("GET / HTTP/9.9\r\nHost: a\r\n\r\n")],
    ["no Host", Buffer.from("GET /q HTTP/1.1\r\nConnection: close\r\n\r\n")],
  ])("%s is refused", async (what, bytes) => {
    const answer = checkedAnswer(await exchange(stage.gateway, bytes), [stage.upstream.address], format);
    const message =
      what === "no Host" ? "expected one Host header, got 0" : "the bytes on the connection are no HTTP/1.1 request";
    expect({ status: answer.status, body: answer.body }).toEqual({
      status: 400,
      body: shape(400, 3, message, "GW_REQUEST_MALFORMED"),
    });
  });

  it.each([
    ["a head", "GET /q HTTP/1.1\r\nHost: a\r\n", false],
    ["a body", "POST /b HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n{", false],
  ])("%s that does not arrive in time is 408", async (_what, text) => {
    stage.upstream.answer({});
    const answer = checkedAnswer(await exchange(stage.gateway, text, "stay"), [stage.upstream.address], format);
    expect({ status: answer.status, body: answer.body, connection: answer.header("connection") }).toEqual({
      status: 408,
      body: shape(408, 4, "the request did not arrive in time", "GW_REQUEST_TIMEOUT"),
      connection: "close",
    });
    expect(await stage.sawAfterAll()).toEqual([]);
  });
});

describe("at the limit", () => {
  const stage = useStage({ server: { limits } });

  it("a URL, a body and headers are taken", async () => {
    const url = `/q?string_value=${"x".repeat(1024 - "/q?string_value=".length)}`;
    expect((await stage.ask({ path: url })).status).toBe(200);
    const body = `{"stringValue":"${"x".repeat(4096 - '{"stringValue":""}'.length)}"}`;
    expect((await stage.ask({ method: "POST", path: "/b", body })).status).toBe(200);
    // Host, Connection and their own overheads make up the rest.
    expect((await stage.ask({ path: "/q", headers: { "X-A": "x".repeat(1900) } })).status).toBe(200);
  });
});

describe("a connection", () => {
  const stage = useStage({ server: { limits: { body: "64KiB" } } });

  it("is good for another request after a body that was too large", async () => {
    const socket = connect(stage.gateway);
    const body = Buffer.alloc(3_000_000, 0x20);
    socket.write(`POST /b HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length}\r\n\r\n`);
    socket.write(body);
    socket.write("GET /nowhere HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    const text = (await readAll(socket)).toString();
    expect(text.match(/HTTP\/1\.1 \d+/g)).toEqual(["HTTP/1.1 413", "HTTP/1.1 404"]);
  });

  it("keeps the answer of a request before bytes that are none", async () => {
    stage.upstream.answer({ messages: [new Uint8Array(0)], delayMs: 50 });
    const socket = connect(stage.gateway);
    socket.write("GET /q?int32_value=1 HTTP/1.1\r\nHost: a\r\n\r\n\u0000\u0001garbage\r\n\r\n");
    const reply = parseReply(await readAll(socket), "GET");
    expect([reply.status, reply.body.toString()]).toEqual([200, "{}"]);
    expect(stage.saw()).toEqual([{ method: "portico.e2e.v1.Queries/Get", message: { int32Value: 1 } }]);
  });

  it("answers requests in their order, however long each takes", async () => {
    stage.upstream.answer((call) => ({
      messages: [call.messages[0] ?? {}],
      delayMs: call.messages[0]?.includes(0x61) ? 60 : 0,
    }));
    const socket = connect(stage.gateway);
    socket.write("GET /c/a HTTP/1.1\r\nHost: a\r\n\r\nGET /c/b HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    expect((await readAll(socket)).toString().match(/\{.*\}/g)).toEqual(['{"text":"a"}', '{"text":"b"}']);
  });

  it("may ask for anything in Expect", async () => {
    const headers = { Expect: "tea" };
    expect((await stage.ask({ path: "/q", headers })).status).toBe(200);
    const waiting = { Expect: "100-continue" };
    expect((await stage.ask({ method: "POST", path: "/b", headers: waiting, body: "{}" })).status).toBe(200);
  });

  it("of HTTP/1.0 needs no Host, and gets neither chunks nor trailers", async () => {
    const answer = { messages: [{ text: "a" }], trailingMetadata: { "x-cost": "3" } };
    stage.upstream.answer(answer);
    const socket = connect(stage.gateway);
    socket.write("GET /c/a HTTP/1.0\r\nTE: trailers\r\n\r\n");
    const text = (await readAll(socket)).toString();
    expect(text).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(text).not.toMatch(/^(transfer-encoding|trailer):/im);
    expect(text).toMatch(/\r\n\r\n\{"text":"a"\}$/);
  });
});

const shapes: Readonly<Record<Format, (status: number, code: number, message: string, id: string) => unknown>> = {
  status: (_status, code, message, id) => statusBody(code, message, id),
  google: (status, code, message, id) => ({
    error: { code: status, message, status: names[code], details: statusBody(code, message, id).details },
  }),
  problem: (status, code, message, id) => ({
    type: `urn:portico:error:${id}`,
    title: titles[status],
    status,
    detail: message,
    code: names[code],
    details: statusBody(code, message, id).details,
  }),
};

const names: Readonly<Record<number, string>> = {
  3: "INVALID_ARGUMENT",
  4: "DEADLINE_EXCEEDED",
  5: "NOT_FOUND",
  8: "RESOURCE_EXHAUSTED",
  12: "UNIMPLEMENTED",
};

/** RFC 9110, 15; RFC 6585, 5. */
const titles: Readonly<Record<number, string>> = {
  400: "Bad Request",
  404: "Not Found",
  405: "Method Not Allowed",
  408: "Request Timeout",
  413: "Payload Too Large",
  414: "URI Too Long",
  415: "Unsupported Media Type",
  431: "Request Header Fields Too Large",
  501: "Not Implemented",
};

/** Sends bytes on a connection of their own, ends this side of it unless told to stay, and reads the reply. */
async function exchange(address: { host: string; port: number }, bytes: string | Buffer, then: "end" | "stay" = "end") {
  const socket = connect({ ...address, allowHalfOpen: true });
  if (then === "end") socket.end(bytes);
  else socket.write(bytes);
  const reply = parseReply(await readAll(socket), "GET");
  socket.destroy();
  return reply;
}

async function readAll(socket: Socket): Promise<Buffer> {
  const chunks: Buffer[] = [];
  socket.on("data", (chunk: Buffer) => chunks.push(chunk));
  await once(socket, "end");
  return Buffer.concat(chunks);
}
