import type { Metadata, RpcStatus } from "../../../src/core/index.js";
import type {
  ByteStream,
  Call,
  CallOptions,
  StatusOrigin,
  UnaryEnd,
  Upstream,
  UpstreamOptions,
} from "../../../src/upstream/index.js";
import { createUpstream } from "../../../src/upstream/index.js";

export const transports = ["grpc-js", "http2"] as const;
export type Transport = (typeof transports)[number];

export function upstreamTo(
  target: string,
  transport: Transport,
  more: Partial<UpstreamOptions> = {},
): Promise<Upstream> {
  return createUpstream("echo", { target, transport, tls: null, maxReplyBytes: 4 * 1024 * 1024, ...more });
}

/** A unary call to /test.Echo/Unary as a promise; `started` gets the call, to cancel it. */
export function unary(
  upstream: Upstream,
  request: Uint8Array | string,
  options: Partial<CallOptions> = {},
  started?: (call: Call) => void,
): Promise<UnaryEnd> {
  return new Promise((resolve) => {
    const call = upstream.call(Buffer.from(request), { ...defaults("Unary"), ...options }, resolve);
    started?.(call);
  });
}

function defaults(method: string): CallOptions {
  return { path: `/test.Echo/${method}`, metadata: [], deadline: Date.now() + 10_000 };
}

/** What a stream told, in order, with waits on conditions. */
export interface Recorder {
  readonly stream: ByteStream;
  readonly header: Metadata | null;
  readonly messages: string[];
  readonly bytes: number;
  readonly drains: number;
  readonly end: { readonly status: RpcStatus; readonly trailer: Metadata; readonly origin: StatusOrigin } | null;
  /** Resolves when the condition holds, looked at after each event. */
  until(condition: (recorder: Recorder) => boolean): Promise<void>;
}

export function record(upstream: Upstream, options: Partial<CallOptions> = {}): Recorder {
  const waiting: { condition: (recorder: Recorder) => boolean; resolve: () => void }[] = [];
  const state = {
    header: null as Metadata | null,
    messages: [] as string[],
    bytes: 0,
    drains: 0,
    end: null as Recorder["end"],
  };
  const changed = (): void => {
    for (let i = waiting.length - 1; i >= 0; i--) {
      const waiter = waiting[i];
      if (waiter?.condition(recorder)) {
        waiting.splice(i, 1);
        waiter.resolve();
      }
    }
  };
  const stream = upstream.stream(
    { ...defaults("Stream"), ...options },
    {
      header(metadata) {
        state.header = metadata;
        changed();
      },
      message(bytes) {
        state.messages.push(Buffer.from(bytes).toString("latin1"));
        state.bytes += bytes.length;
        changed();
      },
      drain() {
        state.drains++;
        changed();
      },
      end(status, trailer, origin) {
        if (state.end !== null) throw new Error("a stream ended twice");
        state.end = { status, trailer, origin };
        changed();
      },
    },
  );
  const recorder: Recorder = {
    stream,
    get header() {
      return state.header;
    },
    messages: state.messages,
    get bytes() {
      return state.bytes;
    },
    get drains() {
      return state.drains;
    },
    get end() {
      return state.end;
    },
    until(condition) {
      return new Promise((resolve) => {
        if (condition(recorder)) resolve();
        else waiting.push({ condition, resolve });
      });
    },
  };
  return recorder;
}

/** Waits until a condition holds, looking every few milliseconds; fails with the text after five seconds. */
export async function eventually(condition: () => boolean, text: string, within = 5000): Promise<void> {
  const limit = Date.now() + within;
  while (!condition()) {
    if (Date.now() > limit) throw new Error(`not within ${within} ms: ${text}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
