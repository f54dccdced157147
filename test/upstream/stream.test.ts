import { Metadata as GrpcMetadata, status } from "@grpc/grpc-js";
import { afterEach, describe, expect, it } from "vitest";
import type { Upstream, UpstreamOptions } from "../../src/upstream/index.js";
import { eventually, record, transports, upstreamTo } from "./support/client.js";
import { type EchoService, type RunningService, startService } from "./support/service.js";

describe.each(transports)("a stream on %s", (transport) => {
  const open: Upstream[] = [];
  const running: RunningService[] = [];

  afterEach(async () => {
    await Promise.all(open.splice(0).map((upstream) => upstream.close(0)));
    await Promise.all(running.splice(0).map((service) => service.stop()));
  });

  async function serve(service: EchoService = {}, more: Partial<UpstreamOptions> = {}): Promise<Upstream> {
    const server = await startService(service);
    running.push(server);
    const upstream = await upstreamTo(server.target, transport, more);
    open.push(upstream);
    return upstream;
  }

  it("carries messages both ways in order, also empty ones, and ends with the status", async () => {
    const recorder = record(await serve());
    const messages = ["one", "", "three", "x".repeat(70_000), "five"];
    for (const message of messages) recorder.stream.write(Buffer.from(message));
    recorder.stream.closeSend();
    await recorder.until((r) => r.end !== null);
    expect(recorder.messages).toEqual(messages);
    // The message "OK" is what grpc-js's server sends with a stream's status 0.
    expect(recorder.end).toEqual({
      status: { code: 0, message: "OK", details: null },
      trailer: [],
      origin: "upstream",
    });
  });

  it("answers each message while the stream is open", async () => {
    const recorder = record(await serve());
    for (let i = 1; i <= 5; i++) {
      recorder.stream.write(Buffer.from(`message ${i}`));
      await recorder.until((r) => r.messages.length === i);
    }
    recorder.stream.closeSend();
    await recorder.until((r) => r.end !== null);
    expect(recorder.messages).toEqual(["message 1", "message 2", "message 3", "message 4", "message 5"]);
  });

  it("gives the header before any message is there", async () => {
    const recorder = record(
      await serve({
        stream(call) {
          const metadata = new GrpcMetadata();
          metadata.add("x-early", "yes");
          call.sendMetadata(metadata);
          call.on("data", () => call.end());
        },
      }),
    );
    await recorder.until((r) => r.header !== null);
    expect(recorder.header?.filter((_, i, all) => all[i - (i % 2)] === "x-early")).toEqual(["x-early", "yes"]);
    expect(recorder.end).toBe(null);
    recorder.stream.write(Buffer.from("end"));
    await recorder.until((r) => r.end !== null);
    expect(recorder.end?.status.code).toBe(0);
  });

  it("gives the messages before an error, then the error with its trailer", async () => {
    const recorder = record(
      await serve({
        stream(call) {
          call.write(Buffer.from("first"));
          call.write(Buffer.from("second"));
          const metadata = new GrpcMetadata();
          metadata.add("x-reason", "tired");
          metadata.add("grpc-status-details-bin", Buffer.from([1, 2, 3]));
          // Once the messages are on their way, so that grpc-js's server does not overtake them.
          setImmediate(() => call.emit("error", { code: status.ABORTED, details: "stopped half way", metadata }));
        },
      }),
    );
    await recorder.until((r) => r.end !== null);
    expect(recorder.messages).toEqual(["first", "second"]);
    expect(recorder.end).toEqual({
      status: { code: 10, message: "stopped half way", details: Buffer.from([1, 2, 3]) },
      trailer: ["x-reason", "tired"],
      origin: "upstream",
    });
  });

  it("holds a fast upstream back while paused, and loses nothing", async () => {
    const count = 400;
    const size = 64 * 1024;
    let written = 0;
    const recorder = record(
      await serve({
        stream(call) {
          const more = (): void => {
            while (written < count) {
              written++;
              if (!call.write(Buffer.alloc(size, written % 256))) {
                call.once("drain", more);
                return;
              }
            }
            call.end();
          };
          more();
        },
      }),
    );
    recorder.stream.pause();
    await eventually(() => written > 0, "the upstream writes");
    let last = -1;
    // The upstream stands still once every window is full: nothing written between two looks, 100 ms apart.
    while (last !== written) {
      last = written;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    expect(written).toBeLessThan(count);
    expect(recorder.messages).toEqual([]);
    recorder.stream.resume();
    await recorder.until((r) => r.end !== null);
    expect({ messages: recorder.messages.length, bytes: recorder.bytes, code: recorder.end?.status.code }).toEqual({
      messages: count,
      bytes: count * size,
      code: 0,
    });
    expect(recorder.messages.map((message) => message.charCodeAt(size - 1))).toEqual(
      Array.from({ length: count }, (_, i) => (i + 1) % 256),
    );
  });

  it("delivers and sends tens of thousands of tiny messages without delay", async () => {
    const count = 20_000;
    let received = 0;
    const recorder = record(
      await serve({
        stream(call) {
          call.on("data", () => received++);
          call.on("end", () => call.end());
        },
      }),
      { deadline: Date.now() + 18_000 },
    );
    for (let i = 0; i < count; i++) recorder.stream.write(Buffer.alloc(0));
    recorder.stream.closeSend();
    await recorder.until((r) => r.end !== null);
    expect({ received, code: recorder.end?.status.code }).toEqual({ received: count, code: 0 });
  });

  it("can pause and resume at each message", async () => {
    const recorder = record(
      await serve({
        stream(call) {
          for (let i = 0; i < 20; i++) call.write(Buffer.from(`${i}`));
          call.end();
        },
      }),
    );
    for (let i = 1; i <= 20; i++) {
      recorder.stream.pause();
      const before = recorder.messages.length;
      await new Promise((resolve) => setImmediate(resolve));
      expect(recorder.messages.length).toBe(before);
      recorder.stream.resume();
      await recorder.until((r) => r.messages.length >= i);
    }
    await recorder.until((r) => r.end !== null);
    expect(recorder.messages).toEqual(Array.from({ length: 20 }, (_, i) => `${i}`));
  });

  it("answers false to a write that a slow upstream does not take, and drains when it does", async () => {
    let reading: (() => void) | null = null;
    let received = 0;
    const recorder = record(
      await serve({
        stream(call) {
          call.pause();
          reading = () => call.resume();
          call.on("data", (message: Buffer) => {
            received += message.length;
          });
          call.on("end", () => call.end());
        },
      }),
    );
    await eventually(() => reading !== null, "the call arrives");
    const chunk = Buffer.alloc(64 * 1024);
    let sent = 0;
    let stuck = false;
    while (!stuck && sent < 64 * 1024 * 1024) {
      const drains = recorder.drains;
      const room = recorder.stream.write(chunk);
      sent += chunk.length;
      if (!room) {
        const limit = Date.now() + 300;
        while (recorder.drains === drains && Date.now() < limit) await new Promise((resolve) => setImmediate(resolve));
        stuck = recorder.drains === drains;
      }
    }
    expect(stuck).toBe(true);
    expect(sent).toBeLessThan(32 * 1024 * 1024);
    const drains = recorder.drains;
    (reading as (() => void) | null)?.();
    await recorder.until((r) => r.drains > drains);
    recorder.stream.closeSend();
    await recorder.until((r) => r.end !== null);
    expect({ received, code: recorder.end?.status.code }).toEqual({ received: sent, code: 0 });
  });

  it("cancels at the upstream at once, and tells nothing more after it", async () => {
    let cancelled = false;
    const recorder = record(
      await serve({
        stream(call) {
          call.write(Buffer.from("first"));
          call.on("cancelled", () => {
            cancelled = true;
          });
        },
      }),
    );
    await recorder.until((r) => r.messages.length === 1);
    recorder.stream.cancel();
    recorder.stream.cancel();
    await recorder.until((r) => r.end !== null);
    await eventually(() => cancelled, "the upstream sees the cancellation");
    expect({ code: recorder.end?.status.code, origin: recorder.end?.origin }).toEqual({ code: 1, origin: "cancelled" });
    expect(recorder.stream.write(Buffer.from("late"))).toBe(true);
    recorder.stream.closeSend();
    recorder.stream.resume();
  });

  it("ends at the deadline between messages", async () => {
    const recorder = record(await serve({ stream: (call) => call.write(Buffer.from("first")) }), {
      deadline: Date.now() + 300,
    });
    await recorder.until((r) => r.end !== null);
    expect(recorder.messages).toEqual(["first"]);
    expect({ code: recorder.end?.status.code, origin: recorder.end?.origin }).toEqual({ code: 4, origin: "deadline" });
  });

  it("ends a stream with a message beyond the limit", async () => {
    const recorder = record(
      await serve(
        {
          stream(call) {
            call.write(Buffer.alloc(1000, "a"));
            call.write(Buffer.alloc(1001, "b"));
            call.write(Buffer.alloc(1000, "c"));
          },
        },
        { maxReplyBytes: 1000 },
      ),
    );
    await recorder.until((r) => r.end !== null);
    expect(recorder.messages.filter((message) => !message.startsWith("a"))).toEqual([]);
    expect({ code: recorder.end?.status.code, origin: recorder.end?.origin }).toEqual({ code: 8, origin: "limit" });
  });

  it("runs 100 streams at a time, each with its own messages", async () => {
    const upstream = await serve();
    const recorders = Array.from({ length: 100 }, () => record(upstream));
    for (let round = 0; round < 5; round++) {
      recorders.forEach((recorder, i) => {
        recorder.stream.write(Buffer.from(`stream ${i}, message ${round}`));
      });
    }
    for (const recorder of recorders) recorder.stream.closeSend();
    await Promise.all(recorders.map((recorder) => recorder.until((r) => r.end !== null)));
    recorders.forEach((recorder, i) => {
      expect(recorder.messages).toEqual(Array.from({ length: 5 }, (_, round) => `stream ${i}, message ${round}`));
    });
  });
});
