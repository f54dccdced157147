import { describe, expect, it } from "vitest";
import { startSampleServices } from "../../examples/index.js";
import { printDisposition } from "../../src/transcode/download/content-disposition.js";
import { matchesTag } from "../../src/transcode/download/entity-tag.js";
import { parseRange, type RangeRequest } from "../../src/transcode/download/parse-range.js";
import { startGateway } from "../support/gateway.js";
import { headerValue, sendRaw } from "../support/raw-http.js";
import { streamConfig, useStreams } from "./support/use-streams.js";

const part = (start: number, end: number): RangeRequest => ({ kind: "part", start, end });
const all: RangeRequest = { kind: "all" };
const unsatisfiable: RangeRequest = { kind: "unsatisfiable" };

describe("A Range header of ten bytes", () => {
  it.each<[string, RangeRequest]>([
    ["bytes=0-0", part(0, 0)],
    ["bytes=2-4", part(2, 4)],
    ["bytes=2-", part(2, 9)],
    ["bytes=2-99", part(2, 9)],
    ["bytes=-3", part(7, 9)],
    ["bytes=-99", part(0, 9)],
    ["Bytes = 2 - 4", part(2, 4)],
    ["bytes=10-", unsatisfiable],
    ["bytes=99999999999999999999-", unsatisfiable],
    ["bytes=-0", unsatisfiable],
    ["bytes=4-2", all],
    ["bytes=-", all],
    ["bytes=1-2,4-5", all],
    ["lines=1-2", all],
    ["bytes=a-b", all],
    ["", all],
  ])("%j asks for %j", (header, wanted) => {
    expect(parseRange(header, 10)).toEqual(wanted);
  });

  it("asks in vain for any byte of nothing", () => {
    expect(parseRange("bytes=0-", 0)).toEqual(unsatisfiable);
    expect(parseRange("bytes=-5", 0)).toEqual(unsatisfiable);
  });
});

describe("If-None-Match is compared weakly", () => {
  it.each([
    ["*", 'W/"a"', true],
    ['"a"', 'W/"a"', true],
    ['W/"a"', '"a"', true],
    ['"b", W/"a"', '"a"', true],
    ['"b"', '"a"', false],
    ["a", '"a"', false],
    ["", '"a"', false],
  ])("%j has %j: %j", (header, tag, matches) => {
    expect(matchesTag(header, tag)).toBe(matches);
  });
});

describe("A download", () => {
  const stage = useStreams("http2", { downloads: { etag: true } });
  const file = { contentType: "text/x-tide", data: Buffer.from("0123456789").toString("base64") };

  const get = async (
    headers: Record<string, string>,
    { method = "GET", metadata = {} }: { method?: string; metadata?: Record<string, string> } = {},
  ) => {
    const request = stage.open("/v1/files/a.txt", { method, headers });
    const call = await stage.upstream.call();
    call.header(metadata);
    call.send(file);
    call.end();
    const head = await request.head();
    return { ...head, body: (await request.body()).toString() };
  };

  it("says its type, its length, its tag and that it has parts", async () => {
    const whole = await get({});
    expect(whole).toMatchObject({
      status: 200,
      headers: { "content-type": "text/x-tide", "content-length": "10", "accept-ranges": "bytes" },
      body: "0123456789",
    });
    expect(whole.headers.etag).toMatch(/^W\/"[\w-]{27}"$/);
    expect(await get({}, { method: "HEAD" })).toMatchObject({
      status: 200,
      headers: { "content-length": "10" },
      body: "",
    });
  });

  it("is answered in part", async () => {
    expect(await get({ range: "bytes=2-4" })).toMatchObject({
      status: 206,
      headers: { "content-range": "bytes 2-4/10", "content-length": "3", "content-type": "text/x-tide" },
      body: "234",
    });
    expect(await get({ range: "bytes=-2" })).toMatchObject({ status: 206, body: "89" });
    expect(await get({ range: "bytes=10-" })).toMatchObject({
      status: 416,
      headers: { "content-range": "bytes */10", "content-type": "application/json" },
      body: expect.stringContaining('"code":11,"message":"cannot send the range \\"bytes=10-\\": there are 10 bytes"'),
    });
    expect(await get({ range: "bytes=2-4" }, { method: "HEAD" })).toMatchObject({ status: 200 });
  });

  it("is 304 for who has it, by the gateway's tag or the upstream's", async () => {
    const { etag = "" } = (await get({})).headers;
    const unchanged = await get({ "if-none-match": `"x", ${etag}`, range: "bytes=2-4" });
    expect(unchanged).toMatchObject({ status: 304, headers: { etag }, body: "" });
    expect(unchanged.headers["content-type"]).toBeUndefined();
    expect(await get({ "if-none-match": '"7"' }, { metadata: { etag: '"7"' } })).toMatchObject({
      status: 304,
      headers: { etag: '"7"' },
    });
    expect(await get({ "if-none-match": '"8"' }, { metadata: { etag: '"7"' } })).toMatchObject({ status: 200 });
  });

  it("is the whole where If-Range does not hold, which a weak tag never does", async () => {
    const { etag = "" } = (await get({})).headers;
    expect(await get({ range: "bytes=2-4", "if-range": etag })).toMatchObject({ status: 200 });
    const strong = { metadata: { etag: '"7"' } };
    expect(await get({ range: "bytes=2-4", "if-range": '"7"' }, strong)).toMatchObject({ status: 206, body: "234" });
    expect(await get({ range: "bytes=2-4", "if-range": '"8"' }, strong)).toMatchObject({ status: 200 });
  });
});

