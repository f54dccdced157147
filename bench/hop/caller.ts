/**
 * One transport under measurement, in a process of its own: what another leaves on the heap would be counted here. Its
 * argument is a CallerSetup in JSON; each message is a number of calls, answered with a Cost.
 */
import { giveBack } from "../../src/core/index.js";
import { createUpstream, type UpstreamOptions } from "../../src/upstream/index.js";

/** What is called, and how. */
export interface CallerSetup {
  readonly port: number;
  readonly transport: "http2" | "grpc-js";
  /** Sizes in bytes. */
  readonly request: number;
  readonly reply: number;
  readonly concurrency: number;
  readonly metadata: readonly string[];
}

/** Microseconds a call: CPU of the process, user and system, and time on the wall. */
export interface Cost {
  readonly cpu: number;
  readonly wall: number;
}

const setup = JSON.parse(process.argv[2] ?? "{}") as CallerSetup;
const options: UpstreamOptions = {
  target: `127.0.0.1:${setup.port}`,
  transport: setup.transport,
  tls: null,
  maxReplyBytes: 4_194_304,
};
const upstream = await createUpstream("bench", options);

async function measure(calls: number): Promise<Cost> {
  const request = Buffer.alloc(setup.request, 1);
  const cpu = process.cpuUsage();
  const from = performance.now();
  await new Promise<void>((resolve, reject) => {
    let started = 0;
    let ended = 0;
    const next = (): void => {
      started++;
      upstream.call(
        request,
        { path: "/bench.Hop/Call", metadata: setup.metadata, deadline: Date.now() + 10_000 },
        ({ status, message }) => {
          if (status.code !== 0 || message?.length !== setup.reply) {
            reject(new Error(`a call ended with code ${status.code}: ${status.message}`));
            return;
          }
          giveBack(message);
          ended++;
          if (started < calls) next();
          else if (ended === calls) resolve();
        },
      );
    };
    for (let i = 0; i < Math.min(setup.concurrency, calls); i++) next();
  });
  const wall = performance.now() - from;
  const used = process.cpuUsage(cpu);
  return { cpu: (used.user + used.system) / calls, wall: (wall * 1000) / calls };
}

process.on("message", (calls: number) => {
  void measure(calls).then((cost) => process.send?.(cost));
});
process.on("disconnect", () => process.exit(0));
