import { describe, expect, it } from "vitest";
import { headerValue, sendRaw } from "../support/raw-http.js";
import { ends, statusBody, useStage } from "./support/use-stage.js";

/** google/rpc/code.proto: the HTTP status of each code. */
const table: readonly (readonly [code: number, name: string, http: number])[] = [
  [1, "CANCELLED", 499],
  [2, "UNKNOWN", 500],
  [3, "INVALID_ARGUMENT", 400],
  [4, "DEADLINE_EXCEEDED", 504],
  [5, "NOT_FOUND", 404],
  [6, "ALREADY_EXISTS", 409],
  [7, "PERMISSION_DENIED", 403],
  [8, "RESOURCE_EXHAUSTED", 429],
  [9, "FAILED_PRECONDITION", 400],
  [10, "ABORTED", 409],
  [11, "OUT_OF_RANGE", 400],
  [12, "UNIMPLEMENTED", 501],
  [13, "INTERNAL", 500],
  [14, "UNAVAILABLE", 503],
  [15, "DATA_LOSS", 500],
  [16, "UNAUTHENTICATED", 401],
  [17, "UNKNOWN", 500],
  [1024, "UNKNOWN", 500],
];
const titles: Readonly<Record<number, string>> = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  409: "Conflict",
  429: "Too Many Requests",
  500: "Internal Server Error",
  501: "Not Implemented",
  503: "Service Unavailable",
  504: "Gateway Timeout",
};

const any = (name: string, members: object) => ({ "@type": `type.googleapis.com/${name}`, ...members });
const badRequest = any("google.rpc.BadRequest", { fieldViolations: [{ field: "name", description: "too short" }] });

