import { describe, expect, it } from "vitest";
import type { Upstream } from "../../../src/upstream/index.js";
import { eventually, type Recorder, record, unary } from "../support/client.js";
import { raw, service, upstream } from "../support/http2-upstream.js";
import { startProxy } from "../support/proxy.js";
import { block, DATA, endsRequest, frame, HEADERS, reply } from "../support/raw-server.js";

/** Services that count their calls, behind one target. */
async function counted(count: number): Promise<{ readonly counts: number[]; readonly target: string }> {
  const counts = Array.from({ length: count }, () => 0);
  const started = await Promise.all(
    counts.map((_, which) =>
      service({
        unary(call, callback) {
          counts[which] = (counts[which] ?? 0) + 1;
          callback(null, call.request);
        },
      }),
    ),
  );
  return { counts, target: `ipv4:${started.map(({ target }) => target).join(",")}` };
}

/** Makes calls one after the other until each service was called: every address is connected by then. */
async function warm(made: Upstream, counts: number[]): Promise<void> {
  made.connect();
  await eventually(() => made.state() === "ready", "an address is ready");
  const limit = Date.now() + 5000;
  while (Math.min(...counts) === 0 && Date.now() < limit) await unary(made, "x");
  counts.fill(0);
}

describe("balancing", () => {
  it("round_robin goes over the addresses in turns", async () => {
    const { counts, target } = await counted(3);
    const made = upstream(target, { balancing: "round_robin" });
    await warm(made, counts);
    for (let i = 0; i < 30; i++) await unary(made, "x");
    expect(counts).toEqual([10, 10, 10]);
  });

  it("least_request leaves an address with open calls alone", async () => {
    const held: (() => void)[] = [];
    let slow = 0;
    let fast = 0;
    const first = await service({
      unary(call, callback) {
        slow++;
        held.push(() => callback(null, call.request));
      },
    });
    const second = await service({
      unary(call, callback) {
        fast++;
        callback(null, call.request);
      },
    });
    const made = upstream(`ipv4:${first.target},${second.target}`);
    made.connect();
    await eventually(() => made.state() === "ready", "an address is ready");
    const open: Promise<unknown>[] = [];
    const limit = Date.now() + 5000;
    while (slow === 0 && Date.now() < limit) {
      const before = fast;
      open.push(unary(made, "x"));
      await eventually(() => slow > 0 || fast > before, "a service is called");
    }
    fast = 0;
    for (let i = 0; i < 40; i++) await unary(made, "x");
    expect({ slow, fast }).toEqual({ slow: 1, fast: 40 });
    for (const answer of held) answer();
    await Promise.all(open);
  });

  it("pick_first stays with the first address that works", async () => {
    const { counts, target } = await counted(2);
    const closed = await startProxy(1);
    await closed.close();
    const made = upstream(`ipv4:${closed.target},${target.slice("ipv4:".length)}`, { balancing: "pick_first" });
    made.connect();
    await eventually(() => made.state() === "ready", "the second address is ready");
    for (let i = 0; i < 20; i++) await unary(made, "x");
    expect(counts).toEqual([20, 0]);
  });
});

describe("pick_first", () => {
  it("goes on to the next address while the first one takes its time", async () => {
    const silent = await raw({ silent: true });
    const good = await service();
    const made = upstream(`ipv4:${silent.target},${good.target}`, { balancing: "pick_first", connectTimeout: 5000 });
    const from = performance.now();
    expect((await unary(made, "x")).status.code).toBe(0);
    const took = performance.now() - from;
    expect(took).toBeGreaterThan(200);
    expect(took).toBeLessThan(2500);
  });

  it("tries no other address while the first one works", async () => {
    const { counts, target } = await counted(2);
    const made = upstream(target, { balancing: "pick_first" });
    for (let i = 0; i < 10; i++) await unary(made, "x");
    expect(counts).toEqual([10, 0]);
  });
});

