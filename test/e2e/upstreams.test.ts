import { afterEach, describe, expect, it } from "vitest";
import type { ConfigInput } from "../../src/app/index.js";
import { type FakeReply, type FakeUpstream, startFakeUpstream } from "../support/fake-upstream.js";
import { type RunningGateway, startGateway } from "../support/gateway.js";
import { sendRaw } from "../support/raw-http.js";
import { checkedAnswer, e2eOracle, stageConfig, statusBody, transports } from "./support/use-stage.js";

type Options = NonNullable<ConfigInput["upstreams"]>[string];

const good: FakeReply = { messages: [new Uint8Array(0)] };
const down: FakeReply = { status: { code: 14, message: "try another" } };
const pure = { method: "POST", path: "/promises:pure", headers: { "Content-Type": "application/json" }, body: "{}" };
const unsafe = { ...pure, path: "/promises:unsafe" };

describe.each(transports)("two servers behind one upstream on %s", (transport) => {
  const gateways: RunningGateway[] = [];
  const servers: FakeUpstream[] = [];

  afterEach(async () => {
    await Promise.all(gateways.splice(0).map((gateway) => gateway.close()));
    await Promise.all(servers.splice(0).map((server) => server.close()));
  });

  /** A gateway before as many servers as there are answers, by turns; each is connected to. */
  async function start(answers: readonly FakeReply[], options: Partial<Options>): Promise<RunningGateway> {
    for (const answer of answers) {
      const server = await startFakeUpstream(e2eOracle());
      server.answer(answer);
      servers.push(server);
    }
    const base = stageConfig("", transport);
    const target = `ipv4:${servers.map(({ address }) => address).join(",")}`;
    const upstream: Options = { target, transport, deadline: "20s", balancing: "round_robin", ...options };
    const gateway = await startGateway({ ...base, upstreams: { fake: upstream } });
    gateways.push(gateway);
    await expect.poll(() => servers.map((server) => server.connections())).toEqual(answers.map(() => 1));
    // The connections are there; calls go by turns once one has seen both.
    for (let i = 0; servers.some(({ calls }) => calls.length === 0) && i < 1000; i++) await ask(gateway, unsafe);
    for (const [index, answer] of answers.entries()) servers[index]?.answer(answer);
    return gateway;
  }

  async function ask(gateway: RunningGateway, request: typeof pure): Promise<number> {
    const addresses = servers.map(({ address }) => address);
    return checkedAnswer(await sendRaw(gateway, request), addresses, "status").status;
  }

  async function askTimes(gateway: RunningGateway, times: number, request: typeof pure): Promise<number[]> {
    const statuses: number[] = [];
    for (let i = 0; i < times; i++) statuses.push(await ask(gateway, request));
    return statuses;
  }

  const counts = (): number[] => servers.map(({ calls }) => calls.length);

  it("of which one fails: calls that may be repeated are all answered", async () => {
    const gateway = await start([down, good], { retry: { backoff: "1ms" } });
    expect(await askTimes(gateway, 10, pure)).toEqual(Array(10).fill(200));
    const [failed = 0, answered = 0] = counts();
    // By turns: each failure goes on to the other server.
    expect(answered).toBe(10);
    expect(failed).toBeGreaterThanOrEqual(5);
  });

  it("of which one fails: calls that may act twice are made once, and half of them fail", async () => {
    const gateway = await start([down, good], { retry: { backoff: "1ms" } });
    const statuses = await askTimes(gateway, 10, unsafe);
    expect(statuses.sort()).toEqual([...Array(5).fill(200), ...Array(5).fill(503)]);
    expect(counts()).toEqual([5, 5]);
  });

  it("of which one fails: methods are all repeated where the operator says so", async () => {
    const gateway = await start([down, good], { retry: { backoff: "1ms", methods: "all" } });
    expect(await askTimes(gateway, 10, unsafe)).toEqual(Array(10).fill(200));
    expect(counts()[1]).toBe(10);
  });

  it("of which both fail: the budget ends the repeating", async () => {
    const retry = { backoff: "1ms", budget: { tokens: 10, ratio: 0.1 } };
    const gateway = await start([down, down], { retry });
    expect(await askTimes(gateway, 6, pure)).toEqual(Array(6).fill(503));
    // Ten tokens, of which five may be spent: three attempts, two, and then one a call.
    const [a = 0, b = 0] = counts();
    expect(a + b).toBe(3 + 2 + 4);
  });

  it("without retries half of the calls fail", async () => {
    const gateway = await start([down, good], {});
    expect((await askTimes(gateway, 10, pure)).sort()).toEqual([...Array(5).fill(200), ...Array(5).fill(503)]);
  });

  it("read requests in gzip", async () => {
    const gateway = await start([good, good], { compression: "gzip" });
    const text = "a".repeat(1000);
    expect(await ask(gateway, { ...pure, body: JSON.stringify({ text }) })).toBe(200);
    const [call] = servers.flatMap(({ calls }) => calls);
    const oracle = e2eOracle();
    const { input } = oracle.method("portico.e2e.v1.Promises/Pure");
    expect(call?.messages.map((bytes) => oracle.toJson(input, bytes))).toEqual([{ text }]);
  });
});

describe("an address that fails", () => {
  it("gets no calls for a while", async () => {
    const servers = await Promise.all([startFakeUpstream(e2eOracle()), startFakeUpstream(e2eOracle())]);
    const [bad, fine] = servers;
    bad?.answer(down);
    fine?.answer(good);
    const target = `ipv4:${servers.map(({ address }) => address).join(",")}`;
    const gateway = await startGateway({
      ...stageConfig("", "http2"),
      upstreams: {
        fake: { target, balancing: "round_robin", outliers: { consecutiveFailures: 3, ejection: "60s" } },
      },
    });
    const statuses: number[] = [];
    await expect.poll(() => servers.map((server) => server.connections())).toEqual([1, 1]);
    for (let i = 0; i < 40; i++) statuses.push((await sendRaw(gateway, pure)).status);
    expect(bad?.calls.length).toBe(3);
    expect(statuses.filter((status) => status === 503)).toHaveLength(3);
    await gateway.close();
    await Promise.all(servers.map((server) => server.close()));
  });
});

describe.each(transports)("an upstream with as many open calls as it may have, on %s", (transport) => {
  it.each([
    ["a call", "/c/b"],
    ["a stream", "/c/b/watch"],
  ])("is asked nothing more: %s gets 503 and when to try again", async (_what, path) => {
    const server = await startFakeUpstream(e2eOracle());
    server.answer({ ...good, delayMs: 300 });
    const upstream: Options = { target: server.address, transport, maxOpenCalls: 2 };
    const gateway = await startGateway({ ...stageConfig("", transport), upstreams: { fake: upstream } });
    const ask = async (asked: string) => {
      const raw = await sendRaw(gateway, { method: "GET", path: asked });
      return checkedAnswer(raw, [server.address], "status");
    };
    const open = [ask("/c/a"), ask("/c/a/watch")];
    await expect.poll(() => server.calls.length).toBe(2);
    const beyond = await ask(path);
    expect({ status: beyond.status, body: beyond.body, retryAfter: beyond.header("retry-after") }).toEqual({
      status: 503,
      body: statusBody(14, "the upstream service has as many open calls as it may have", "GW_UPSTREAM_OVERLOADED"),
      retryAfter: "1",
    });
    expect((await Promise.all(open)).map(({ status }) => status)).toEqual([200, 200]);
    expect((await ask(path)).status).toBe(200);
    expect(server.calls).toHaveLength(3);
    await gateway.close();
    await server.close();
  });
});
