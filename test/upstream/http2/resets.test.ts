import { afterEach, describe, expect, it, vi } from "vitest";
import { ErrorCode } from "../../../src/upstream/http2/errors.js";
import { ResetBudget } from "../../../src/upstream/http2/reset-budget.js";
import type { Call, Upstream } from "../../../src/upstream/index.js";
import { eventually, type Recorder, record, unary } from "../support/client.js";
import { raw, service, upstream } from "../support/http2-upstream.js";
import {
  block,
  DATA,
  endsRequest,
  frame,
  GOAWAY,
  HEADERS,
  type RawConnection,
  RST_STREAM,
  reply,
  settings,
  uint32,
  WINDOW_UPDATE,
} from "../support/raw-server.js";

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Makes calls and cancels each of them when it is on its way to the upstream: so many a turn, so many in all. */
async function rapidly(made: Upstream, count: number, atOnce: number, request = "cancelled"): Promise<void> {
  for (let done = 0; done < count; done += atOnce) {
    const calls: Call[] = [];
    const ends = Array.from({ length: atOnce }, () => unary(made, request, {}, (call) => calls.push(call)));
    await turn();
    await turn();
    for (const call of calls) call.cancel();
    for (const { origin } of await Promise.all(ends)) expect(origin).toBe("cancelled");
  }
}

/** Others' calls, one after the other in eight rows, until they are stopped; gives how they ended. */
function others(made: Upstream): { stop(): Promise<ReadonlyMap<string, number>> } {
  let going = true;
  const outcomes = new Map<string, number>();
  const rows = Array.from({ length: 8 }, async () => {
    while (going) {
      const { status, origin } = await unary(made, "x");
      const outcome = `${status.code} ${origin}`;
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    }
  });
  return {
    async stop() {
      going = false;
      await Promise.all(rows);
      return outcomes;
    },
  };
}

/**
 * A server that ends a connection at the 201st reset, as Netty's do for 30 s, and counts. Requests that say "cancelled" get
 * no answer.
 */
async function strict(more: { readonly settings?: Buffer } = {}) {
  const resets = new Map<RawConnection, number>();
  let cancelled = 0;
  const server = await raw({
    ...more,
    connected: (connection) => connection.send(frame(WINDOW_UPDATE, 0, 0, uint32(2 ** 30))),
    received(connection, got) {
      if (got.type === RST_STREAM) {
        const count = (resets.get(connection) ?? 0) + 1;
        resets.set(connection, count);
        if (count > 200) {
          connection.send(frame(GOAWAY, 0, 0, uint32(got.id, ErrorCode.ENHANCE_YOUR_CALM)));
          connection.socket.end();
        }
      }
      if (!endsRequest(got)) return;
      if (got.payload.includes("cancelled")) cancelled++;
      else connection.send(reply(got.id));
    },
  });
  return {
    target: server.target,
    connections: server.connections,
    /** Calls that it got and that were cancelled, or will be. */
    cancelled: () => cancelled,
    refuse: () => server.refuse(),
    open: () => server.connections.filter(({ closed }) => !closed).length,
    resets: () => [...resets.values()],
  };
}

