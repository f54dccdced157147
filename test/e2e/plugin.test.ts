import { type AddressInfo, connect } from "node:net";
import { type FastifyInstance, type FastifyPluginAsync, fastify } from "fastify";
import { afterEach, describe, expect, expectTypeOf, it } from "vitest";
import { type AccessEntry, type PorticoOptions, portico } from "../../src/app/index.js";
import { FaultsError } from "../../src/core/index.js";
import { type FakeUpstream, startFakeUpstream } from "../support/fake-upstream.js";
import { sendRaw } from "../support/raw-http.js";
import { checkedAnswer, e2eOracle, stageConfig, statusBody } from "./support/use-stage.js";

/** Someone's own app: routes, a parser, a 404 and an error handler of its own. */
function ownApp(): FastifyInstance {
  const app = fastify();
  app.get("/own", async () => ({ own: true }));
  app.post("/own", async (request) => ({ body: request.body }));
  app.post("/own/csv", async (request) => ({ body: request.body }));
  app.addContentTypeParser("text/csv", { parseAs: "string" }, (_request, text, done) => done(null, `csv ${text}`));
  app.setNotFoundHandler(async (request, reply) => reply.code(404).send({ nobody: request.method }));
  app.setErrorHandler<Error & { statusCode?: number }>(async (error, _request, reply) =>
    reply.code(error.statusCode ?? 418).send({ own: error.message }),
  );
  return app;
}

