import { connect, type Socket } from "node:net";
import { beforeAll, describe, expect, it } from "vitest";
import { type FakeUpstream, startFakeUpstream } from "../support/fake-upstream.js";
import { type RunningGateway, startGateway } from "../support/gateway.js";
import { sendRaw } from "../support/raw-http.js";
import { startProxy, type TestProxy } from "../upstream/support/proxy.js";
import { checkedAnswer, e2eOracle, stageConfig, statusBody, transports, useStage } from "./support/use-stage.js";

/** Longer than any test waits. */
const FOREVER = 60_000;
const hanging = { messages: [{ text: "late" }], delayMs: FOREVER };
const unavailable = statusBody(14, "the upstream service cannot be reached", "GW_UPSTREAM_UNAVAILABLE");
const late = statusBody(4, "the upstream did not answer within the deadline", "GW_DEADLINE_EXCEEDED");

describe.each(transports)("over %s", (transport) => {
  describe("the deadline of a call", () => {
    const stage = useStage({}, transport);

    it.each<[headers: Record<string, string>, least: number, most: number]>([
      [{}, 15_000, 20_000],
      [{ "Grpc-Timeout": "3S" }, 1_000, 3_000],
      [{ "Grpc-Timeout": "99999999u" }, 90_000, 100_000],
      [{ "X-Server-Timeout": "2.5" }, 1_000, 2_500],
      [{ "X-Server-Timeout": "100", "Grpc-Timeout": "3S" }, 1_000, 3_000],
      [{ "Grpc-Timeout": "10H" }, 290_000, 300_000],
      [{ "X-Server-Timeout": "999999999" }, 290_000, 300_000],
    ])("of a request with %j is in %d to %d ms when it comes to the upstream", async (headers, least, most) => {
      expect((await stage.ask({ path: "/c/a", headers })).status).toBe(200);
      const [call] = stage.upstream.calls;
      expect(call?.deadlineMs).toBeGreaterThan(least);
      expect(call?.deadlineMs).toBeLessThanOrEqual(most);
      expect(call?.metadata.get("grpc-timeout")).toEqual([]);
    });

    it.each([{ "Grpc-Timeout": "150m" }, { "X-Server-Timeout": "0.15" }])(
      "passes: a request with %j is 504, and the upstream's call is over",
      async (headers) => {
        const { status, body } = await stage.ask({ path: "/c/a", headers, answer: hanging });
        expect({ status, body }).toEqual({ status: 504, body: late });
        await expect.poll(() => stage.upstream.calls.map((call) => call.state)).toEqual(["cancelled"]);
      },
    );

    it("of nothing is over before anything is sent", async () => {
      const { status, body } = await stage.ask({ path: "/c/a", headers: { "Grpc-Timeout": "0m" } });
      expect({ status, body }).toEqual({ status: 504, body: late });
    });

    it.each<[headers: Record<string, string>, message: string]>([
      [
        { "Grpc-Timeout": "5" },
        'cannot read header grpc-timeout: expected up to 8 digits and one of H, M, S, m, u, n, got "5"',
      ],
      [
        { "Grpc-Timeout": "-5S" },
        'cannot read header grpc-timeout: expected up to 8 digits and one of H, M, S, m, u, n, got "-5S"',
      ],
      [{ "X-Server-Timeout": "soon" }, 'cannot read header x-server-timeout: expected seconds such as 1.5, got "soon"'],
    ])("of a request with %j is refused", async (headers, message) => {
      const { status, body } = await stage.ask({ path: "/c/a", headers });
      expect({ status, body }).toEqual({ status: 400, body: statusBody(3, message, "GW_HEADER_INVALID") });
      expect(await stage.sawAfterAll()).toEqual([]);
    });
  });

  describe("a client that goes away", () => {
    const stage = useStage({}, transport);
    const leave: readonly (readonly [string, (socket: Socket) => void])[] = [
      ["ends its side", (socket) => socket.end()],
      ["closes the connection", (socket) => socket.destroy()],
      ["resets the connection", (socket) => socket.resetAndDestroy()],
    ];

    it.each(leave)("and %s has its call cancelled within 100 ms", async (_how, go) => {
      const times: number[] = [];
      for (let i = 0; i < 5; i++) {
        stage.upstream.answer(hanging);
        const socket = connect(stage.gateway).on("error", () => undefined);
        socket.write("GET /c/a HTTP/1.1\r\nHost: a\r\n\r\n");
        await expect.poll(() => stage.upstream.calls.map((call) => call.state), { interval: 2 }).toEqual(["complete"]);
        const gone = performance.now();
        go(socket);
        await expect.poll(() => stage.upstream.calls.map((call) => call.state), { interval: 2 }).toEqual(["cancelled"]);
        times.push(performance.now() - gone);
      }
      // The middle one: a busy machine may hold up any of them.
      expect(times.sort((a, b) => a - b)[2]).toBeLessThan(100);
    });

    it("before its body is there has none", async () => {
      stage.upstream.answer({ messages: [{}] });
      const socket = connect(stage.gateway).on("error", () => undefined);
      socket.write('POST /c HTTP/1.1\r\nHost: a\r\nContent-Length: 99\r\n\r\n{"text":"a"}');
      await new Promise((resolve) => socket.once("ready", resolve));
      socket.resetAndDestroy();
      expect(await stage.sawAfterAll()).toEqual([]);
    });

    it("leaves the calls of others alone", async () => {
      stage.upstream.answer((call) => (call.messages[0]?.includes(0x61) ? hanging : { messages: [{}], delayMs: 100 }));
      const socket = connect(stage.gateway).on("error", () => undefined);
      socket.write("GET /c/a HTTP/1.1\r\nHost: a\r\n\r\n");
      const other = sendRaw(stage.gateway, { method: "GET", path: "/c/b" });
      await expect.poll(() => stage.upstream.calls.length, { interval: 2 }).toBe(2);
      socket.destroy();
      expect((await other).status).toBe(200);
      await expect.poll(() => stage.upstream.calls.map((call) => call.state).sort()).toEqual(["answered", "cancelled"]);
    });
  });

  describe("an upstream", () => {
    let upstream: FakeUpstream;
    let proxy: TestProxy;
    let gateway: RunningGateway;
    beforeAll(async () => {
      upstream = await startFakeUpstream(e2eOracle());
      proxy = await startProxy(Number(upstream.address.split(":")[1]));
      await proxy.down();
      gateway = await startGateway(stageConfig(proxy.target, transport));
      return async () => {
        await gateway.close();
        await proxy.close();
        await upstream.close();
      };
    });

    const ask = async (headers: Record<string, string> = {}) => {
      const raw = await sendRaw(gateway, { method: "GET", path: "/c/a", headers });
      const { status, body } = checkedAnswer(raw, [upstream.address, proxy.target], "status");
      return { status, body };
    };
    const recovers = () => expect.poll(ask, { timeout: 15_000 }).toEqual({ status: 200, body: { text: "b" } });

    it("that is down at start is 503, and served once it is there", async () => {
      upstream.answer({ messages: [{ text: "b" }] });
      expect(await ask()).toEqual({ status: 503, body: unavailable });
      await proxy.up();
      await recovers();
    });

    it("that dies while it works is 503, and served once it is back", async () => {
      upstream.answer(hanging);
      const answer = ask();
      await expect.poll(() => upstream.calls.map((call) => call.state)).toEqual(["complete"]);
      await proxy.down();
      expect(await answer).toEqual({ status: 503, body: unavailable });
      upstream.answer({ messages: [{ text: "b" }] });
      expect(await ask()).toEqual({ status: 503, body: unavailable });
      await proxy.up();
      await recovers();
    });

    it("that does not speak any more is 504 at the deadline, and served once it does", async () => {
      upstream.answer({ messages: [{ text: "b" }] });
      proxy.freeze();
      expect(await ask({ "Grpc-Timeout": "150m" })).toEqual({ status: 504, body: late });
      proxy.thaw();
      // What was frozen is lost, and with it the connection: it must be given up for a new one.
      await proxy.down();
      await proxy.up();
      await recovers();
    });

    it("tells its address and what went wrong to the log alone", () => {
      expect(gateway.failures.length).toBeGreaterThan(0);
      expect(gateway.failures.join("\n")).toMatch(/ECONNREFUSED|connection|closed/i);
    });
  });
});