describe("clients that cancel thousands of calls", () => {
  it("end no call of others on a server of grpc-js, whose HTTP/2 ends connections after a thousand resets", async () => {
    const running = await service({
      unary(call, callback) {
        if (call.request.toString() !== "cancelled") setTimeout(() => callback(null, call.request), 5);
      },
    });
    const made = upstream(running.target);
    const long = record(made, { deadline: Number.POSITIVE_INFINITY });
    long.stream.write(Buffer.from("begins"));
    await long.until(({ messages }) => messages.length === 1);
    const calls = others(made);
    await rapidly(made, 5000, 20);
    expect([...(await calls.stop()).keys()]).toEqual(["0 upstream"]);
    long.stream.write(Buffer.from("goes on"));
    long.stream.closeSend();
    await long.until(({ end }) => end !== null);
    expect({ messages: long.messages, code: long.end?.status.code }).toEqual({
      messages: ["begins", "goes on"],
      code: 0,
    });
  });

  it("end no call of others on a server that ends connections at the 201st reset, and cost it few connections", async () => {
    const server = await strict();
    const made = upstream(server.target);
    await unary(made, "first");
    const calls = others(made);
    const from = performance.now();
    await rapidly(made, 5000, 20);
    const pauses = (performance.now() - from) / 50;
    expect([...(await calls.stop()).keys()]).toEqual(["0 upstream"]);
    expect(Math.max(...server.resets())).toBeLessThan(200);
    // Calls that could not be reset are not begun: none runs on but of the round in which the last reset was used.
    const resets = server.resets().reduce((sum, count) => sum + count, 0);
    expect(server.cancelled() - resets).toBeLessThan(20 * server.connections.length);
    // One for each twentieth of a second at most, and those before are gone.
    expect(server.connections.length).toBeLessThanOrEqual(pauses + 3);
    await eventually(() => server.open() === 1, "all but one are closed");
  });

  it("are told to the upstream at once as long as it takes that, and end with their connection after that", async () => {
    const server = await strict();
    const made = upstream(server.target);
    const first = await unary(made, "first");
    expect(first.status.code).toBe(0);
    await rapidly(made, 40, 20);
    await eventually(() => server.resets()[0] === 40, "forty resets are there");
    expect(server.connections.length).toBe(1);
    await rapidly(made, 160, 80);
    await eventually(() => server.connections.length === 2, "another connection is opened");
    await eventually(() => server.connections[0]?.closed === true, "the first one ends, and all calls with it");
    expect(server.connections[0]?.goAway()).toBe(ErrorCode.NO_ERROR);
    expect(server.resets()[0]).toBe(100);
    expect((await unary(made, "last")).status.code).toBe(0);
  });

  it("leave a connection to those whose calls go on there, and not to new ones", async () => {
    const server = await strict();
    const made = upstream(server.target);
    await unary(made, "first");
    const long = record(made);
    await turn();
    await turn();
    await rapidly(made, 60, 20);
    await eventually(() => server.connections.length === 2, "another connection is opened");
    for (let i = 0; i < 10; i++) await unary(made, "x");
    const [one, other] = server.connections.map(({ frames }) => frames.filter(endsRequest).length);
    expect({ one, other }).toEqual({ one: 61, other: 10 });
    long.stream.closeSend();
    await long.until(({ end }) => end !== null);
    expect(long.end?.status.code).toBe(0);
    await eventually(() => server.connections[0]?.closed === true, "the first one is closed behind its last call");
  });

  it("cannot open connections without end by streams that stay", async () => {
    const server = await strict();
    const made = upstream(server.target);
    await unary(made, "first");
    const streams: Recorder[] = [];
    const stay = async (): Promise<void> => {
      streams.push(record(made, { deadline: Number.POSITIVE_INFINITY }));
      await rapidly(made, 100, 100);
    };
    for (let count = 2; count <= 9; count++) {
      await stay();
      const newest = (): RawConnection | undefined => server.connections[count - 1];
      await eventually(() => newest() !== undefined, `there are ${count} connections`);
      // It is in use once a call comes over it.
      const limit = Date.now() + 5000;
      while (newest()?.frames.some(endsRequest) !== true && Date.now() < limit) await unary(made, "x");
    }
    for (let i = 0; i < 20; i++) await stay();
    // Eight that drain, and eight in use, which abandon what they cannot reset; one on its way.
    expect(server.open()).toBeLessThanOrEqual(17);
    expect((await unary(made, "x")).status.code).toBe(0);
    expect(Math.max(...server.resets())).toBeLessThan(200);
    for (const { end } of streams) expect(end).toBe(null);
    for (const { stream } of streams) stream.closeSend();
    await Promise.all(streams.map((recorder) => recorder.until(({ end }) => end !== null)));
    await eventually(() => server.open() === 1, "all but one are closed");
  });

  it("cannot fill the places of an upstream that allows a hundred calls a connection", async () => {
    const server = await strict({ settings: settings([3, 100]) });
    const made = upstream(server.target);
    await unary(made, "first");
    const calls = others(made);
    const from = performance.now();
    while (performance.now() - from < 1500) {
      const started: Call[] = [];
      const ends = Array.from({ length: 50 }, () => unary(made, "cancelled", {}, (call) => started.push(call)));
      await turn();
      await turn();
      for (const call of started) call.cancel();
      await Promise.all(ends);
    }
    const outcomes = await calls.stop();
    expect([...outcomes.keys()]).toEqual(["0 upstream"]);
    expect(Math.max(...server.resets())).toBeLessThan(200);
    expect(server.connections.length).toBeLessThanOrEqual((performance.now() - from) / 50 + 3);
  });

  it("are reset one by one where no other connection can be opened; the calls of others go on", async () => {
    const server = await strict();
    const made = upstream(server.target);
    await unary(made, "first");
    await server.refuse();
    await rapidly(made, 120, 30);
    await eventually(() => server.resets()[0] === 100, "a hundred resets are there");
    for (let i = 0; i < 10; i++) expect((await unary(made, "x")).status.code).toBe(0);
    await eventually(() => (server.resets()[0] ?? 0) >= 102, "two more follow");
    expect(server.resets()[0]).toBeLessThan(110);
  });
});

