/**
 * A soak of the hop: two million calls against a fast upstream in a child process, some cancelled, some beyond their
 * deadline, some in streams. Prints resident memory as it goes; exits 1 if, after the first tenth, it grows by more than a
 * tenth and 16 MB.
 *
 *   npm run --silent bench:build && node .tmp/bench/bench/soak.js [--calls N] [--transport http2|grpc-js] [--smoke]
 */
import { parseArgs } from "node:util";
import { createUpstream, type Upstream } from "../src/upstream/index.js";
import { startChild } from "./support/child.js";

const { values } = parseArgs({
  options: { calls: { type: "string" }, transport: { type: "string" }, smoke: { type: "boolean", default: false } },
});
const calls = Number(values.calls ?? (values.smoke ? 5000 : 2_000_000));
const transport = values.transport === "grpc-js" ? "grpc-js" : "http2";

const child = await startChild(new URL("./hop/canned-upstream.js", import.meta.url), ["397"]);
const { port } = child;

const upstream = createUpstream("soak", {
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

const megabytes = (): number => Math.round(process.memoryUsage().rss / 1e6);
let started = 0;
let ended = 0;
let settled = 0;
let most = 0;
await new Promise<void>((resolve) => {
  const next = (): void => {
    callOnce(upstream, started++, () => {
      ended++;
      if (ended % Math.ceil(calls / 10) === 0) {
        const now = megabytes();
        if (settled === 0) settled = now;
        most = Math.max(most, now);
        console.log(`${ended} calls, ${now} MB`);
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
const flat = most <= settled * 1.1 + 16;
console.log(flat ? `flat: ${settled} MB after a tenth, ${most} MB at most` : `growing: ${settled} MB, then ${most} MB`);
process.exitCode = flat ? 0 : 1;
