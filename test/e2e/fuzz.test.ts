import { connect } from "node:net";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { Random } from "../codec/support/random.js";
import { randomRequest } from "../fuzz/support/random-request.js";
import { parseReply, type RawReply } from "../support/raw-http.js";
import { leaksOf } from "./support/no-leaks.js";
import { useStage } from "./support/use-stage.js";

const REQUESTS = 1_000;
/** How many are under way at a time. */
const AT_ONCE = 50;

describe("whatever comes on a socket", () => {
  const stage = useStage({ server: { limits: { body: "64KiB", requestTimeout: "100ms" } } });

  it("gets a reply of HTTP, and no more memory is held at the end than at the start", async () => {
    const unhandled: unknown[] = [];
    const onUnhandled = (reason: unknown): void => void unhandled.push(reason);
    process.on("unhandledRejection", onUnhandled);
    const statuses = new Map<number, number>();
    let memory = 0;
    try {
      for (let from = 0; from < REQUESTS; from += AT_ONCE) {
        // The fake keeps what it saw; it forgets it here.
        stage.upstream.answer({ messages: [new Uint8Array(0)] });
        const seeds = Array.from({ length: AT_ONCE }, (_, i) => from + i);
        for (const status of await Promise.all(seeds.map(statusOf))) {
          statuses.set(status, (statuses.get(status) ?? 0) + 1);
        }
        if (from === REQUESTS / 2) memory = heapUsed();
      }
      expect(heapUsed() - memory).toBeLessThan(4 * 1024 * 1024);
    } finally {
      process.off("unhandledRejection", onUnhandled);
    }
    expect(unhandled).toEqual([]);
    expect(stage.gateway.failures).toEqual([]);
    // Each kind of outcome must have been common for the run to say anything.
    for (const status of [200, 400, 404, 405]) expect(statuses.get(status)).toBeGreaterThan(20);
    expect((await stage.ask({ path: "/c/a" })).status).toBe(200);
  });

  /** The status of the reply to the request of a seed. */
  async function statusOf(seed: number): Promise<number> {
    const request = randomRequest(new Random(seed));
    const what = `seed ${seed}: ${JSON.stringify(request.toString("latin1"))}`;
    const reply = await firstReply(request, what);
    const { status } = reply;
    if (status >= 500 && status !== 501) throw new Error(`${what} has status ${status}: ${reply.body.toString()}`);
    expect(leaksOf(reply, [stage.upstream.address]), what).toEqual([]);
    return status;
  }

  /** The first reply on a connection on which these bytes are sent; a connection that ends without is a failure. */
  function firstReply(request: Buffer, what: string): Promise<RawReply> {
    const isHead = /^HEAD /.test(request.toString("latin1"));
    return new Promise((resolve, reject) => {
      const socket = connect(stage.gateway);
      const chunks: Buffer[] = [];
      const settle = (ended: boolean): void => {
        try {
          const bytes = firstOf(Buffer.concat(chunks));
          // What is no request has no method: a refusal of its bytes has a body whatever they began with.
          resolve(parseReply(bytes, isHead && bytes.toString("latin1").endsWith("\r\n\r\n") ? "HEAD" : "GET"));
          socket.destroy();
        } catch (error) {
          // Not whole yet, unless nothing more will come.
          if (ended) reject(new Error(`${what} has no reply: ${Buffer.concat(chunks).toString()}`, { cause: error }));
        }
      };
      socket.on("data", (chunk: Buffer) => {
        chunks.push(chunk);
        settle(false);
      });
      socket.on("error", () => undefined);
      socket.on("close", () => settle(true));
      socket.write(request);
    });
  }
});

/** The first reply alone: a broken request may hold another one, whose reply follows. */
function firstOf(bytes: Buffer): Buffer {
  const starts = [...bytes.toString("latin1").matchAll(/HTTP\/1\.1 (\d)\d\d /g)];
  const final = starts.findIndex(([, digit]) => digit !== "1");
  return bytes.subarray(0, starts[final + 1]?.index ?? bytes.length);
}

/** Bytes in use once the garbage is collected. */
function heapUsed(): number {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  collect();
  return process.memoryUsage().heapUsed;
}
