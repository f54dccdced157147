import { describe, expect, it } from "vitest";
import { GatewayError } from "../../src/core/index.js";
import { compileFromMetadata } from "../../src/transcode/headers/from-metadata.js";
import { readDeadline } from "../../src/transcode/headers/read-deadline.js";
import { compileToMetadata } from "../../src/transcode/headers/to-metadata.js";
import type { HeaderOptions, IncomingRequest } from "../../src/transcode/index.js";

const byDefault: HeaderOptions = { toMetadata: [], fromMetadata: [], cookies: false, forwarded: false, trailers: true };

/** The metadata for headers given flat, as they were sent. */
function metadata(options: Partial<HeaderOptions>, ...rawHeaders: string[]): readonly string[] {
  const headers: Record<string, string> = {};
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = (rawHeaders[i] ?? "").toLowerCase();
    const value = rawHeaders[i + 1] ?? "";
    headers[name] = headers[name] === undefined ? value : `${headers[name]}, ${value}`;
  }
  const request: IncomingRequest = {
    httpMethod: "GET",
    captures: [],
    rawQuery: "",
    headers,
    rawHeaders,
    remoteAddress: "127.0.0.1",
    secure: false,
    http2: false,
    requestId: "r-1",
    body: null,
    form: null,
  };
  return compileToMetadata({ ...byDefault, ...options }, "x-request-id")(request);
}

const ID = ["x-request-id", "r-1"];

describe("Headers become metadata", () => {
  const rows: readonly { title: string; options?: Partial<HeaderOptions>; sent: string[]; gives: string[] }[] = [
    { title: "the request id always goes along", sent: [], gives: ID },
    {
      title: "authorization keeps its name",
      sent: ["Authorization", "Bearer x"],
      gives: ["authorization", "Bearer x", ...ID],
    },
    {
      title: "trace context keeps its names",
      sent: ["traceparent", "00-a", "tracestate", "k=v", "baggage", "a=1"],
      gives: ["traceparent", "00-a", "tracestate", "k=v", "baggage", "a=1", ...ID],
    },
    {
      title: "user-agent is x-user-agent, as gRPC has one of its own",
      sent: ["User-Agent", "curl/8"],
      gives: ["x-user-agent", "curl/8", ...ID],
    },
    { title: "another header is dropped", sent: ["x-tenant", "t9"], gives: ID },
    {
      title: "another header goes along when it is listed",
      options: { toMetadata: ["X-Tenant"] },
      sent: ["x-tenant", "t9"],
      gives: ["x-tenant", "t9", ...ID],
    },
    {
      title: "a listed prefix takes what begins with it",
      options: { toMetadata: ["x-t-*"] },
      sent: ["x-t-a", "1", "x-ta", "2"],
      gives: ["x-t-a", "1", ...ID],
    },
    {
      title: "a star takes all but hop-by-hop headers and this hop's own",
      options: { toMetadata: ["*"] },
      sent: [
        "x-a",
        "1",
        "Connection",
        "x",
        "TE",
        "trailers",
        "Content-Type",
        "a/b",
        "Content-Length",
        "3",
        "Host",
        "h",
        "Cookie",
        "c=1",
        "Transfer-Encoding",
        "chunked",
      ],
      gives: ["x-a", "1", ...ID],
    },
    {
      title: "names of gRPC's own are never taken",
      options: { toMetadata: ["*"] },
      sent: ["grpc-timeout", "1S", "grpc-encoding", "gzip", "grpc-metadata-grpc-status", "0"],
      gives: ID,
    },
    { title: "grpc-metadata-* loses its prefix", sent: ["Grpc-Metadata-Tenant", "t9"], gives: ["tenant", "t9", ...ID] },
    {
      title: "a repeated grpc-metadata-* keeps its values in order",
      sent: ["Grpc-Metadata-A", "1", "grpc-metadata-a", "2"],
      gives: ["a", "1", "a", "2", ...ID],
    },
    {
      title: "a value outside printable ASCII is left out, the rest goes along",
      sent: ["grpc-metadata-foo", "caf\u00e9", "grpc-metadata-bar", "ok"],
      gives: ["bar", "ok", ...ID],
    },
    {
      title: "a -bin value is base64, with or without padding, in either alphabet",
      sent: ["grpc-metadata-a-bin", "AAEC/w", "grpc-metadata-b-bin", "AAEC_w=="],
      gives: ["a-bin", "AAEC/w==", "b-bin", "AAEC/w==", ...ID],
    },
    { title: "cookies stay behind", sent: ["Cookie", "a=1"], gives: ID },
    {
      title: "cookies go along when asked for",
      options: { cookies: true },
      sent: ["Cookie", "a=1"],
      gives: ["cookie", "a=1", ...ID],
    },
    {
      title: "this hop is added to x-forwarded-*",
      options: { forwarded: true },
      sent: ["X-Forwarded-For", "192.0.2.7", "Host", "api.test"],
      gives: [
        "x-forwarded-for",
        "192.0.2.7, 127.0.0.1",
        "x-forwarded-host",
        "api.test",
        "x-forwarded-proto",
        "http",
        ...ID,
      ],
    },
    {
      title: "what a proxy said of host and scheme is kept",
      options: { forwarded: true },
      sent: ["X-Forwarded-Host", "edge.test", "X-Forwarded-Proto", "https", "Host", "api.test"],
      gives: ["x-forwarded-for", "127.0.0.1", "x-forwarded-host", "edge.test", "x-forwarded-proto", "https", ...ID],
    },
  ];
  for (const { title, options, sent, gives } of rows) {
    it(title, () => {
      expect(metadata(options ?? {}, ...sent)).toEqual(gives);
    });
  }

  it("a -bin header that is no base64 is refused with its name and value", () => {
    expect(() => metadata({}, "grpc-metadata-a-bin", "%%%")).toThrowError(
      new GatewayError("GW_HEADER_INVALID", 'cannot read header a-bin: expected base64, got "%%%"'),
    );
  });
});

