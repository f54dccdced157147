import { Metadata as GrpcMetadata, type handleUnaryCall, type ServerDuplexStream } from "@grpc/grpc-js";
import { afterEach, describe, expect, it } from "vitest";
import type { Upstream, UpstreamOptions, UpstreamRetry } from "../../src/upstream/index.js";
import { eventually, record, transports, unary, upstreamTo } from "./support/client.js";
import { type RunningService, startService } from "./support/service.js";

const policy: UpstreamRetry = {
  codes: [14, 10],
  attempts: 3,
  initialBackoff: 5,
  maxBackoff: 20,
  perTryTimeout: Number.POSITIVE_INFINITY,
};

describe.each(transports)("retries on %s", (transport) => {
  const upstreams: Upstream[] = [];
  const services: RunningService[] = [];
  /** The grpc-previous-rpc-attempts that came with each attempt; null without. */
  const attempts: (string | null)[] = [];

  afterEach(async () => {
    await Promise.all(upstreams.splice(0).map((upstream) => upstream.close(0)));
    await Promise.all(services.splice(0).map((service) => service.stop()));
    attempts.length = 0;
  });

  async function serve(answer: handleUnaryCall<Buffer, Buffer>, more: Partial<UpstreamOptions>): Promise<Upstream> {
    const service = await startService({
      unary(call, callback) {
        attempts.push(call.metadata.get("grpc-previous-rpc-attempts")[0]?.toString() ?? null);
        answer(call, callback);
      },
    });
    services.push(service);
    const upstream = await upstreamTo(service.target, transport, more);
    upstreams.push(upstream);
    return upstream;
  }

  const fail = (code: number, pushback?: string): handleUnaryCall<Buffer, Buffer> => {
    const metadata = new GrpcMetadata();
    if (pushback !== undefined) metadata.add("grpc-retry-pushback-ms", pushback);
    return (_call, callback) => callback({ code, details: `attempt ${attempts.length}`, metadata });
  };

  it("make a call again until it succeeds, and tell the upstream how often it was made", async () => {
    const upstream = await serve(
      (call, callback) => (attempts.length < 3 ? fail(14)(call, callback) : callback(null, call.request)),
      { retry: policy },
    );
    const end = await unary(upstream, "x");
    expect({ code: end.status.code, message: end.message?.toString(), attempts }).toEqual({
      code: 0,
      message: "x",
      attempts: [null, "1", "2"],
    });
  });

  it("end after the last attempt with its status", async () => {
    const upstream = await serve(fail(14), { retry: policy });
    const end = await unary(upstream, "x");
    expect({ status: end.status, origin: end.origin, attempts }).toEqual({
      status: { code: 14, message: "attempt 3", details: null },
      origin: "upstream",
      attempts: [null, "1", "2"],
    });
  });

  it("leave codes alone that the policy does not name", async () => {
    const upstream = await serve(fail(13), { retry: policy });
    expect((await unary(upstream, "x")).status.code).toBe(13);
    expect(attempts).toEqual([null]);
  });

  it("do not happen without a policy", async () => {
    const upstream = await serve(fail(14), {});
    expect((await unary(upstream, "x")).status.code).toBe(14);
    expect(attempts).toEqual([null]);
  });

  it("do not repeat an answer that breaks a limit", async () => {
    const upstream = await serve((call, callback) => callback(null, call.request), {
      retry: { ...policy, codes: [8, 13, 14] },
      maxReplyBytes: 10,
    });
    expect((await unary(upstream, "more than ten bytes")).origin).toBe("limit");
    expect(attempts).toEqual([null]);
  });

  it("wait as long as the upstream asks for", async () => {
    const times: number[] = [];
    const upstream = await serve(
      (call, callback) => {
        times.push(performance.now());
        if (attempts.length < 2) fail(14, "150")(call, callback);
        else callback(null, call.request);
      },
      { retry: policy },
    );
    expect((await unary(upstream, "x")).status.code).toBe(0);
    expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(145);
  });

  it.each(["-1", "soon"])("stop when the upstream asks for it with %j", async (pushback) => {
    const upstream = await serve(fail(14, pushback), { retry: policy });
    expect((await unary(upstream, "x")).status.code).toBe(14);
    expect(attempts).toEqual([null]);
  });

  it("give up an attempt that takes longer than an attempt may, and make the next", async () => {
    const upstream = await serve(
      (call, callback) => {
        if (attempts.length > 1) callback(null, call.request);
      },
      { retry: { ...policy, perTryTimeout: 100 } },
    );
    expect((await unary(upstream, "x")).status.code).toBe(0);
    expect(attempts).toEqual([null, "1"]);
  });

  it("do not begin a pause that would go beyond the deadline", async () => {
    const upstream = await serve(fail(14, "60000"), { retry: policy });
    const from = performance.now();
    expect((await unary(upstream, "x", { deadline: Date.now() + 5000 })).status.code).toBe(14);
    expect(performance.now() - from).toBeLessThan(4000);
    expect(attempts).toEqual([null]);
  });

  it("are no more once the upstream fails too often, and are again when it answers", async () => {
    let failing = true;
    const upstream = await serve(
      (call, callback) => (failing ? fail(14)(call, callback) : callback(null, call.request)),
      { retry: { ...policy, initialBackoff: 1, maxBackoff: 1 } },
    );
    for (let i = 0; i < 20; i++) await unary(upstream, "x");
    attempts.length = 0;
    for (let i = 0; i < 10; i++) await unary(upstream, "x");
    expect(attempts.length).toBe(10);
    failing = false;
    // A tenth of a token each: back above half of the hundred.
    for (let i = 0; i < 200; i++) await unary(upstream, "x");
    failing = true;
    attempts.length = 0;
    await unary(upstream, "x");
    expect(attempts.length).toBeGreaterThan(1);
  });

  it("end once when the call is cancelled in a pause", async () => {
    const upstream = await serve(fail(14, "5000"), { retry: policy });
    const ends: unknown[] = [];
    const call = upstream.call(
      Buffer.from("x"),
      { path: "/test.Echo/Unary", metadata: [], deadline: Date.now() + 10_000 },
      (end) => ends.push({ code: end.status.code, origin: end.origin }),
    );
    await eventually(() => attempts.length === 1, "the first attempt");
    await new Promise((resolve) => setTimeout(resolve, 50));
    call.cancel();
    call.cancel();
    await eventually(() => ends.length > 0, "the call ends");
    await new Promise((resolve) => setImmediate(resolve));
    expect(ends).toEqual([{ code: 1, origin: "cancelled" }]);
  });

  it("begin anew for an upstream that comes up meanwhile", async () => {
    const service = await startService();
    await service.stop();
    const upstream = await upstreamTo(service.target, transport, {
      retry: { ...policy, attempts: 5, initialBackoff: 400, maxBackoff: 800 },
    });
    upstreams.push(upstream);
    const call = unary(upstream, "x");
    await eventually(() => upstream.state() === "failing", "the first attempt fails");
    services.push(await startService({}, service.target));
    expect((await call).status.code).toBe(0);
  });
});

