import { describe, expect, it } from "vitest";
import { statusBody, useStage } from "./support/use-stage.js";

const stage = useStage();
const pkg = "portico.e2e.v1";
const plain = "text/plain; charset=latin1";

describe("HttpBody", () => {
  const bytes = Buffer.from([0, 255, 13, 10, 123]);
  const blob = (contentType: string, data: Buffer) => ({ contentType, data: data.toString("base64") });

  it("goes through whole, both ways, with its content type", async () => {
    const { raw, header } = await stage.ask({
      method: "POST",
      path: "/raw",
      headers: { "Content-Type": "application/octet-stream" },
      body: bytes,
      answer: { messages: [blob("image/png", Buffer.from([1, 2, 0]))] },
    });
    expect([raw.status, header("content-type"), raw.body]).toEqual([200, "image/png", Buffer.from([1, 2, 0])]);
    expect(stage.saw()).toEqual([{ method: `${pkg}.Raw/Whole`, message: blob("application/octet-stream", bytes) }]);
  });

  it("is a field of request and reply, beside what the path and the query set", async () => {
    const { raw, header } = await stage.ask({
      method: "PUT",
      path: "/raw/a?note=n",
      headers: { "Content-Type": plain },
      body: "{no json",
      answer: { messages: [{ name: "b", content: blob("text/csv", Buffer.from("a,b\n")) }] },
    });
    expect([raw.status, header("content-type"), raw.body.toString()]).toEqual([200, "text/csv", "a,b\n"]);
    expect(stage.saw()).toEqual([
      { method: `${pkg}.Raw/Field`, message: { name: "a", note: "n", content: blob(plain, Buffer.from("{no json")) } },
    ]);
  });

  it("without a body is empty; without a content type it is octets; with one that is no header it is octets", async () => {
    const get = await stage.ask({ path: "/raw", answer: { messages: [{}] } });
    expect([get.status, get.header("content-type"), get.raw.body.length]).toEqual([200, "application/octet-stream", 0]);
    expect(stage.saw()).toEqual([{ method: `${pkg}.Raw/Whole`, message: {} }]);
    const put = await stage.ask({
      method: "PUT",
      path: "/raw/a",
      answer: { messages: [{ content: { contentType: "a\r\nX-Injected: 1", data: "AA==" } }] },
    });
    expect([put.status, put.header("content-type"), put.header("x-injected"), put.raw.body]).toEqual([
      200,
      "application/octet-stream",
      null,
      Buffer.from([0]),
    ]);
    expect(stage.saw()).toEqual([{ method: `${pkg}.Raw/Field`, message: { name: "a", content: {} } }]);
  });
});

