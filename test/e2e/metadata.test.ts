import { describe, expect, it } from "vitest";
import { headerValue } from "../support/raw-http.js";
import { statusBody, transports, useStage } from "./support/use-stage.js";

describe.each(transports)("over %s", (transport) => {
  const stage = useStage({ headers: { toMetadata: ["x-tenant"], fromMetadata: ["x-plain"] } }, transport);

  /** The metadata that a call had, but for what every call has. */
  function metadata(): Record<string, (string | Buffer)[]> {
    const seen = stage.upstream.calls[0]?.metadata;
    const names = Object.keys(seen?.getMap() ?? {}).filter((name) => !/^(user-agent|content-type|te)$/.test(name));
    return Object.fromEntries(names.map((name) => [name, seen?.get(name) ?? []]));
  }

  describe("headers become metadata", () => {
    const forwarded = (host: string) => ({
      "x-forwarded-for": ["127.0.0.1"],
      "x-forwarded-host": [host],
      "x-forwarded-proto": ["http"],
    });

    it("those of the allow-list, those that are configured, and grpc-metadata-*; the others never", async () => {
      const { header } = await stage.ask({
        path: "/c/a",
        headers: {
          Host: "api.test",
          Authorization: "Bearer t",
          "Accept-Language": "de",
          "User-Agent": "curl/8",
          traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
          "X-Tenant": "t1",
          "X-Other": "o",
          Cookie: "c=1",
          "Grpc-Metadata-Colour": ["blue", "red"],
          "grpc-metadata-token-bin": ["AP8", "_w=="],
          "Grpc-Metadata-grpc-status": "0",
          "Grpc-Metadata-Te": "x",
          "X-Request-Id": "mine-1",
        },
      });
      expect(metadata()).toEqual({
        authorization: ["Bearer t"],
        "accept-language": ["de"],
        "x-user-agent": ["curl/8"],
        traceparent: ["00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"],
        "x-tenant": ["t1"],
        // Two header fields on the wire, which node:http2 joins before the server sees them.
        colour: ["blue, red"],
        "token-bin": [Buffer.from([0, 255]), Buffer.from([255])],
        "x-request-id": ["mine-1"],
        ...forwarded("api.test"),
      });
      expect(header("x-request-id")).toBe("mine-1");
    });

    it("x-forwarded-* with this hop added", async () => {
      await stage.ask({
        path: "/c/a",
        headers: {
          Host: "inner.test",
          "X-Forwarded-For": ["192.0.2.1", "192.0.2.2"],
          "X-Forwarded-Host": "outer.test",
          "X-Forwarded-Proto": "https",
        },
      });
      expect(metadata()).toMatchObject({
        "x-forwarded-for": ["192.0.2.1, 192.0.2.2, 127.0.0.1"],
        "x-forwarded-host": ["outer.test"],
        "x-forwarded-proto": ["https"],
      });
    });

    it("values that metadata cannot carry stay behind", async () => {
      await stage.ask({
        path: "/c/a",
        headers: { "X-Tenant": "é", "Grpc-Metadata-A": "ü", "Grpc-Metadata-B!": "c", "Accept-Language": "de" },
      });
      expect(Object.keys(metadata()).sort()).toEqual([
        "accept-language",
        ...["x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-request-id"],
      ]);
    });

    it("a -bin header that is no base64 is refused", async () => {
      const { status, body } = await stage.ask({ path: "/c/a", headers: { "Grpc-Metadata-A-Bin": "%%" } });
      expect({ status, body }).toEqual({
        status: 400,
        body: statusBody(3, 'cannot read header a-bin: expected base64, got "%%"', "GW_HEADER_INVALID"),
      });
      expect(await stage.sawAfterAll()).toEqual([]);
    });
  });

  describe("a request id", () => {
    it.each(["", "a b", "ü", "x".repeat(129), "a\tb", '<script>"'])("%j of a client is not taken", async (given) => {
      const { header } = await stage.ask({ path: "/c/a", headers: { "X-Request-Id": given } });
      const id = header("x-request-id");
      expect(id).toMatch(/^[\w-]{8}-[0-9a-z]+$/);
      expect(metadata()["x-request-id"]).toEqual([id]);
    });

    it("is another one for each request, also of those that are refused", async () => {
      const ids = new Set<string | null>();
      for (const path of ["/c/a", "/c/a", "/nowhere", "/p/int32/x", "/p/string/%zz"]) {
        ids.add((await stage.ask({ path })).header("x-request-id"));
      }
      expect(ids.size).toBe(5);
    });
  });

  describe("metadata become headers", () => {
    const answer = {
      messages: [{ text: "a" }],
      initialMetadata: {
        "x-plain": ["1", "2"],
        "x-other": ["a", "b"],
        "x-blob-bin": Buffer.from([0, 255]),
        etag: '"7"',
        "cache-control": "no-store",
        server: "secret/1.0",
        "set-cookie": "a=1",
      },
      trailingMetadata: { "x-cost": ["3", "4"], "x-sum-bin": Buffer.from([1]) },
    };
    const own = /^(date|connection|keep-alive|content-length|content-type|x-request-id|transfer-encoding)$/;

    it("under their names if they are listed, else as grpc-metadata-*; trailers only where they are asked for", async () => {
      const { raw } = await stage.ask({ path: "/c/a", answer });
      expect(joined(raw.headers.filter(([name]) => !own.test(name)))).toEqual([
        ["cache-control", "no-store"],
        ["etag", '"7"'],
        ["grpc-metadata-set-cookie", "a=1"],
        ["grpc-metadata-x-blob-bin", "AP8="],
        ["grpc-metadata-x-other", "a, b"],
        ["x-plain", "1, 2"],
      ]);
      expect(raw.trailers).toEqual([]);
      expect(headerValue(raw.headers, "content-length")).toBe("12");
    });

    it("trailing metadata become HTTP trailers for TE: trailers", async () => {
      const { raw, body } = await stage.ask({ path: "/c/a", answer, headers: { TE: "gzip, trailers" } });
      expect(body).toEqual({ text: "a" });
      expect(headerValue(raw.headers, "trailer")).toBe("grpc-trailer-x-cost, grpc-trailer-x-sum-bin");
      expect(joined(raw.trailers)).toEqual([
        ["grpc-trailer-x-cost", "3, 4"],
        ["grpc-trailer-x-sum-bin", "AQ=="],
      ]);
    });

    it("HEAD has no trailers, and the length of what GET would have", async () => {
      const { raw } = await stage.ask({ method: "HEAD", path: "/c/a", answer, headers: { TE: "trailers" } });
      expect([headerValue(raw.headers, "trailer"), headerValue(raw.headers, "content-length")]).toEqual([null, "12"]);
    });

    it("of an error as well, and those of a trailers-only answer are headers", async () => {
      const status = { code: 5, message: "gone" };
      const both = await stage.ask({
        path: "/c/a",
        headers: { TE: "trailers" },
        answer: { status, initialMetadata: { etag: '"8"' }, trailingMetadata: { "x-cost": "3" } },
      });
      expect([both.status, both.header("etag"), both.raw.trailers]).toEqual([
        404,
        '"8"',
        [["grpc-trailer-x-cost", "3"]],
      ]);
      expect(both.body).toEqual({ code: 5, message: "gone" });
      const only = await stage.ask({
        path: "/c/a",
        answer: { status, trailingMetadata: { "x-cost": "3", etag: '"9"' } },
      });
      expect([only.status, only.header("etag"), only.header("grpc-metadata-x-cost")]).toEqual([404, '"9"', "3"]);
    });
  });
});

/** By name, those of several values joined (RFC 9110, 5.3): node:http2, below grpc-js, joins them as well. */
function joined(list: readonly (readonly [string, string])[]): (readonly [string, string])[] {
  const values = new Map<string, string>();
  for (const [name, value] of list) values.set(name, values.has(name) ? `${values.get(name)}, ${value}` : value);
  return [...values].sort(([a], [b]) => (a < b ? -1 : 1));
}