describe("Content-Disposition", () => {
  it.each([
    ["files/docs/readme.md", 'attachment; filename="readme.md"'],
    ["a b.txt", 'attachment; filename="a b.txt"'],
    ["naïve €.txt", "attachment; filename=\"na_ve _.txt\"; filename*=UTF-8''na%C3%AFve%20%E2%82%AC.txt"],
    ["😀'(*)", "attachment; filename=\"_'(*)\"; filename*=UTF-8''%F0%9F%98%80%27%28%2A%29"],
    ['x"\r\n\\%41', "attachment; filename=\"x_____41\"; filename*=UTF-8''x%22%0D%0A%5C%2541"],
    ["\ud800", "attachment; filename=\"_\"; filename*=UTF-8''%EF%BF%BD"],
    ["folder/", null],
    ["", null],
  ])("of the name %j is %s", (name, header) => {
    expect(printDisposition("attachment", name)).toBe(header);
  });

  describe("of a configured field", () => {
    const stage = useStreams("http2", {
      downloads: {
        methods: {
          "transcoding.gocases.v1.Files.Fetch": { fileName: "name" },
          "transcoding.gocases.v1.Files.FetchChunks": { fileName: "name", disposition: "inline" },
        },
      },
    });
    const file = { contentType: "text/x-tide", data: Buffer.from("0123").toString("base64") };
    const headersOf = async (path: string, metadata: Record<string, string> = {}, headers = {}) => {
      const request = stage.open(path, { headers });
      const call = await stage.upstream.call();
      call.header(metadata);
      call.send(file);
      call.end();
      return (await request.head()).headers["content-disposition"];
    };

    it("names a file, its parts and its stream", async () => {
      expect(await headersOf("/v1/files/a/b.txt")).toBe('attachment; filename="b.txt"');
      expect(await headersOf("/v1/files/a/b.txt", {}, { range: "bytes=1-2" })).toBe('attachment; filename="b.txt"');
      expect(await headersOf("/v1/chunks/c.txt")).toBe('inline; filename="c.txt"');
    });

    it("gives way to what the upstream says", async () => {
      expect(await headersOf("/v1/files/b.txt", { "content-disposition": "inline" })).toBe("inline");
    });
  });

  it("of the reply beside the file, in the samples", async () => {
    const services = await startSampleServices();
    const gateway = await startGateway({
      schema: { protos: { roots: ["proto"], files: ["proto/**/*.proto"] } },
      upstreams: { examples: { target: services.address } },
      downloads: { methods: { "portico.examples.v1.UploadService.GetFileContent": { fileName: "info.name" } } },
      openapi: { enabled: false },
      admin: { enabled: false },
    });
    const reply = await sendRaw(gateway, { method: "GET", path: "/v1/files/docs/readme.md:content" });
    expect(headerValue(reply.headers, "content-disposition")).toBe('attachment; filename="readme.md"');
    await gateway.close();
    await services.close();
  });

  it("of a field that is none is told at start", async () => {
    const method = "transcoding.gocases.v1.Files.Fetch";
    const starting = (downloads: object) => startGateway(streamConfig("127.0.0.1:1", "http2", { downloads }));
    await expect(starting({ methods: { [method]: { fileName: "nmae" } } })).rejects.toThrow(
      `downloads.methods.${method}.fileName: neither google.api.HttpBody nor transcoding.gocases.v1.FetchRequest has a field "nmae"`,
    );
    await expect(starting({ methods: { [method]: { fileName: "data" } } })).rejects.toThrow(
      "google.api.HttpBody.data is not a text, number, bool or enum",
    );
    await expect(starting({ methods: { "a.B.C": { fileName: "x" } } })).rejects.toThrow(
      'downloads.methods.a.B.C: no service has a method "a.B.C"',
    );
  });
});