describe("what a server says of a call whose reset has to wait", () => {
  it("is taken by nobody, frees its place, and harms no other call", async () => {
    const open: number[] = [];
    const server = await raw({
      received(connection, got) {
        if (!endsRequest(got)) return;
        if (got.payload.includes("cancelled")) open.push(got.id);
        else connection.send(reply(got.id));
      },
    });
    const made = upstream(server.target);
    await unary(made, "first");
    const [connection] = server.connections;
    // Another call stays, so that the connection does.
    const long = record(made);
    await turn();
    await turn();
    await rapidly(made, 130, 65);
    await eventually(() => open.length === 130, "all requests are there");
    const resets = connection?.frames.filter(({ type }) => type === RST_STREAM).map(({ id }) => id) ?? [];
    const abandoned = open.filter((id) => !resets.includes(id));
    expect(abandoned.length).toBeGreaterThanOrEqual(29);
    const answers = [
      (id: number) => reply(id),
      (id: number) => frame(HEADERS, 0x5, id, block([":status", "200"], ["grpc-status", "4"])),
      (id: number) => frame(RST_STREAM, 0, id, uint32(ErrorCode.REFUSED_STREAM)),
      (id: number) => frame(DATA, 0, id, "00"),
      (id: number) => frame(WINDOW_UPDATE, 0, id, uint32(1000)),
      (id: number) => frame(HEADERS, 0x4, id, block([":status", "200"], ["content-type", "text/html"])),
    ];
    abandoned.forEach((id, index) => {
      connection?.send((answers[index % answers.length] as (id: number) => Buffer)(id));
    });
    long.stream.closeSend();
    await long.until(({ end }) => end !== null);
    expect(long.end?.status.code).toBe(0);
    expect((await unary(made, "last")).status.code).toBe(0);
  });
});

describe("the budget of resets", () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  it("has a hundred at once and some three a second, and never above two hundred in thirty seconds", () => {
    vi.useFakeTimers({ now: 0, toFake: ["performance"] });
    const budget = new ResetBudget();
    const at: number[] = [];
    let opened = 1_000_000;
    for (let now = 0; now < 90_000; now += 10) {
      while (budget.take(opened)) at.push(now);
      vi.advanceTimersByTime(10);
      opened += 100;
    }
    expect(at.filter((time) => time === 0).length).toBe(100);
    expect(at.length).toBe(100 + Math.floor(89_990 / 334));
    for (const [i, time] of at.entries()) {
      expect(at[i + 200] ?? Number.POSITIVE_INFINITY).toBeGreaterThan(time + 30_000);
    }
  });

  it("is worn when half of it is used, and new again when that has come back", () => {
    vi.useFakeTimers({ now: 0, toFake: ["performance"] });
    const budget = new ResetBudget();
    for (let i = 0; i < 50; i++) budget.take(1_000_000);
    expect(budget.worn(1_000_000)).toBe(false);
    budget.take(1_000_000);
    expect(budget.worn(1_000_000)).toBe(true);
    vi.advanceTimersByTime(40_000);
    budget.take(1_000_000);
    expect(budget.worn(1_000_000)).toBe(false);
  });

  it("never lets half of a connection's calls be resets, once they are 240", () => {
    vi.useFakeTimers({ now: 0, toFake: ["performance"] });
    const budget = new ResetBudget();
    const slowly = (opened: number): boolean => {
      vi.advanceTimersByTime(1000);
      return budget.take(opened);
    };
    for (let i = 0; i < 199; i++) expect(slowly(i)).toBe(true);
    expect(budget.worn(199)).toBe(false);
    expect(slowly(200)).toBe(true);
    expect(budget.worn(400)).toBe(true);
    expect(budget.worn(401)).toBe(false);
    for (let i = 0; i < 40; i++) expect(slowly(400)).toBe(true);
    expect(slowly(480)).toBe(false);
    expect(slowly(481)).toBe(true);
  });
});