describe("Metadata become headers", () => {
  const out = (options: Partial<HeaderOptions>, ...flat: string[]): string[] => {
    const headers: string[] = [];
    compileFromMetadata({ ...byDefault, ...options })(flat, "grpc-metadata-", headers);
    return headers;
  };
  it("those that REST clients know keep their names, all others get the prefix", () => {
    expect(out({}, "etag", '"7"', "x-rev", "7", "x-ratelimit-limit", "9")).toEqual([
      "etag",
      '"7"',
      "grpc-metadata-x-rev",
      "7",
      "x-ratelimit-limit",
      "9",
    ]);
  });
  it("those that are listed keep their names", () => {
    expect(out({ fromMetadata: ["x-rev"] }, "x-rev", "7")).toEqual(["x-rev", "7"]);
  });
  it("gRPC's own and hop-by-hop ones stay behind, whatever is listed", () => {
    const own = [
      "content-type",
      "application/grpc",
      "grpc-encoding",
      "gzip",
      "date",
      "now",
      "connection",
      "close",
      "server",
      "s",
    ];
    expect(out({ fromMetadata: ["*"] }, ...own)).toEqual([]);
  });
});

describe("The deadline of a call", () => {
  const limits = { default: 30_000, max: 300_000 };
  const rows: readonly { headers: Record<string, string>; gives: number }[] = [
    { headers: {}, gives: 30_000 },
    { headers: { "grpc-timeout": "1500m" }, gives: 1_500 },
    { headers: { "grpc-timeout": "2M" }, gives: 120_000 },
    { headers: { "grpc-timeout": "1H" }, gives: 300_000 },
    { headers: { "grpc-timeout": "900000u" }, gives: 900 },
    { headers: { "grpc-timeout": "5000000n" }, gives: 5 },
    { headers: { "grpc-timeout": "7S", "x-server-timeout": "1" }, gives: 7_000 },
    { headers: { "x-server-timeout": "1.5" }, gives: 1_500 },
  ];
  for (const { headers, gives } of rows) {
    it(`with ${JSON.stringify(headers)} is in ${gives} ms`, () => {
      expect(readDeadline(headers, limits, 1_000)).toBeCloseTo(1_000 + gives, 6);
    });
  }
  for (const value of ["5", "m", "1.5S", "-1S", "123456789S", "1s", ""]) {
    it(`refuses grpc-timeout ${JSON.stringify(value)}`, () => {
      expect(() => readDeadline({ "grpc-timeout": value }, limits, 0)).toThrowError(
        /^cannot read header grpc-timeout: /,
      );
    });
  }
  it("refuses an x-server-timeout that is no number of seconds", () => {
    expect(() => readDeadline({ "x-server-timeout": "soon" }, limits, 0)).toThrowError(
      'cannot read header x-server-timeout: expected seconds such as 1.5, got "soon"',
    );
  });
  it("without a default and a header there is none", () => {
    expect(readDeadline({}, { default: Infinity, max: Infinity }, 5)).toBe(Infinity);
  });
});
