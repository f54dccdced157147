import dns from "node:dns";
import { copyFileSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Upstream, UpstreamOptions } from "../../src/upstream/index.js";
import { eventually, transports, unary, upstreamTo } from "../upstream/support/client.js";
import { Load } from "./support/load.js";
import { Scene } from "./support/scene.js";

const certs = join(import.meta.dirname, "..", "upstream", "certs");
const pem = (name: string): string => join(certs, `${name}.pem`);

/** What a caller is told of a connection that is not there or was lost, and of its own deadline. */
const LOST = /^14 connection$/;
/** node:http2 resets the streams of a session that it destroys with NO_ERROR, which PROTOCOL-HTTP2.md maps to INTERNAL. */
const DROPPED = /^(?:14 connection|13 protocol)$/;
const LOST_OR_LATE = /^(?:14 connection|4 deadline)$/;

describe.each(transports)(
  "under load, calls over %s are each right or a clear error, and none is made twice,",
  (transport) => {
    let scene: Scene;

    beforeEach(() => {
      scene = new Scene();
    });

    afterEach(async () => {
      vi.restoreAllMocks();
      syncBuiltinESMExports();
      await scene.close();
    });

    async function connect(target: string, more: Partial<UpstreamOptions> = {}): Promise<Upstream> {
      const upstream = await upstreamTo(target, transport, { balancing: "round_robin", ...more });
      scene.closeAfter(() => upstream.close(0));
      upstream.connect();
      await eventually(() => upstream.state() === "ready", "it is ready");
      return upstream;
    }

    /** Calls whose request and reply are `size` octets. */
    async function load(upstream: Upstream, { size = 100, deadline = 1000 } = {}): Promise<Load> {
      const control = await scene.control();
      return new Load(async (key) => {
        const request = Buffer.from(`${key} `.padEnd(size, "x"));
        const { status, origin, message } = await unary(upstream, request, {
          path: "/portico.e2e.v1.Promises/Unsafe",
          deadline: Date.now() + deadline,
        });
        if (status.code !== 0) return `${status.code} ${origin}`;
        return message !== null && request.equals(message) ? "ok" : "wrong";
      }, control);
    }

    const seen = () => scene.seen();

    it("while the upstream is killed and started again, twice", async () => {
      let server = await scene.server();
      const calls = await load(await connect(server.target));
      await calls.warm();
      for (let round = 0; round < 2; round++) {
        await server.kill();
        await calls.more("failed", 20);
        server = await scene.server({ port: server.port });
        await calls.fullSpeed();
      }
      await calls.settle(seen, LOST);
    });

    it("while one of three is killed and started again; no call but those under way there fails", async () => {
      const servers = [await scene.server(), await scene.server(), await scene.server()];
      const upstream = await connect(`ipv4:${servers.map(({ target }) => target).join(",")}`);
      const calls = await load(upstream);
      await calls.warm();
      const [first] = servers;
      await first?.kill();
      await calls.fullSpeed();
      await calls.more("ok", 200);
      expect(calls.count("failed")).toBeLessThanOrEqual(16);
      await scene.server(first === undefined ? {} : { port: first.port });
      await calls.fullSpeed();
      await calls.settle(seen, LOST);
    });

    it("while the upstream ends connections every 100 ms: they move to the next one", async () => {
      const server = await scene.server({ maxConnectionAgeMs: 100 });
      const calls = await load(await connect(server.target));
      await calls.more("ok", 2000);
      await calls.settle(seen, /^$/);
    });

    it("while it also drops the calls of those connections; no call but those under way there fails", async () => {
      const server = await scene.server({ maxConnectionAgeMs: 100, graceMs: 1 });
      const calls = await load(await connect(server.target));
      const from = performance.now();
      await calls.more("ok", 2000);
      const connections = 1 + Math.ceil((performance.now() - from) / 100);
      expect(calls.count("failed")).toBeGreaterThan(0);
      expect(calls.count("failed")).toBeLessThanOrEqual(16 * connections);
      await calls.settle(seen, DROPPED);
    });

    it("while connections are half open, and new ones work", async () => {
      const proxy = await scene.proxy(await scene.server());
      const keepalive = { time: 200, timeout: 200, permitWithoutCalls: true };
      const calls = await load(await connect(proxy.target, { keepalive }));
      await calls.warm();
      proxy.forget();
      await calls.more("failed", 1);
      await calls.fullSpeed();
      await calls.settle(seen, LOST_OR_LATE);
    });

    it("while the network stands still for a while", async () => {
      const proxy = await scene.proxy(await scene.server());
      const calls = await load(await connect(proxy.target), { deadline: 400 });
      await calls.warm();
      proxy.stall();
      await calls.more("failed", 48);
      proxy.flow();
      await calls.fullSpeed();
      await calls.settle(seen, LOST_OR_LATE);
    });

    it.each([
      ["reads", { toService: 50_000, toClient: Number.POSITIVE_INFINITY }],
      ["writes", { toService: Number.POSITIVE_INFINITY, toClient: 50_000 }],
    ])("while the upstream %s slowly, without holding more than some megabytes", async (_what, rates) => {
      const proxy = await scene.proxy(await scene.server());
      const calls = await load(await connect(proxy.target), { size: 50_000, deadline: 500 });
      await calls.warm();
      const before = process.memoryUsage().arrayBuffers;
      proxy.throttle(rates);
      await calls.more("failed", 48);
      expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(32_000_000);
      proxy.flow();
      await calls.fullSpeed();
      await calls.settle(seen, LOST_OR_LATE);
    });

    it("while connections are reset in the middle of messages", async () => {
      const proxy = await scene.proxy(await scene.server());
      const calls = await load(await connect(proxy.target), { size: 20_000 });
      await calls.warm();
      let octets = 5_000;
      proxy.resetAfter(() => {
        octets = (octets * 7919) % 300_007;
        return octets;
      });
      await calls.more("failed", 100);
      proxy.resetAfter(null);
      await calls.fullSpeed();
      await calls.settle(seen, LOST);
    });

    it("while the upstream's certificate and authority are exchanged", async () => {
      const ca = join(scene.folder, "ca.pem");
      copyFileSync(pem("ca-cert"), ca);
      const old = await scene.server({ tls: [pem("server-cert"), pem("server-key")] });
      const calls = await load(await connect(old.target, { tls: { ca, cert: null, key: null, serverName: null } }));
      await calls.warm();
      copyFileSync(pem("rotated-cert"), ca);
      await old.kill();
      await calls.more("failed", 1);
      await scene.server({ port: old.port, tls: [pem("rotated-cert"), pem("rotated-key")] });
      await calls.fullSpeed();
      await calls.settle(seen, LOST);
    });

    it("while its name gets another address and the old one is gone", async () => {
      const old = await scene.server();
      await scene.server({ host: "127.0.0.2", port: old.port });
      let address = "127.0.0.1";
      // Both transports ask Node's resolver: what it answers is exchanged, and nothing of theirs.
      vi.spyOn(dns.promises, "lookup").mockImplementation((async () => [{ address, family: 4 }]) as never);
      syncBuiltinESMExports();
      const calls = await load(await connect(`dns:///service.test:${old.port}`, { dnsRefresh: 100 }));
      await calls.warm();
      address = "127.0.0.2";
      await old.kill();
      await calls.fullSpeed();
      await calls.settle(seen, LOST);
    });
  },
);
