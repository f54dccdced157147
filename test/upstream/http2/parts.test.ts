import { afterEach, describe, expect, it, vi } from "vitest";
import { FaultsError } from "../../../src/core/index.js";
import { backoff } from "../../../src/upstream/backoff.js";
import { DeadlineWheel, type Timed } from "../../../src/upstream/http2/deadline-wheel.js";
import { printTimeout } from "../../../src/upstream/http2/request-headers.js";
import { percentDecode } from "../../../src/upstream/http2/rpc-end.js";
import { StreamRing } from "../../../src/upstream/http2/stream-ring.js";
import { isSendable, parseTarget } from "../../../src/upstream/index.js";
import { randomOf } from "../support/random.js";

describe("grpc-timeout", () => {
  it.each([
    [-5, "1m"],
    [0.2, "1m"],
    [1, "1m"],
    [1500, "1500m"],
    [99_999_999, "99999999m"],
    [100_000_000, "100000S"],
    [100_000_001, "100001S"],
    [99_999_999_000, "99999999S"],
    [100_000_000_000, null],
  ])("of %d milliseconds is %s", (left, text) => {
    expect(printTimeout(left)).toBe(text);
  });
});

describe("grpc-message", () => {
  it.each([
    ["plain text", "plain text"],
    ["", ""],
    ["50%25 off", "50% off"],
    ["b%C3%B6k", "bök"],
    ["b%c3%b6k", "bök"],
    ["%2Fnot%2fonly%2Freserved", "/not/only/reserved"],
    ["100%", "100%"],
    ["%zz%4", "%zz%4"],
    ["%E4%BD%A0%E5%A5%BD", "你好"],
    ["%FF", "\ufffd"],
    ["b\u00c3\u00b6k raw", "bök raw"],
  ])("%j is read as %j", (text, expected) => {
    expect(percentDecode(text)).toBe(expected);
  });
});

describe("metadata of a request", () => {
  it.each<[string, string, boolean]>([
    ["x-request-id", "abc", true],
    ["authorization", "Bearer x", true],
    ["grpc-trace-bin", "AAEC", true],
    ["x-bytes-bin", "AAEC/w==", true],
    ["x-bytes-bin", "not base64!", false],
    ["x-text", "caf\u00e9", false],
    ["x-text", "a\r\nb: c", false],
    ["x-text", "a\0", false],
    ["X-Upper", "a", false],
    ["", "a", false],
    [":authority", "a", false],
    ["a b", "a", false],
    ["te", "trailers", false],
    ["grpc-timeout", "1S", false],
    ["transfer-encoding", "chunked", false],
  ])("%j: %j can be sent: %s", (name, value, expected) => {
    expect(isSendable(name, value)).toBe(expected);
  });
});

describe("a target", () => {
  const tcp = (host: string, port: number): unknown => ({ kind: "tcp", host, port });
  it.each<[string, unknown]>([
    ["localhost:50051", { kind: "dns", host: "localhost", port: 50051 }],
    ["dns:svc.example:80", { kind: "dns", host: "svc.example", port: 80 }],
    ["dns:///svc.example:80", { kind: "dns", host: "svc.example", port: 80 }],
    ["127.0.0.1:1", { kind: "fixed", addresses: [tcp("127.0.0.1", 1)] }],
    ["dns:///127.0.0.1:1", { kind: "fixed", addresses: [tcp("127.0.0.1", 1)] }],
    ["[::1]:1", { kind: "fixed", addresses: [tcp("::1", 1)] }],
    ["ipv4:10.0.0.1:1,10.0.0.2:2", { kind: "fixed", addresses: [tcp("10.0.0.1", 1), tcp("10.0.0.2", 2)] }],
    ["ipv6:[::1]:1,[fe80::2]:2", { kind: "fixed", addresses: [tcp("::1", 1), tcp("fe80::2", 2)] }],
    ["unix:/run/a.sock", { kind: "fixed", addresses: [{ kind: "unix", path: "/run/a.sock" }] }],
    ["unix:///run/a.sock", { kind: "fixed", addresses: [{ kind: "unix", path: "/run/a.sock" }] }],
    ["unix:a.sock", { kind: "fixed", addresses: [{ kind: "unix", path: "a.sock" }] }],
  ])("%s is read", (text, expected) => {
    expect(parseTarget("echo", text)).toEqual(expected);
  });

  it.each([
    ["localhost", "expected host:port, dns:///host:port, unix:/path, ipv4:… or ipv6:…"],
    ["localhost:0", "expected host:port, dns:///host:port, unix:/path, ipv4:… or ipv6:…"],
    ["localhost:65536", "expected host:port, dns:///host:port, unix:/path, ipv4:… or ipv6:…"],
    ["http://localhost:80", "expected host:port, dns:///host:port, unix:/path, ipv4:… or ipv6:…"],
    ["", "expected host:port, dns:///host:port, unix:/path, ipv4:… or ipv6:…"],
    ["unix:", "expected unix:/path"],
    ["dns://8.8.8.8/a:1", "a DNS server of its own is not supported: use dns:///host:port"],
    ["ipv4:10.0.0.1:1,::1:2", 'expected ipv4 addresses with ports, got "::1:2"'],
    ["ipv6:10.0.0.1:1", 'expected ipv6 addresses with ports, got "10.0.0.1:1"'],
  ])("%j is refused", (text, reason) => {
    const message = `cannot read target ${JSON.stringify(text)}: ${reason}`;
    expect(() => parseTarget("echo", text)).toThrow(
      new FaultsError([{ file: null, line: null, column: null, subject: "upstreams.echo.target", message }]),
    );
  });
});

