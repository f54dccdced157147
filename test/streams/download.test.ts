import { describe, expect, it } from "vitest";
import { matchesTag } from "../../src/transcode/download/entity-tag.js";
import { parseRange, type RangeRequest } from "../../src/transcode/download/parse-range.js";
import { useStreams } from "./support/use-streams.js";

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