describe("response_body is the JSON of a field", () => {
  it.each<[path: string, answer: unknown, json: string]>([
    ["/r", { int32Value: 1 }, '{"int32Value":1}'],
    ["/r", {}, "{}"],
    ["/r/int32", { int32Value: -1 }, "-1"],
    ["/r/int32", {}, "0"],
    ["/r/int64", { int64Value: "9007199254740993" }, '"9007199254740993"'],
    ["/r/int64", {}, '"0"'],
    ["/r/double", { doubleValue: "NaN" }, '"NaN"'],
    ["/r/double", {}, "0"],
    ["/r/bool", { boolValue: true }, "true"],
    ["/r/bool", {}, "false"],
    ["/r/string", { stringValue: 'a"b' }, '"a\\"b"'],
    ["/r/string", {}, '""'],
    ["/r/bytes", { bytesValue: "_w==" }, '"/w=="'],
    ["/r/bytes", {}, '""'],
    ["/r/enum", { color: "RED" }, '"RED"'],
    ["/r/enum", { color: 77 }, "77"],
    ["/r/enum", {}, '"COLOR_UNSPECIFIED"'],
    ["/r/message", { note: { text: "a" } }, '{"text":"a"}'],
    ["/r/message", { note: {} }, "{}"],
    ["/r/message", {}, "{}"],
    ["/r/list", { repeatedNote: [{ text: "a" }, {}] }, '[{"text":"a"},{}]'],
    ["/r/list", {}, "[]"],
    ["/r/packed", { repeatedInt64: ["1", "-2"] }, '["1","-2"]'],
    ["/r/packed", {}, "[]"],
    ["/r/map", { stringToMessage: { a: {} } }, '{"a":{}}'],
    ["/r/map", {}, "{}"],
    ["/r/oneof", { choiceText: "" }, '""'],
    ["/r/oneof", { choiceNumber: "1" }, '""'],
    ["/r/optional", { optionalString: "a" }, '"a"'],
    ["/r/optional", {}, '""'],
    ["/r/timestamp", { timestamp: "2024-01-01T00:00:00Z" }, '"2024-01-01T00:00:00Z"'],
    ["/r/timestamp", {}, "null"],
    ["/r/wrapped", { wrappedInt32: 0 }, "0"],
    ["/r/wrapped", {}, "null"],
    ["/r/struct", { struct: { a: null } }, '{"a":null}'],
    ["/r/struct", {}, "{}"],
    ["/r/value", { value: null }, "null"],
    ["/r/value", { value: [1] }, "[1]"],
    ["/r/value", {}, "null"],
    ["/r/list-value", { listValue: [1] }, "[1]"],
    ["/r/list-value", {}, "[]"],
    ["/r/empty", {}, "{}"],
    [
      "/r/any",
      { any: { "@type": "type.googleapis.com/portico.examples.v1.Note", text: "a" } },
      '{"@type":"type.googleapis.com/portico.examples.v1.Note","text":"a"}',
    ],
    ["/r/any", {}, "{}"],
  ])("%s of %j", async (path, answer, json) => {
    const { raw, header } = await stage.ask({ path, answer: { messages: [answer] } });
    expect([raw.status, header("content-type"), raw.body.toString()]).toEqual([200, "application/json", json]);
    expect(stage.saw()).toEqual([{ method: `${pkg}.Replies/Get`, message: {} }]);
  });
});

