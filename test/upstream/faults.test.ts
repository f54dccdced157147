import { afterEach, describe, expect, it } from "vitest";
import type { Upstream } from "../../src/upstream/index.js";
import { eventually, transports, unary, upstreamTo } from "./support/client.js";
import { startProxy, type TestProxy } from "./support/proxy.js";
import { type RunningService, startService } from "./support/service.js";

interface Load {
  /** Outcomes so far: code and origin, with their counts. */
  readonly outcomes: Map<string, number>;
  started(): number;
  stop(): Promise<void>;
}

/** Twenty workers that call one after the other, each call with a key of its own. */
function load(upstream: Upstream): Load {
  const outcomes = new Map<string, number>();
  let key = 0;
  let stopped = false;
  const workers = Array.from({ length: 20 }, async () => {
    while (!stopped) {
      const { status, origin } = await unary(upstream, `key ${key++}`, { deadline: Date.now() + 1000 });
      const outcome = `${status.code} ${origin}`;
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
      // An upstream that is down answers at once: let others have a turn.
      if (status.code !== 0) await new Promise((resolve) => setTimeout(resolve, 2));
    }
  });
  return {
    outcomes,
    started: () => key,
    async stop() {
      stopped = true;
      await Promise.all(workers);
    },
  };
}

describe.each(transports)("under load, %s", (transport) => {
  const upstreams: Upstream[] = [];
  const services: RunningService[] = [];
  const proxies: TestProxy[] = [];
  const seen = new Map<string, number>();

  afterEach(async () => {
    await Promise.all(upstreams.splice(0).map((upstream) => upstream.close(0)));
    await Promise.all(proxies.splice(0).map((proxy) => proxy.close()));
    await Promise.all(services.splice(0).map((service) => service.stop()));
    seen.clear();
  });

  async function behindProxy(): Promise<TestProxy> {
    const service = await startService({
      unary(call, callback) {
        const key = call.request.toString();
        seen.set(key, (seen.get(key) ?? 0) + 1);
        setImmediate(() => callback(null, call.request));
      },
    });
    services.push(service);
    const proxy = await startProxy(service.port);
    proxies.push(proxy);
    return proxy;
  }

  async function connect(target: string): Promise<Upstream> {
    const upstream = await upstreamTo(target, transport, { balancing: "round_robin" });
    upstreams.push(upstream);
    upstream.connect();
    return upstream;
  }

  const total = (outcomes: Map<string, number>): number =>
    [...outcomes.values()].reduce((sum, count) => sum + count, 0);
  const twice = (): string[] => [...seen].filter(([, times]) => times > 1).map(([key]) => key);

  it("accounts for every call while the upstream is reset and comes back, three times, and sends none twice", async () => {
    const proxy = await behindProxy();
    const upstream = await connect(proxy.target);
    await eventually(() => upstream.state() === "ready", "it is ready");
    const running = load(upstream);
    for (let i = 0; i < 3; i++) {
      const before = running.outcomes.get("0 upstream") ?? 0;
      await eventually(() => (running.outcomes.get("0 upstream") ?? 0) > before + 50, "calls succeed");
      await proxy.down();
      const failed = running.outcomes.get("14 connection") ?? 0;
      await eventually(() => (running.outcomes.get("14 connection") ?? 0) > failed, "calls fail");
      await proxy.up();
      await eventually(() => upstream.state() === "ready", "the upstream is found again", 2500);
    }
    await running.stop();
    expect([...running.outcomes.keys()].sort()).toEqual(["0 upstream", "14 connection"]);
    expect(total(running.outcomes)).toBe(running.started());
    expect(twice()).toEqual([]);
  });

  it("goes on with two of three upstreams, and takes the third back", async () => {
    const all = await Promise.all([behindProxy(), behindProxy(), behindProxy()]);
    const upstream = await connect(`ipv4:${all.map(({ target }) => target).join(",")}`);
    await eventually(() => all.every((proxy) => proxy.connections() > 0), "all three are connected");
    const running = load(upstream);
    await eventually(() => (running.outcomes.get("0 upstream") ?? 0) > 100, "calls succeed");
    await all[0]?.down();
    const lost = running.outcomes.get("14 connection") ?? 0;
    const before = running.outcomes.get("0 upstream") ?? 0;
    await eventually(() => (running.outcomes.get("0 upstream") ?? 0) > before + 300, "the others serve");
    await all[0]?.up();
    await eventually(() => (all[0]?.connections() ?? 0) > 0, "the third is taken back", 2500);
    await running.stop();
    // What was under way on the lost connection, and no call after it: twenty workers, one call each.
    expect((running.outcomes.get("14 connection") ?? 0) - lost).toBeLessThanOrEqual(20);
    expect([...running.outcomes.keys()].filter((outcome) => !/^(?:0 upstream|14 connection)$/.test(outcome))).toEqual(
      [],
    );
    expect(total(running.outcomes)).toBe(running.started());
    expect(twice()).toEqual([]);
  });

  it("ends calls by their deadline while nothing comes through, and goes on afterwards", async () => {
    const proxy = await behindProxy();
    const upstream = await connect(proxy.target);
    await eventually(() => upstream.state() === "ready", "it is ready");
    const running = load(upstream);
    await eventually(() => (running.outcomes.get("0 upstream") ?? 0) > 50, "calls succeed");
    proxy.freeze();
    await eventually(() => (running.outcomes.get("4 deadline") ?? 0) >= 20, "every worker's call ends");
    proxy.thaw();
    // The bytes that the proxy swallowed are gone: only a new connection can work.
    await proxy.down();
    await proxy.up();
    const before = running.outcomes.get("0 upstream") ?? 0;
    await eventually(() => (running.outcomes.get("0 upstream") ?? 0) > before + 50, "calls succeed again");
    await running.stop();
    expect(total(running.outcomes)).toBe(running.started());
    expect(twice()).toEqual([]);
  });
});