describe.each(transports)("retries of streams on %s", (transport) => {
  const upstreams: Upstream[] = [];
  const services: RunningService[] = [];
  const attempts: (string | null)[] = [];

  afterEach(async () => {
    await Promise.all(upstreams.splice(0).map((upstream) => upstream.close(0)));
    await Promise.all(services.splice(0).map((service) => service.stop()));
    attempts.length = 0;
  });

  type Answer = (call: ServerDuplexStream<Buffer, Buffer>) => void;

  async function serve(answer: Answer, more: Partial<UpstreamRetry> = {}): Promise<Upstream> {
    const service = await startService({
      stream(call) {
        attempts.push(call.metadata.get("grpc-previous-rpc-attempts")[0]?.toString() ?? null);
        answer(call);
      },
    });
    services.push(service);
    const upstream = await upstreamTo(service.target, transport, { retry: { ...policy, ...more } });
    upstreams.push(upstream);
    return upstream;
  }

  const fail: Answer = (call) => call.emit("error", { code: 14, details: `attempt ${attempts.length}` });
  const echo: Answer = (call) => {
    call.on("data", (bytes: Buffer) => call.write(bytes));
    call.on("end", () => call.end());
  };

  it("send the messages again that were sent, and those that come meanwhile", async () => {
    const upstream = await serve((call) => (attempts.length < 3 ? fail(call) : echo(call)), {
      initialBackoff: 50,
      maxBackoff: 50,
    });
    const recorder = record(upstream);
    recorder.stream.write(Buffer.from("one"));
    await eventually(() => attempts.length === 1, "the first attempt arrives");
    recorder.stream.write(Buffer.from("two"));
    recorder.stream.closeSend();
    await recorder.until((r) => r.end !== null);
    expect({ messages: recorder.messages, code: recorder.end?.status.code, attempts }).toEqual({
      messages: ["one", "two"],
      code: 0,
      attempts: [null, "1", "2"],
    });
  });

  it("end after the last attempt with its status", async () => {
    const recorder = record(await serve(fail));
    recorder.stream.closeSend();
    await recorder.until((r) => r.end !== null);
    expect({ status: recorder.end?.status, attempts: attempts.length }).toEqual({
      status: { code: 14, message: "attempt 3", details: null },
      attempts: 3,
    });
  });

  it("are no more once the answer has begun", async () => {
    const upstream = await serve((call) => {
      call.write(Buffer.from("something"));
      setImmediate(() => fail(call));
    });
    const recorder = record(upstream);
    await recorder.until((r) => r.end !== null);
    expect({ messages: recorder.messages, code: recorder.end?.status.code, attempts: attempts.length }).toEqual({
      messages: ["something"],
      code: 14,
      attempts: 1,
    });
  });

  it("are no more once more was sent than is kept", async () => {
    let got = 0;
    const upstream = await serve((call) => {
      call.on("data", (bytes: Buffer) => {
        got += bytes.length;
        if (got === 100_000) fail(call);
      });
    });
    const recorder = record(upstream);
    for (let i = 0; i < 10; i++) recorder.stream.write(Buffer.alloc(10_000));
    await recorder.until((r) => r.end !== null);
    expect({ code: recorder.end?.status.code, attempts: attempts.length, got }).toEqual({
      code: 14,
      attempts: 1,
      got: 100_000,
    });
  });

  it("end once when the stream is cancelled in a pause, and hold back what is sent in one", async () => {
    const upstream = await serve(fail, { initialBackoff: 10_000, maxBackoff: 10_000 });
    const recorder = record(upstream, { deadline: Date.now() + 60_000 });
    await eventually(() => attempts.length === 1, "the first attempt arrives");
    await eventually(() => !recorder.stream.write(Buffer.alloc(1000)), "the stream holds back");
    recorder.stream.cancel();
    recorder.stream.cancel();
    await recorder.until((r) => r.end !== null);
    expect({ origin: recorder.end?.origin, attempts: attempts.length }).toEqual({ origin: "cancelled", attempts: 1 });
  });

  it("wait as long as the upstream asks for", async () => {
    const metadata = new GrpcMetadata();
    metadata.add("grpc-retry-pushback-ms", "-1");
    const recorder = record(await serve((call) => call.emit("error", { code: 14, details: "no", metadata })));
    await recorder.until((r) => r.end !== null);
    expect(attempts.length).toBe(1);
  });
});

describe.each(transports)("a limit on open calls on %s", (transport) => {
  it("ends the calls beyond it at once, and takes new ones when others have ended", async () => {
    const answers: (() => void)[] = [];
    const service = await startService({
      unary(call, callback) {
        answers.push(() => callback(null, call.request));
      },
    });
    const upstream = await upstreamTo(service.target, transport, { maxOpenCalls: 2 });
    const stream = record(upstream);
    const call = unary(upstream, "first");
    await eventually(() => answers.length === 1, "the call arrives");

    const beyond = await unary(upstream, "beyond");
    expect({ code: beyond.status.code, origin: beyond.origin }).toEqual({ code: 14, origin: "overload" });
    const beyondStream = record(upstream);
    await beyondStream.until((r) => r.end !== null);
    expect(beyondStream.end?.status.code).toBe(14);
    expect(answers.length).toBe(1);

    stream.stream.closeSend();
    await stream.until((r) => r.end !== null);
    const second = unary(upstream, "second");
    await eventually(() => answers.length === 2, "the next call arrives");
    for (const answer of answers) answer();
    expect([(await call).status.code, (await second).status.code]).toEqual([0, 0]);
    await upstream.close(0);
    await service.stop();
  });
});
