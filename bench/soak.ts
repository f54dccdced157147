/**
 * A soak of the hop: two million calls against a fast upstream in a child process, some cancelled, some beyond their
 * deadline, some in streams. Every tenth the heap is collected, and resident memory and live heap are printed. Exits 1 if,
 * after the first tenth, the one grows by more than a tenth and 16 MB or the other by more than 2 MB. Without the collection
 * resident memory goes up and down by some 15 MB with the old generation's garbage, once in three million calls.
 *
 *   npm run --silent bench:build && node .tmp/bench/bench/soak.js [--calls N] [--transport http2|grpc-js] [--smoke]
 */
import { parseArgs } from "node:util";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { createUpstream, type Upstream } from "../src/upstream/index.js";
import { startChild } from "./support/child.js";

const { values } = parseArgs({
  options: { calls: { type: "string" }, transport: { type: "string" }, smoke: { type: "boolean", default: false } },
});
const calls = Number(values.calls ?? (values.smoke ? 5000 : 2_000_000));
const transport = values.transport === "grpc-js" ? "grpc-js" : "http2";

const child = await startChild(new URL("./hop/canned-upstream.js", import.meta.url), ["397"]);
const { port } = child;

const upstream = await createUpstream("soak", {
  target: `127.0.0.1:${port}`,
  transport,
  tls: null,
  maxReplyBytes: 1_000_000,
});
const outcomes = new Map<string, number>();
const count = (code: number, origin: string): void => {
  const key = `${code} ${origin}`;
  outcomes.set(key, (outcomes.get(key) ?? 0) + 1);
};

/** One call; most are unary and left alone. */
function callOnce(to: Upstream, number: number, done: () => void): void {
  const request = Buffer.alloc(40);
  const deadline = number % 1000 === 1 ? Date.now() : Date.now() + 30_000;
  const options = { path: "/soak.Soak/Call", metadata: number % 3 === 0 ? ["x-number", String(number)] : [], deadline };
  if (number % 100 === 2) {
    const stream = to.stream(options, {
      header: () => undefined,
      message: () => undefined,
      drain: () => undefined,
      end: (status, _trailer, origin) => {
        count(status.code, origin);
        done();
      },
    });
    stream.write(request);
    stream.closeSend();
    return;
  }
  const call = to.call(request, options, ({ status, origin }) => {
    count(status.code, origin);
    done();
  });
  if (number % 100 === 3) call.cancel();
}

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

/** Resident memory and live heap, in MB. */
function memoryNow(): { readonly rss: number; readonly heap: number } {
  collect();
  const { rss, heapUsed } = process.memoryUsage();
  return { rss: rss / 1e6, heap: heapUsed / 1e6 };
}

let started = 0;
let ended = 0;
const memory: { readonly rss: number; readonly heap: number }[] = [];
await new Promise<void>((resolve) => {
  const next = (): void => {
    callOnce(upstream, started++, () => {
      ended++;
      if (ended % Math.ceil(calls / 10) === 0) {
        const now = memoryNow();
        memory.push(now);
        console.log(`${ended} calls, ${now.rss.toFixed(0)} MB resident, ${now.heap.toFixed(1)} MB of live heap`);
      }
      if (started < calls) next();
      else if (ended === calls) resolve();
    });
  };
  for (let i = 0; i < Math.min(64, calls); i++) next();
});
await upstream.close(Date.now());
await child.stop();
for (const [outcome, times] of outcomes) console.log(`${outcome}: ${times}`);
const [settled = { rss: 0, heap: 0 }] = memory;
const rss = Math.max(...memory.map((each) => each.rss));
const heap = Math.max(...memory.map((each) => each.heap));
const flat = rss <= settled.rss * 1.1 + 16 && heap <= settled.heap + 2;
console.log(
  `${flat ? "flat" : "growing"}: resident ${settled.rss.toFixed(0)} MB after a tenth, ${rss.toFixed(0)} MB at most; live heap ${settled.heap.toFixed(1)} MB, then ${heap.toFixed(1)} MB`,
);
process.exitCode = flat ? 0 : 1;