describe("the plugin in someone's app", () => {
  const ends: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
  });

  interface Running {
    readonly app: FastifyInstance;
    readonly upstream: FakeUpstream;
    readonly entries: readonly AccessEntry[];
    ask(
      method: string,
      path: string,
      body?: string,
      headers?: Record<string, string>,
    ): Promise<{ status: number; body: unknown; header(name: string): string | null }>;
  }

  async function start(
    prefix: string,
    {
      before,
      config = {},
    }: { before?: (app: FastifyInstance) => void; config?: Parameters<typeof stageConfig>[2] } = {},
  ): Promise<Running> {
    const upstream = await startFakeUpstream(e2eOracle());
    ends.push(() => upstream.close());
    upstream.answer({ messages: [new Uint8Array(0)] });
    const app = ownApp();
    before?.(app);
    const entries: AccessEntry[] = [];
    await app.register(portico, {
      prefix,
      config: stageConfig(upstream.address, "http2", config),
      onResponse: (entry) => entries.push(entry),
    });
    await app.listen({ port: 0, host: "127.0.0.1" });
    ends.push(() => app.close());
    const port = portOf(app);
    return {
      app,
      upstream,
      entries,
      async ask(method, path, body, headers = {}) {
        const reply = await sendRaw(
          { host: "127.0.0.1", port },
          { method, path, headers, ...(body === undefined ? {} : { body }) },
        );
        const text = reply.body.toString();
        const json = text.startsWith("{") ? JSON.parse(text) : text;
        return { status: reply.status, body: json, header: (name) => checkHeader(reply.headers, name) };
      },
    };
  }

  const seenBy = ({ upstream }: Running) =>
    upstream.calls.map(({ method, messages: [bytes] }) => {
      const oracle = e2eOracle();
      return { method, message: oracle.toJson(oracle.method(method).input, bytes ?? new Uint8Array(0)) };
    });

  it.each(["/api", "", "/deep/api"])("serves the rules under %j", async (prefix) => {
    const running = await start(prefix);
    const answer = await running.ask("POST", `${prefix}/b/note?int32_value=1`, '{"text":"a"}', {
      "Content-Type": "application/json",
    });
    expect([answer.status, answer.body]).toEqual([200, {}]);
    expect(answer.header("x-request-id")).not.toBeNull();
    expect((await running.ask("GET", `${prefix}/p/many/a%2Fb/c`)).status).toBe(200);
    expect((await running.ask("PURGE", `${prefix}/k/purge`)).status).toBe(200);
    expect(seenBy(running)).toEqual([
      { method: "portico.e2e.v1.Bodies/Set", message: { int32Value: 1, note: { text: "a" } } },
      { method: "portico.e2e.v1.Paths/Get", message: { stringValue: "a%2Fb/c" } },
      { method: "portico.e2e.v1.Methods/Purge", message: {} },
    ]);
  });

  it("has a document whose server is the prefix, at the prefix", async () => {
    const { ask } = await start("/api", { config: { openapi: { enabled: true } } });
    const { status, body } = await ask("GET", "/api/openapi.json");
    expect([status, (body as { servers: unknown }).servers]).toEqual([200, [{ url: "/api" }]]);
  });

  it("refuses in the gateway's shape what a rule is there for", async () => {
    const { ask } = await start("/api", { config: { server: { limits: { url: 64, body: 16 } } } });
    const refusals = [
      await ask("PUT", "/api/k/get", ""),
      await ask("GET", "/api/p/int32/x"),
      await ask("POST", "/api/b", "{"),
      await ask("POST", "/api/b", "{}", { "Content-Type": "text/csv" }),
      await ask("POST", "/api/b", "{}", { "Content-Type": "no content type" }),
      await ask("POST", "/api/b", `{"stringValue":"${"x".repeat(20)}"}`),
      await ask("GET", `/api/q?string_value=${"x".repeat(64)}`),
    ];
    expect(refusals.map(({ status, body }) => [status, reasonOf(body)])).toEqual([
      [405, "GW_METHOD_NOT_ALLOWED"],
      [400, "GW_FIELD_INVALID"],
      [400, "GW_BODY_NOT_JSON"],
      [415, "GW_CONTENT_TYPE"],
      [415, "GW_CONTENT_TYPE"],
      [413, "GW_BODY_TOO_LARGE"],
      [414, "GW_URL_TOO_LONG"],
    ]);
    const options = await ask("OPTIONS", "/api/k/get");
    expect([options.status, options.header("allow")]).toEqual([204, "GET, HEAD, OPTIONS"]);
  });

  it.each(["/api", ""])("leaves other routes, parsers and 404s to the app under %j", async (prefix) => {
    const { ask } = await start(prefix);
    const json = { "Content-Type": "application/json" };
    expect(await bare(ask("GET", "/own"))).toEqual([200, { own: true }]);
    expect(await bare(ask("POST", "/own", '{"a":1}', json))).toEqual([200, { body: { a: 1 } }]);
    expect(await bare(ask("POST", "/own/csv", "a,b", { "Content-Type": "text/csv" }))).toEqual([
      200,
      { body: "csv a,b" },
    ]);
    expect((await ask("POST", "/own", "{", json)).status).toBe(400);
    expect(await bare(ask("GET", `${prefix}/nowhere`))).toEqual([404, { nobody: "GET" }]);
    expect(await bare(ask("POST", `${prefix}/nowhere`, '{"a":1}', json))).toEqual([404, { nobody: "POST" }]);
    expect(await bare(ask("GET", "/elsewhere"))).toEqual([404, { nobody: "GET" }]);
  });

  it("is seen by the app's hooks, and stopped by them", async () => {
    const saw: string[] = [];
    const { ask, upstream } = await start("/api", {
      before(app) {
        app.addHook("onRequest", async (request, reply) => {
          saw.push(`onRequest ${request.method} ${request.url}`);
          reply.header("vary", "Origin").header("x-hook", "1").header("etag", '"hook"');
          if (request.headers["x-stop"] === "reply") return reply.code(401).send({ who: "are you" });
          if (request.headers["x-stop"] === "throw") throw new Error("stopped");
        });
        app.addHook("onSend", async (_request, reply, payload) => {
          saw.push(`onSend ${reply.statusCode} ${String(payload)}`);
          return payload;
        });
        app.addHook("onResponse", async (_request, reply) => {
          saw.push(`onResponse ${reply.statusCode}`);
        });
      },
    });
    upstream.answer({ messages: [{ text: "b" }], initialMetadata: { vary: "accept", etag: '"7"' } });
    const served = await ask("GET", "/api/c/a");
    expect([served.status, served.header("x-hook"), served.header("vary"), served.header("etag")]).toEqual([
      200,
      "1",
      "Origin, accept",
      '"7"',
    ]);
    expect(await bare(ask("GET", "/api/c/a", undefined, { "X-Stop": "reply" }))).toEqual([401, { who: "are you" }]);
    expect(await bare(ask("GET", "/api/c/a", undefined, { "X-Stop": "throw" }))).toEqual([418, { own: "stopped" }]);
    expect(upstream.calls.length).toBe(1);
    expect(saw.slice(0, 3)).toEqual(["onRequest GET /api/c/a", 'onSend 200 {"text":"b"}', "onResponse 200"]);
  });

  it("tells of each response, and cancels the call of a client that goes away", async () => {
    const running = await start("/api");
    const { upstream, entries, app } = running;
    await running.ask("GET", "/api/c/a");
    upstream.answer({ messages: [{}], delayMs: 60_000 });
    const socket = connect(portOf(app), "127.0.0.1");
    socket.write("GET /api/c/b HTTP/1.1\r\nHost: a\r\nX-Request-Id: r1\r\n\r\n");
    await expect.poll(() => upstream.calls.map((call) => call.state)).toEqual(["complete"]);
    socket.destroy();
    await expect.poll(() => upstream.calls.map((call) => call.state)).toEqual(["cancelled"]);
    await expect
      .poll(() => entries.map(({ status, path, rpc, error }) => [status, path, rpc, error]))
      .toEqual([
        [200, "/c/a", "/portico.e2e.v1.Calls/Get", null],
        [499, "/c/b", "/portico.e2e.v1.Calls/Get", "GW_CLIENT_GONE"],
      ]);
    expect(entries[1]?.requestId).toBe("r1");
  });

  it("closes its upstreams with the app, after the requests in flight", async () => {
    const running = await start("/api");
    const { upstream, app } = running;
    upstream.answer({ messages: [{ text: "done" }], delayMs: 150 });
    const answer = running.ask("GET", "/api/c/a");
    await expect.poll(() => upstream.calls.length).toBe(1);
    await app.close();
    expect(await bare(answer)).toEqual([200, { text: "done" }]);
    await expect.poll(() => upstream.connections()).toBe(0);
  });

  it("refuses what is wrong when it is registered", async () => {
    const wrong = fastify().register(portico, {
      config: { schema: { protos: { roots: ["proto"], files: ["no/such.proto"] } } },
    });
    await expect(Promise.resolve(wrong.ready())).rejects.toThrow(FaultsError);
    const config = stageConfig("127.0.0.1:1", "http2");
    const moving = fastify().register(portico, { config, prefix: "/:tenant" });
    await expect(Promise.resolve(moving.ready())).rejects.toThrow(
      'cannot mount the gateway under "/:tenant": its prefix must be a fixed path',
    );
  });

  it("answers what is injected", async () => {
    const { app } = await start("/api");
    const reply = await app.inject({ method: "GET", url: "/api/p/int32/x" });
    const raw = {
      status: reply.statusCode,
      headers: Object.entries(reply.headers).map(([name, value]): [string, string] => [name, String(value)]),
      body: reply.rawPayload,
      trailers: [],
    };
    const { status, body } = checkedAnswer(raw, [], "status");
    const why = 'expected int32, got "x"';
    expect({ status, body }).toEqual({
      status: 400,
      body: statusBody(
        3,
        `cannot read field portico.examples.v1.Kinds.int32_value from text: ${why}`,
        "GW_FIELD_INVALID",
        {
          field: "int32_value",
          description: why,
        },
      ),
    });
  });

  it("has types that Fastify knows", () => {
    expectTypeOf(portico).toExtend<FastifyPluginAsync<PorticoOptions>>();
    expectTypeOf<Parameters<typeof portico>[1]>().toHaveProperty("config");
    expectTypeOf<PorticoOptions["config"]>().toExtend<string | object>();
  });
});

async function bare(answer: Promise<{ status: number; body: unknown }>): Promise<[number, unknown]> {
  const { status, body } = await answer;
  return [status, body];
}

function checkHeader(headers: readonly (readonly [string, string])[], name: string): string | null {
  const values = headers.filter(([candidate]) => candidate === name).map(([, value]) => value);
  return values.length === 0 ? null : values.join(", ");
}

function reasonOf(body: unknown): unknown {
  return (body as { details: { reason?: string }[] }).details[0]?.reason;
}

function portOf(app: FastifyInstance): number {
  return (app.server.address() as AddressInfo).port;
}