describe.each(ends)("by $speaks over $transport", ({ speaks, transport }) => {
  const stage = useStage({}, transport, speaks);
  const google = useStage({ errors: { format: "google" } }, transport, speaks);

  describe.each(table)("code %d (%s)", (code, name, http) => {
    const answer = { status: { code, message: `upstream says é "${code}"`, details: [badRequest] } };
    const message = answer.status.message;

    it(`is HTTP ${http}, its status as it is`, async () => {
      const { status, body, header } = await stage.ask({ path: "/c/a", answer });
      expect({ status, body, type: header("content-type"), challenge: header("www-authenticate") }).toEqual({
        status: http,
        body: { code, message, details: [badRequest] },
        type: "application/json",
        challenge: code === 16 ? "Bearer" : null,
      });
      expect(stage.saw()).toEqual([{ method: "portico.e2e.v1.Calls/Get", message: { text: "a" } }]);
    });

    it("is in Google's envelope if so configured", async () => {
      const { status, body } = await google.ask({ path: "/c/a", answer });
      expect({ status, body }).toEqual({
        status: http,
        body: { error: { code: http, message, status: name, details: [badRequest] } },
      });
    });

    it("is a problem for who accepts one", async () => {
      const { status, body, header } = await google.ask({
        path: "/c/a",
        answer,
        headers: { Accept: "application/problem+json" },
      });
      expect({ status, body, type: header("content-type") }).toEqual({
        status: http,
        body: {
          type: "about:blank",
          title: titles[http] ?? name,
          status: http,
          detail: message,
          code: name,
          details: [badRequest],
        },
        type: "application/problem+json",
      });
    });
  });

  describe("details", () => {
    const strange = { "@type": "type.googleapis.com/no.such.Type", $raw_base64: "AQID" };
    const brokenInfo = { "@type": "type.googleapis.com/google.rpc.ErrorInfo", $raw_base64: "/w==" };
    const brokenRetry = { "@type": "type.googleapis.com/google.rpc.RetryInfo", $raw_base64: "Cv8=" };
    const kept = ({ "@type": type, $raw_base64: value }: typeof strange) => ({ "@type": type, value });

    it.each([
      ["of a known type are JSON", [badRequest], [badRequest]],
      ["of a type that nobody knows are kept as base64", [strange], [kept(strange)]],
      [
        "whose bytes are not their type's are kept as base64",
        [brokenInfo, brokenRetry],
        [kept(brokenInfo), kept(brokenRetry)],
      ],
      [
        "of all sorts stand beside each other",
        [badRequest, strange, brokenInfo],
        [badRequest, kept(strange), kept(brokenInfo)],
      ],
    ])("%s", async (_what, details, json) => {
      const answer = { status: { code: 9, message: "m", details } };
      const { status, body } = await stage.ask({ path: "/c/a", answer });
      expect({ status, body }).toEqual({ status: 400, body: { code: 9, message: "m", details: json } });
    });

    it("that are no google.rpc.Status are left out, the error goes through", async () => {
      for (const rawDetails of [Uint8Array.of(255), Uint8Array.of(0x1a, 0x7f), Buffer.from("junk")]) {
        const answer = { status: { code: 9, message: "m", rawDetails } };
        const { status, body } = await stage.ask({ path: "/c/a", answer });
        expect({ status, body }).toEqual({ status: 400, body: { code: 9, message: "m" } });
      }
    });

    it.each([
      ["2s", "2"],
      ["1.1s", "2"],
      ["0.000000001s", "1"],
      ["0s", null],
      ["-5s", null],
    ])("a RetryInfo of %s is Retry-After %s", async (retryDelay, seconds) => {
      const details = [any("google.rpc.RetryInfo", { retryDelay })];
      const { status, header } = await stage.ask({
        path: "/c/a",
        answer: { status: { code: 8, message: "slow down", details } },
      });
      expect([status, header("retry-after")]).toEqual([429, seconds]);
    });

    it("an upstream's own Retry-After is the one that counts", async () => {
      const details = [any("google.rpc.RetryInfo", { retryDelay: "9s" })];
      const { raw } = await stage.ask({
        path: "/c/a",
        answer: { status: { code: 8, message: "m", details }, initialMetadata: { "retry-after": "3" } },
      });
      expect(raw.headers.filter(([name]) => name === "retry-after")).toEqual([["retry-after", "3"]]);
    });
  });

  describe("the challenge of a 401", () => {
    it.each([
      ["the message if it is one", { message: 'Basic realm="x"' }, {}, 'Basic realm="x"'],
      ["Bearer if it is none", { message: "who are you?" }, {}, "Bearer"],
      ["the upstream's own header", { message: "m" }, { "www-authenticate": "DPoP algs=ES256" }, "DPoP algs=ES256"],
      ["never what could break the reply", { message: "Basic \r\nX-Injected: 1" }, {}, "Bearer"],
    ])("is %s", async (_what, { message }, initialMetadata, challenge) => {
      const { status, header } = await stage.ask({
        path: "/c/a",
        answer: { status: { code: 16, message }, initialMetadata },
      });
      expect([status, header("www-authenticate"), header("x-injected")]).toEqual([401, challenge, null]);
    });
  });

  describe("Accept", () => {
    const problem = "application/problem+json";
    it.each([
      [problem, problem],
      ["text/html, Application/Problem+JSON;q=0.5", problem],
      [`${problem};q=0`, "application/json"],
      [`${problem}; q=0.000, */*`, "application/json"],
      ["application/problem+jsonx", "application/json"],
      ["*/*", "application/json"],
      ["application/xml", "application/json"],
    ])("%s has an error as %s, and caches are told that it had a say", async (accept, type) => {
      const raw = await sendRaw(stage.gateway, { method: "GET", path: "/nowhere", headers: { Accept: accept } });
      const told = [headerValue(raw.headers, "content-type"), headerValue(raw.headers, "vary")];
      expect([raw.status, ...told]).toEqual([404, type, "accept"]);
    });
  });

  describe("an answer that is not what its proto says", () => {
    const invalid = (message: string) => ({ status: 502, body: statusBody(13, message, "GW_UPSTREAM_INVALID") });
    it("is 502, and what was wrong with it is for the log", async () => {
      const bytes = await stage.ask({ path: "/c/a", answer: { messages: [Uint8Array.of(0x0a, 0xff)] } });
      expect({ status: bytes.status, id: idOf(bytes.body) }).toEqual({ status: 502, id: "GW_UPSTREAM_INVALID" });
      const text = await stage.ask({ path: "/c/a", answer: { messages: [Uint8Array.of(0x0a, 1, 0xff)] } });
      expect({ status: text.status, id: idOf(text.body) }).toEqual({ status: 502, id: "GW_UPSTREAM_INVALID" });
      const two = await stage.ask({ path: "/c/a", answer: { messages: [{}, {}] } });
      expect({ status: two.status, body: two.body }).toEqual(invalid("the upstream's answer is no gRPC answer"));
      const none = await stage.ask({ path: "/c/a", answer: {} });
      expect({ status: none.status, body: none.body }).toEqual(invalid("the upstream's answer is no gRPC answer"));
    });
  });
});

function idOf(body: unknown): unknown {
  return (body as ReturnType<typeof statusBody>).details.map((detail) => (detail as { reason?: string }).reason)[0];
}