describe("outliers", () => {
  const outliers = { consecutiveFailures: 3, ejection: 1500, maxShare: 0.5 };

  /** Services that fail or not, as `failing` says, and count their calls. */
  async function moody(count: number): Promise<{ counts: number[]; failing: boolean[]; made: Upstream }> {
    const counts = Array.from({ length: count }, () => 0);
    const failing = counts.map(() => false);
    const started = await Promise.all(
      counts.map((_, which) =>
        service({
          unary(call, callback) {
            counts[which] = (counts[which] ?? 0) + 1;
            if (failing[which] === true) callback({ code: 14, details: "not now" });
            else callback(null, call.request);
          },
        }),
      ),
    );
    const target = `ipv4:${started.map(({ target: each }) => each).join(",")}`;
    const made = upstream(target, { balancing: "round_robin", outliers });
    await warm(made, counts);
    return { counts, failing, made };
  }

  it("get no calls after failures in a row, and are tried again later", async () => {
    const { counts, failing, made } = await moody(3);
    failing[1] = true;
    const codes: number[] = [];
    for (let i = 0; i < 30; i++) codes.push((await unary(made, "x")).status.code);
    expect({ failed: codes.filter((code) => code !== 0).length, atTheFailing: counts[1] }).toEqual({
      failed: 3,
      atTheFailing: 3,
    });
    failing[1] = false;
    const limit = Date.now() + 8000;
    while (counts[1] === 3 && Date.now() < limit) expect((await unary(made, "x")).status.code).toBe(0);
    expect(counts[1]).toBeGreaterThan(3);
  });

  it("are as many as the share allows, and the others keep their calls", async () => {
    const { counts, failing, made } = await moody(3);
    failing.fill(true);
    for (let i = 0; i < 30; i++) await unary(made, "x");
    // Half of three is one: two go on.
    expect(counts.filter((count) => count === 3).length).toBe(1);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(30);
  });

  it("are those too that answer with an error of HTTP, with a body or without", async () => {
    for (const body of [frame(DATA, 1, 1, Buffer.from("<p>Bad Gateway</p>")), Buffer.alloc(0)]) {
      let asked = 0;
      const bad = await raw({
        received(connection, got) {
          if (!endsRequest(got)) return;
          asked++;
          const headers = block([":status", "502"], ["content-type", "text/html"]);
          connection.send(frame(HEADERS, body.length > 0 ? 0x4 : 0x5, got.id, headers));
          if (body.length > 0) connection.send(frame(DATA, 1, got.id, body.subarray(9)));
        },
      });
      const good = await raw({
        received(connection, got) {
          if (endsRequest(got)) connection.send(reply(got.id));
        },
      });
      const made = upstream(`ipv4:${bad.target},${good.target}`, { balancing: "round_robin", outliers });
      made.connect();
      await eventually(() => bad.connections.length + good.connections.length === 2, "both are connected");
      let failed = 0;
      for (let i = 0; i < 30; i++) if ((await unary(made, "x")).status.code !== 0) failed++;
      expect({ failed, asked }).toEqual({ failed: 3, asked: 3 });
    }
  });

  it("are none where there is one address only", async () => {
    const { counts, failing, made } = await moody(1);
    failing.fill(true);
    for (let i = 0; i < 10; i++) await unary(made, "x");
    expect(counts).toEqual([10]);
  });
});

describe("names", () => {
  it("are resolved again: calls move to new addresses, and finish on the old ones", async () => {
    const answers: (() => void)[] = [];
    const old = await service({
      unary(call, callback) {
        answers.push(() => callback(null, Buffer.from("old")));
        if (call.request.toString() !== "slow") answers.pop()?.();
      },
    });
    const { port } = old;
    const fresh = await service(
      { unary: (_call, callback) => callback(null, Buffer.from("new")) },
      `127.0.0.2:${port}`,
    );
    expect(fresh.port).toBe(port);
    let addresses = ["127.0.0.1"];
    const made = upstream(`dns:///svc.test:${port}`, { dnsRefresh: 20 }, { lookup: async () => addresses });
    expect((await unary(made, "x")).message?.toString()).toBe("old");
    const slow = unary(made, "slow");
    await eventually(() => answers.length === 1, "the slow call arrives");
    addresses = ["127.0.0.2"];
    let last = "";
    const limit = Date.now() + 5000;
    while (last !== "new" && Date.now() < limit) {
      const end = await unary(made, "x");
      expect(end.status.code).toBe(0);
      last = end.message?.toString() ?? "";
    }
    expect(last).toBe("new");
    answers[0]?.();
    expect((await slow).message?.toString()).toBe("old");
  });

  it("that change twice leave no call behind that the upstream's end does not end", async () => {
    const services = [await service()];
    const { port } = services[0] as { port: number };
    services.push(await service({}, `127.0.0.2:${port}`), await service({}, `127.0.0.3:${port}`));
    let address = "127.0.0.1";
    let lookups = 0;
    const lookup = async (): Promise<string[]> => {
      lookups++;
      return [address];
    };
    const made = upstream(`dns:///svc.test:${port}`, { dnsRefresh: 20 }, { lookup });
    const streams: Recorder[] = [];
    for (const next of ["127.0.0.2", "127.0.0.3", null]) {
      const recorder = record(made, { deadline: Number.POSITIVE_INFINITY });
      recorder.stream.write(Buffer.from("x"));
      await recorder.until(({ messages }) => messages.length === 1);
      streams.push(recorder);
      if (next === null) break;
      const before = lookups;
      address = next;
      await eventually(() => lookups > before + 2, "the name is looked up again");
    }
    await made.close(0);
    expect(streams.map(({ end }) => end?.origin)).toEqual(["cancelled", "cancelled", "cancelled"]);
  });

  it("are resolved again when their address fails, without waiting for the refresh", async () => {
    const running = await service();
    let lookups = 0;
    const made = upstream(
      `dns:///svc.test:${running.port}`,
      { dnsRefresh: 1_000_000 },
      { lookup: async () => (lookups++ === 0 ? ["127.0.0.9"] : ["127.0.0.1"]) },
    );
    expect((await unary(made, "x")).status.code).toBe(14);
    await eventually(() => made.state() === "ready", "the new address is found", 4000);
    expect((await unary(made, "x")).status.code).toBe(0);
  });

  it("that fail to resolve keep the addresses that were known", async () => {
    const running = await service();
    let lookups = 0;
    const lookup = async (): Promise<string[]> => {
      if (lookups++ > 0) throw new Error("SERVFAIL");
      return ["127.0.0.1"];
    };
    const made = upstream(`dns:///svc.test:${running.port}`, { dnsRefresh: 5 }, { lookup });
    expect((await unary(made, "x")).status.code).toBe(0);
    await eventually(() => lookups > 2, "the name is resolved again");
    expect((await unary(made, "x")).status.code).toBe(0);
  });
});
