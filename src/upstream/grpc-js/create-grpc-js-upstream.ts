import { connectivityState } from "@grpc/grpc-js";
import { closedStatus, localEnd } from "../ends.js";
import { NO_METADATA } from "../sendable.js";
import type { Call, Upstream, UpstreamOptions, UpstreamState } from "../types.js";
import { createChannel } from "./channel.js";
import { toGrpcMetadata } from "./metadata.js";
import { GrpcJsStream } from "./stream.js";
import { GrpcJsUnary } from "./unary.js";
import { watchChannel } from "./watch-channel.js";

const states: Readonly<Record<connectivityState, UpstreamState>> = {
  [connectivityState.IDLE]: "idle",
  [connectivityState.CONNECTING]: "connecting",
  [connectivityState.READY]: "ready",
  [connectivityState.TRANSIENT_FAILURE]: "failing",
  [connectivityState.SHUTDOWN]: "closed",
};

/** An upstream on a channel of @grpc/grpc-js. Throws a FaultsError for a wrong target or TLS files that cannot be used. */
export function createGrpcJsUpstream(name: string, options: UpstreamOptions): Upstream {
  const channel = createChannel(name, options);
  if (options.onEvent !== undefined) watchChannel(channel, options.onEvent);
  const calls = new Set<Call>();
  let closed = false;
  let onIdle: (() => void) | null = null;

  const remove = (call: Call): void => {
    calls.delete(call);
    if (calls.size === 0) onIdle?.();
  };

  return {
    call(request, { path, metadata, deadline }, end) {
      if (closed) {
        process.nextTick(end, localEnd(closedStatus(name), "connection"));
        return { cancel: () => undefined };
      }
      const call = new GrpcJsUnary(channel.createCall(path, deadline, null, null, null), (ended, how) => {
        remove(ended);
        end(how);
      });
      calls.add(call);
      call.start(request, toGrpcMetadata(metadata));
      return call;
    },

    stream({ path, metadata, deadline }, sink) {
      if (closed) {
        process.nextTick(() => sink.end(closedStatus(name), NO_METADATA, "connection"));
        const nothing = (): undefined => undefined;
        return { cancel: nothing, write: () => true, closeSend: nothing, pause: nothing, resume: nothing };
      }
      const stream = new GrpcJsStream(channel.createCall(path, deadline, null, null, null), sink, remove);
      calls.add(stream);
      stream.start(toGrpcMetadata(metadata));
      return stream;
    },

    state() {
      return closed ? "closed" : states[channel.getConnectivityState(false)];
    },

    connect() {
      if (!closed) channel.getConnectivityState(true);
    },

    async close(deadline) {
      closed = true;
      if (calls.size > 0) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(
            () => {
              for (const call of calls) call.cancel();
            },
            Math.min(Math.max(0, deadline - Date.now()), 2 ** 31 - 1),
          );
          onIdle = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
      channel.close();
    },
  };
}
