import { Agent, request } from "node:http";
import { connect } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ConfigInput } from "../../src/app/index.js";
import { stageConfig, transports } from "../e2e/support/use-stage.js";
import { type RunningGateway, startGateway } from "../support/gateway.js";
import { Load, type Outcome } from "./support/load.js";
import { Scene } from "./support/scene.js";

type UpstreamInput = NonNullable<ConfigInput["upstreams"]>[string];

const UNAVAILABLE = /^503 GW_UPSTREAM_UNAVAILABLE$/;
const UNAVAILABLE_OR_LATE = /^(?:503 GW_UPSTREAM_UNAVAILABLE|504 GW_DEADLINE_EXCEEDED)$/;

/**
 * Clients of HTTP in front of a gateway whose upstream has faults. Retries are on, as an operator would have them: calls
 * that may act twice must still be made once.
 */
describe.each(transports)(
  "under load, HTTP requests over %s are each answered rightly or with a clear error",
  (transport) => {
    let scene: Scene;
    let agent: Agent;

    beforeEach(() => {
      scene = new Scene();
      agent = new Agent({ keepAlive: true });
    });

    afterEach(async () => {
      agent.destroy();
      await scene.close();
    });

    async function start(target: string, more: Partial<UpstreamInput> = {}): Promise<RunningGateway> {
      const upstream: UpstreamInput = {
        target,
        transport,
        balancing: "round_robin",
        deadline: "1s",
        retry: { backoff: "10ms" },
        ...more,
      };
      const gateway = await startGateway({ ...stageConfig("", transport), upstreams: { keys: upstream } });
      scene.closeAfter(() => gateway.close());
      return gateway;
    }

    /** POST of a note that the server sends back, to a method that may be called twice (`pure`) or not (`unsafe`). */
    async function post(gateway: RunningGateway, method: "pure" | "unsafe"): Promise<Load> {
      const control = await scene.control();
      return new Load(
        (key) =>
          new Promise<Outcome>((resolve) => {
            const text = JSON.stringify({ text: key });
            const outgoing = request(
              {
                host: gateway.host,
                port: gateway.port,
                path: `/promises:${method}`,
                method: "POST",
                agent,
                headers: { "content-type": "application/json", "content-length": text.length },
              },
              (answer) => {
                const chunks: Buffer[] = [];
                answer.on("data", (chunk) => chunks.push(chunk));
                answer.on("end", () => {
                  const body = Buffer.concat(chunks).toString();
                  if (answer.statusCode === 200) resolve(body === text ? "ok" : "wrong");
                  else resolve(`${answer.statusCode} ${JSON.parse(body).details?.[0]?.reason}`);
                });
              },
            );
            outgoing.on("error", (error) => resolve(`no answer: ${error.message}`));
            outgoing.end(text);
          }),
        control,
      );
    }

    const seen = () => scene.seen();

    it("while the upstream is killed and started again", async () => {
      const server = await scene.server();
      const requests = await post(await start(server.target), "unsafe");
      await requests.warm();
      await server.kill();
      await requests.more("failed", 20);
      await scene.server({ port: server.port });
      await requests.fullSpeed();
      await requests.settle(seen, UNAVAILABLE);
    });

    it("while one of three is killed: those that may be made again are all answered", async () => {
      const servers = [await scene.server(), await scene.server(), await scene.server()];
      const target = `ipv4:${servers.map((server) => server.target).join(",")}`;
      const requests = await post(await start(target), "pure");
      await requests.warm();
      await servers[0]?.kill();
      await requests.more("ok", 500);
      expect(requests.count("failed")).toBe(0);
      await requests.settle(() => onceEach(seen()), /^$/);
    });

    it("while one of three is killed: those that may act twice fail where they were under way, and nowhere else", async () => {
      const servers = [await scene.server(), await scene.server(), await scene.server()];
      const target = `ipv4:${servers.map((server) => server.target).join(",")}`;
      const requests = await post(await start(target), "unsafe");
      await requests.warm();
      await servers[0]?.kill();
      await requests.fullSpeed();
      expect(requests.count("failed")).toBeLessThanOrEqual(16);
      await requests.settle(seen, UNAVAILABLE);
    });

    it("while the upstream ends connections every 100 ms: they move to the next one", async () => {
      const server = await scene.server({ maxConnectionAgeMs: 100 });
      const requests = await post(await start(server.target), "unsafe");
      await requests.more("ok", 1000);
      await requests.settle(seen, /^$/);
    });

    // @grpc/grpc-js has one connection for all, which an upstream may end for its resets: docs/upstreams.md.
    if (transport === "http2") {
      it("while thousands of other clients go away before their answer is there", async () => {
        const server = await scene.server();
        const gateway = await start(server.target);
        const requests = await post(gateway, "unsafe");
        await requests.warm();
        // A client that goes away early enough costs the upstream nothing, so those that have reached it are counted.
        while ((seen().get("none") ?? 0) < 1000) await goAway(gateway, 60);
        await requests.fullSpeed();
        expect(requests.count("failed")).toBe(0);
        await requests.settle(() => withoutGone(seen()), /^$/);
      });
    }

    it("while connections to the upstream are half open, and new ones work", async () => {
      const proxy = await scene.proxy(await scene.server());
      const keepalive = { time: "200ms", timeout: "200ms", permitWithoutCalls: true };
      const requests = await post(await start(proxy.target, { keepalive }), "unsafe");
      await requests.warm();
      proxy.forget();
      await requests.more("failed", 1);
      await requests.fullSpeed();
      await requests.settle(seen, UNAVAILABLE_OR_LATE);
    });

    it("while connections to the upstream are reset in the middle of messages", async () => {
      const proxy = await scene.proxy(await scene.server());
      const requests = await post(await start(proxy.target), "unsafe");
      await requests.warm();
      let octets = 50;
      proxy.resetAfter(() => {
        octets = (octets * 31) % 1009;
        return octets;
      });
      await requests.more("failed", 100);
      proxy.resetAfter(null);
      await requests.fullSpeed();
      await requests.settle(seen, UNAVAILABLE);
    });
  },
);

/** Calls that may be made again may come twice; that they came is what counts. */
function onceEach(seen: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
  return new Map([...seen.keys()].map((key) => [key, 1]));
}

/** Clients that send a request each and reset their connection as soon as the gateway has read it. */
async function goAway(gateway: RunningGateway, count: number): Promise<void> {
  const head = `POST /promises:unsafe HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n`;
  const body = JSON.stringify({ text: "gone" });
  await Promise.all(
    Array.from(
      { length: count },
      () =>
        new Promise<void>((resolve) => {
          const socket = connect(gateway.port, gateway.host, () => {
            socket.write(`${head}content-length: ${body.length}\r\n\r\n${body}`, () => {
              // The upstream takes three milliseconds to answer.
              setTimeout(() => socket.resetAndDestroy(), 1);
            });
          });
          socket.on("error", () => undefined);
          socket.on("close", () => resolve());
        }),
    ),
  );
}

/** Without the calls whose clients went away, which the upstream notes as "none". */
function withoutGone(seen: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
  return new Map([...seen].filter(([key]) => key !== "none"));
}