describe("a method", () => {
  it("HEAD is GET without the body, headers and all", async () => {
    const answer = { messages: [{ text: "walnut" }], initialMetadata: { etag: '"7"' } };
    const get = await stage.ask({ path: "/k/get", answer });
    const head = await stage.ask({ method: "HEAD", path: "/k/get", answer });
    expect(head.raw.body.length).toBe(0);
    const headersOf = ({ raw }: typeof get) => raw.headers.filter(([name]) => !/^(date|x-request-id)$/.test(name));
    expect(headersOf(head)).toEqual(headersOf(get));
    expect(head.header("content-length")).toBe("17");
    expect(stage.saw()).toEqual([{ method: `${pkg}.Methods/Get`, message: {} }]);
  });

  it("HEAD of an error has its status and headers alone", async () => {
    const { raw, header } = await stage.ask({ method: "HEAD", path: "/nowhere" });
    expect([raw.status, header("content-type"), raw.body.length]).toEqual([404, "application/json", 0]);
  });

  it("HEAD, OPTIONS and PURGE have rules of their own if they want", async () => {
    for (const [method, path, rpc] of [
      ["HEAD", "/k/head", "Head"],
      ["OPTIONS", "/k/options", "Options"],
      ["PURGE", "/k/purge", "Purge"],
    ] as const) {
      expect((await stage.ask({ method, path })).status).toBe(200);
      expect(stage.saw()).toEqual([{ method: `${pkg}.Methods/${rpc}`, message: {} }]);
    }
  });

  it.each([
    "GET",
    "HEAD",
    "POST",
    "PUT",
    "PATCH",
    "DELETE",
    "OPTIONS",
    "TRACE",
    "PROPFIND",
    "MKCOL",
    "SEARCH",
    "PURGE",
  ])("%s is served by a rule of kind *", async (method) => {
    expect((await stage.ask({ method, path: "/k/any?int32_value=1" })).status).toBe(200);
    expect(stage.saw()).toEqual([{ method: `${pkg}.Methods/Any`, message: { int32Value: 1 } }]);
  });

  it.each([
    ["/k/get", "GET, HEAD, OPTIONS"],
    ["/k/both/a", "DELETE, GET, HEAD, OPTIONS, POST"],
    ["/k/purge", "OPTIONS, PURGE"],
    ["/k/head", "HEAD, OPTIONS"],
    ["/raw", "GET, HEAD, OPTIONS, POST"],
  ])("OPTIONS of %s tells what it takes", async (path, allow) => {
    const { raw, header } = await stage.ask({ method: "OPTIONS", path });
    expect([raw.status, header("allow"), header("content-length"), raw.body.length]).toEqual([204, allow, null, 0]);
    expect(await stage.sawAfterAll()).toEqual([]);
  });

  it("OPTIONS * tells what any path takes", async () => {
    const { raw, header } = await stage.ask({ method: "OPTIONS", path: "*" });
    expect(raw.status).toBe(204);
    // A rule of kind * takes all that node:http knows.
    expect(header("allow")?.split(", ")).toEqual(
      expect.arrayContaining(["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PURGE", "PUT", "TRACE"]),
    );
    expect(await stage.sawAfterAll()).toEqual([]);
  });

  it.each([
    ["POST", "/k/get", "GET, HEAD"],
    ["TRACE", "/k/get", "GET, HEAD"],
    ["PROPFIND", "/k/get", "GET, HEAD"],
    ["PUT", "/k/both/a", "DELETE, GET, HEAD, POST"],
    ["GET", "/k/head", "HEAD"],
    ["GET", "/b", "POST"],
    ["PATCH", "/p/int32/abc", "GET, HEAD"],
  ])("%s of %s is 405 with Allow", async (method, path, allow) => {
    const { status, body, header } = await stage.ask({ method, path, ...(method === "TRACE" ? {} : { body: "" }) });
    expect({ status, body, allow: header("allow") }).toEqual({
      status: 405,
      body: statusBody(12, `the path "${path}" takes ${allow}, not "${method}"`, "GW_METHOD_NOT_ALLOWED"),
      allow,
    });
    expect(await stage.sawAfterAll()).toEqual([]);
  });

  it.each(["FROBNICATE", "get", "Post", "CONNECT"])("%s is 501: this server does not know it", async (method) => {
    const { status, body } = await stage.ask({ method, path: method === "CONNECT" ? "example.test:443" : "/k/get" });
    expect({ status, body }).toEqual({
      status: 501,
      body: statusBody(12, `cannot take the method "${method}": this server does not know it`, "GW_METHOD_UNKNOWN"),
    });
    expect(await stage.sawAfterAll()).toEqual([]);
  });
});

describe("a target", () => {
  it.each<[target: string, message: unknown]>([
    ["http://example.test/q?int32_value=1", { int32Value: 1 }],
    ["https://example.test:8443/q?int32_value=1", { int32Value: 1 }],
    ["HTTP://EXAMPLE.TEST/q", {}],
  ])("%s in absolute form is its path and query", async (path, message) => {
    expect((await stage.ask({ path })).status).toBe(200);
    expect(stage.saw()).toEqual([{ method: `${pkg}.Queries/Get`, message }]);
  });

  it.each<[method: string, target: string, status: number]>([
    ["GET", "http://example.test", 404],
    ["GET", "http://example.test?a=/q", 404],
    ["GET", "*", 404],
    ["GET", "//q", 404],
    ["GET", "/q/", 404],
    ["GET", "/./q", 404],
    ["GET", "/x/../q", 404],
    ["GET", "q", 400],
    ["GET", "/q?a=\u0001", 400],
    ["GET", "", 400],
  ])("%s %j is %d", async (method, path, status) => {
    expect((await stage.ask({ method, path })).status).toBe(status);
    expect(await stage.sawAfterAll()).toEqual([]);
  });

  it("with raw bytes beyond ASCII is refused, by node:http (400) or, where its parser is older, for its path (404)", async () => {
    const { status } = await stage.ask({ method: "GET", path: "/né" });
    expect([400, 404]).toContain(status);
    expect(await stage.sawAfterAll()).toEqual([]);
  });
});
