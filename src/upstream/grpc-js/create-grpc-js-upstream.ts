import { connectivityState } from "@grpc/grpc-js";
import { Code } from "../../core/index.js";
import { closedStatus, localStatus } from "../ends.js";
import { refuseCall, refuseStream } from "../refuse.js";
import type { Call, Upstream, UpstreamOptions, UpstreamState } from "../types.js";
import { createChannel } from "./channel.js";
import { toGrpcMetadata } from "./metadata.js";
import { OpenSockets } from "./open-sockets.js";
import { GrpcJsStream } from "./stream.js";
import { GrpcJsUnary } from "./unary.js";
import { NO_ROOM, WaitingCalls } from "./waiting-calls.js";
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
  const sockets = new OpenSockets();
  const channel = createChannel(name, options, sockets);
  if (options.onEvent !== undefined) watchChannel(channel, options.onEvent);
  const { maxPendingCalls = Number.POSITIVE_INFINITY } = options;
  const waiting = new WaitingCalls(maxPendingCalls, sockets);
  const full = localStatus(Code.UNAVAILABLE, `${maxPendingCalls} calls wait for upstream ${name}, which is its limit`);
  /** Those under way, with the rounds that they were counted in. */
  const calls = new Map<Call, number>();
  let closed = false;
  let onIdle: (() => void) | null = null;

  const remove = (call: Call): void => {
    waiting.end(calls.get(call) ?? NO_ROOM);
    calls.delete(call);
    if (calls.size === 0) onIdle?.();
  };

  return {
    call(request, { path, metadata, deadline }, end) {
      if (closed) return refuseCall(closedStatus(name), "connection", end);
      const round = waiting.begin();
      if (round === NO_ROOM) return refuseCall(full, "overload", end);
      const call = new GrpcJsUnary(channel.createCall(path, deadline, null, null, null), (ended, how) => {
        remove(ended);
        end(how);
      });
      calls.set(call, round);
      call.start(request, toGrpcMetadata(metadata));
      return call;
    },

    stream({ path, metadata, deadline }, sink) {
      if (closed) return refuseStream(closedStatus(name), "connection", sink);
      const round = waiting.begin();
      if (round === NO_ROOM) return refuseStream(full, "overload", sink);
      const stream = new GrpcJsStream(channel.createCall(path, deadline, null, null, null), sink, remove);
      calls.set(stream, round);
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
              for (const call of calls.keys()) call.cancel();
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
