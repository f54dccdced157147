import { Metadata as GrpcMetadata, status } from "@grpc/grpc-js";
import { afterEach, describe, expect, it } from "vitest";
import type { Upstream, UpstreamOptions } from "../../src/upstream/index.js";
import { eventually, transports, unary, upstreamTo } from "./support/client.js";
import { type EchoService, type RunningService, startService } from "./support/service.js";

describe.each(transports)("a unary call on %s", (transport) => {
  const open: Upstream[] = [];
  const running: RunningService[] = [];

  afterEach(async () => {
    await Promise.all(open.splice(0).map((upstream) => upstream.close(0)));
    // tryShutdown ends only when no connection is left: a client that leaks one times out here.
    await Promise.all(running.splice(0).map((service) => service.stop()));
  });

  async function serve(service: EchoService = {}, more: Partial<UpstreamOptions> = {}): Promise<Upstream> {
    const server = await startService(service);
    running.push(server);
    const upstream = await upstreamTo(server.target, transport, more);
    open.push(upstream);
    return upstream;
  }

  it.each([0, 1, 5, 16_383, 16_384, 16_385, 100_000, 3_000_000])(
    "carries a request and a reply of %i bytes unchanged",
    async (size) => {
      const upstream = await serve();
      const request = Buffer.alloc(size, "abcdefghijklmnopqrstuvwxyz");
      const end = await unary(upstream, request);
      expect({ ...end, message: null, header: [], trailer: [] }).toEqual({
        status: { code: 0, message: "", details: null },
        message: null,
        header: [],
        trailer: [],
        origin: "upstream",
      });
      expect(Buffer.compare(Buffer.from(end.message ?? []), request)).toBe(0);
    },
  );

  it("carries metadata both ways, bytes as base64, and leaves out what gRPC cannot carry", async () => {
    let seen: Record<string, unknown> = {};
    const upstream = await serve({
      unary(call, callback) {
        seen = call.metadata.toJSON();
        const header = new GrpcMetadata();
        header.add("x-header", "from the header");
        header.add("x-bytes-bin", Buffer.from([1, 2, 255]));
        call.sendMetadata(header);
        const trailer = new GrpcMetadata();
        trailer.add("x-trailer", "from the trailer");
        callback(null, call.request, trailer);
      },
    });
    const end = await unary(upstream, "x", {
      metadata: [
        "x-text",
        "a value",
        "x-list",
        "one",
        "x-list",
        "two",
        "x-bytes-bin",
        "AAEC/w==",
        "x-empty",
        "",
        "x-bad",
        "new\nline",
        "X-Upper",
        "no",
        "te",
        "gzip",
        "grpc-timeout",
        "1n",
        ":path",
        "/other",
        "content-type",
        "text/html",
        "connection",
        "close",
      ],
    });
    expect(Object.fromEntries(Object.entries(seen).filter(([name]) => name.startsWith("x-") || name === "te"))).toEqual(
      {
        "x-text": ["a value"],
        "x-list": ["one, two"],
        "x-bytes-bin": [Buffer.from([0, 1, 2, 255])],
        "x-empty": [""],
      },
    );
    expect(pairs(end.header).filter(([name]) => name !== "date")).toEqual([
      ["x-header", "from the header"],
      ["x-bytes-bin", "AQL/"],
    ]);
    expect(pairs(end.trailer)).toEqual([["x-trailer", "from the trailer"]]);
  });

  it("gives the upstream's status with message, details and trailer", async () => {
    const details = Buffer.from([8, 5, 18, 3, 111, 110, 101]);
    const upstream = await serve({
      unary(_call, callback) {
        const metadata = new GrpcMetadata();
        metadata.add("grpc-status-details-bin", details);
        metadata.add("x-reason", "because");
        callback({ code: status.NOT_FOUND, details: "no böok at 50% off", metadata });
      },
    });
    const end = await unary(upstream, "x");
    expect({ ...end, header: [], trailer: pairs(end.trailer).filter(([name]) => name === "x-reason") }).toEqual({
      status: { code: 5, message: "no böok at 50% off", details },
      message: null,
      header: [],
      trailer: [["x-reason", "because"]],
      origin: "upstream",
    });
  });

  it.each(Array.from({ length: 16 }, (_, i) => i + 1))("gives the upstream's code %i as it is", async (code) => {
    const upstream = await serve({ unary: (_call, callback) => callback({ code, details: `code ${code}` }) });
    const end = await unary(upstream, "x");
    expect({ status: end.status, origin: end.origin }).toEqual({
      status: { code, message: `code ${code}`, details: null },
      origin: "upstream",
    });
  });

  it("keeps the upstream's error after a header apart from its own", async () => {
    const upstream = await serve({
      unary(call, callback) {
        call.sendMetadata(new GrpcMetadata());
        callback({ code: status.UNAVAILABLE, details: "the store is down" });
      },
    });
    const end = await unary(upstream, "x");
    expect({ status: end.status, origin: end.origin }).toEqual({
      status: { code: 14, message: "the store is down", details: null },
      origin: "upstream",
    });
  });

  it("ends at the deadline, tells it to the upstream and cancels there", async () => {
    let remaining = 0;
    let cancelled = false;
    const upstream = await serve({
      unary(call) {
        const deadline = call.getDeadline();
        remaining = Number(deadline) - Date.now();
        call.on("cancelled", () => {
          cancelled = true;
        });
      },
    });
    const from = Date.now();
    const end = await unary(upstream, "x", { deadline: from + 300 });
    const took = Date.now() - from;
    expect({ code: end.status.code, origin: end.origin, message: end.message }).toEqual({
      code: 4,
      origin: "deadline",
      message: null,
    });
    expect(took).toBeGreaterThanOrEqual(290);
    expect(took).toBeLessThan(1500);
    expect(remaining).toBeGreaterThan(0);
    expect(remaining).toBeLessThanOrEqual(300);
    await eventually(() => cancelled, "the upstream sees the cancellation");
  });

  it("ends at once when the deadline has passed already", async () => {
    const upstream = await serve();
    const end = await unary(upstream, "x", { deadline: Date.now() - 1000 });
    expect({ code: end.status.code, origin: end.origin }).toEqual({ code: 4, origin: "deadline" });
  });

  it("takes a call without a deadline, and sends none", async () => {
    let deadline: unknown;
    const upstream = await serve({
      unary(call, callback) {
        deadline = call.getDeadline();
        callback(null, call.request);
      },
    });
    const end = await unary(upstream, "x", { deadline: Number.POSITIVE_INFINITY });
    expect(end.status.code).toBe(0);
    expect(deadline).toBe(Number.POSITIVE_INFINITY);
  });

  it("cancels at the upstream at once, and ends once however often it is cancelled", async () => {
    let arrived = false;
    let cancelled = false;
    const upstream = await serve({
      unary(call) {
        arrived = true;
        call.on("cancelled", () => {
          cancelled = true;
        });
      },
    });
    let ends = 0;
    const end = await new Promise((resolve) => {
      const call = upstream.call(
        Buffer.from("x"),
        { path: "/test.Echo/Unary", metadata: [], deadline: Date.now() + 10_000 },
        (how) => {
          ends++;
          resolve({ code: how.status.code, origin: how.origin });
        },
      );
      eventually(() => arrived, "the call arrives").then(() => {
        call.cancel();
        call.cancel();
      });
    });
    expect(end).toEqual({ code: 1, origin: "cancelled" });
    await eventually(() => cancelled, "the upstream sees the cancellation");
    expect(ends).toBe(1);
  });

  it("cancels before the request has left", async () => {
    const upstream = await serve();
    const end = await unary(upstream, "x", {}, (call) => call.cancel());
    expect({ code: end.status.code, origin: end.origin }).toEqual({ code: 1, origin: "cancelled" });
  });

  it("refuses a reply beyond the limit, with its sizes in the message, and takes one of just the limit", async () => {
    const upstream = await serve({}, { maxReplyBytes: 1000 });
    const within = await unary(upstream, Buffer.alloc(1000));
    expect({ code: within.status.code, size: within.message?.length }).toEqual({ code: 0, size: 1000 });
    const beyond = await unary(upstream, Buffer.alloc(1001));
    expect({ code: beyond.status.code, origin: beyond.origin, message: beyond.message }).toEqual({
      code: 8,
      origin: "limit",
      message: null,
    });
    expect(beyond.status.message).toMatch(/1001.*1000/);
    expect((await unary(upstream, "still works")).status.code).toBe(0);
  });

  it("makes 500 calls at a time and gives each its own answer", async () => {
    const upstream = await serve();
    const ends = await Promise.all(Array.from({ length: 500 }, (_, i) => unary(upstream, `call ${i}`)));
    expect(ends.map((end) => Buffer.from(end.message ?? []).toString())).toEqual(
      Array.from({ length: 500 }, (_, i) => `call ${i}`),
    );
  });
});

function pairs(metadata: readonly string[]): [string, string][] {
  const out: [string, string][] = [];
  for (let i = 0; i < metadata.length; i += 2)
    out.push([metadata[i] ?? "", (metadata[i + 1] ?? "").replace(/=+$/, "")]);
  return out;
}