describe("backoff", () => {
  it("grows to 0.8 s and stays within a fifth of its base, so within a second", () => {
    const bases = [100, 160, 256, 409.6, 655.36, 800, 800, 800];
    for (let run = 0; run < 100; run++) {
      bases.forEach((base, i) => {
        const delay = backoff(i + 1);
        expect(delay).toBeGreaterThanOrEqual(base * 0.8 - 0.001);
        expect(delay).toBeLessThanOrEqual(base * 1.2 + 0.001);
      });
    }
  });
});

describe("the ring of streams", () => {
  it("finds each open stream by its id, whatever opens and closes around long ones", () => {
    const random = randomOf(11);
    const ring = new StreamRing<{ id: number }>();
    const open = new Map<number, { id: number }>();
    const closed: number[] = [];
    let lastId = -1;
    for (let step = 0; step < 20_000; step++) {
      // Mostly a few, at times many, and every hundredth stays for good.
      const many = Math.floor(step / 2000) % 2 === 1 ? 500 : 20;
      if (open.size < many && random.int(2) === 0) {
        const stream = { id: 0 };
        ring.open(stream);
        expect(stream.id % 2).toBe(1);
        expect(stream.id).toBeGreaterThan(lastId);
        lastId = stream.id;
        open.set(stream.id, stream);
      } else {
        const id = [...open.keys()].filter((key) => key % 200 !== 1)[random.int(20)];
        const stream = id === undefined ? undefined : open.get(id);
        if (id === undefined || stream === undefined) continue;
        ring.close(stream);
        expect(stream.id).toBe(0);
        open.delete(id);
        closed.push(id);
      }
      if (step % 97 === 0) {
        for (const [id, stream] of open) expect(ring.get(id)).toBe(stream);
        for (const id of closed.slice(-50)) {
          expect(ring.get(id)).toBe(null);
          expect(ring.isIdle(id)).toBe(false);
        }
        expect(ring.isIdle(lastId + 2)).toBe(true);
        expect(ring.active).toBe(open.size);
        expect(new Set(ring.all())).toEqual(new Set(open.values()));
      }
    }
  });

  it("has no ids left before 2^31", () => {
    const ring = new StreamRing<{ id: number }>(2 ** 31 - 9);
    const ids: number[] = [];
    while (ring.hasIds) {
      const stream = { id: 0 };
      ring.open(stream);
      ids.push(stream.id);
      ring.close(stream);
    }
    expect(ids.length).toBeGreaterThan(0);
    expect(Math.max(...ids)).toBeLessThan(2 ** 31);
  });
});

describe("the wheel of deadlines", () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  it("expires each entry once, never early and at most two ticks late, near and far", () => {
    vi.useFakeTimers({ now: 1_700_000_000_003 });
    const random = randomOf(13);
    const wheel = new DeadlineWheel();
    const late: number[] = [];
    let removed = 0;
    for (let i = 0; i < 2000; i++) {
      const deadline = Date.now() + 1 + random.int(i % 10 === 0 ? 30_000 : 3000);
      const entry: Timed = {
        deadline,
        wheelSlot: -1,
        wheelNext: null,
        wheelPrevious: null,
        expire: () => late.push(Date.now() - deadline),
      };
      wheel.add(entry);
      if (random.int(3) === 0) {
        wheel.remove(entry);
        wheel.remove(entry);
        removed++;
      }
      if (i % 50 === 0) vi.advanceTimersByTime(random.int(40));
    }
    vi.advanceTimersByTime(40_000);
    expect(late.length).toBe(2000 - removed);
    expect(Math.min(...late)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...late)).toBeLessThanOrEqual(16);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("takes entries that come and go while others expire", () => {
    vi.useFakeTimers({ now: 1_700_000_000_000 });
    const wheel = new DeadlineWheel();
    const order: string[] = [];
    const make = (name: string, deadline: number, more: () => void = () => undefined): Timed => ({
      deadline,
      wheelSlot: -1,
      wheelNext: null,
      wheelPrevious: null,
      expire() {
        order.push(name);
        more();
      },
    });
    const at = Date.now() + 100;
    const second = make("second", at);
    const third = make("third", at, () => {
      wheel.remove(second);
      wheel.add(make("later", at + 50));
    });
    wheel.add(make("first", at));
    wheel.add(second);
    wheel.add(third);
    vi.advanceTimersByTime(1000);
    expect(order).toEqual(["third", "first", "later"]);
    expect(vi.getTimerCount()).toBe(0);
  });
});
