import { type Channel, connectivityState, Metadata } from "@grpc/grpc-js";
import { Code } from "../../core/index.js";
import type { UpstreamEvent } from "../types.js";

/** Milliseconds; a channel that fails answers a call at once. */
const PROBE_DEADLINE = 1000;

/** Tells what becomes of a channel until it is closed: that it is connected, or why it is not. */
export function watchChannel(channel: Channel, onEvent: (event: UpstreamEvent) => void): void {
  let told: "connected" | { readonly cause: string } | null = null;
  const failing = (cause: string): void => {
    if (channel.getConnectivityState(false) === connectivityState.READY) return;
    if (told !== null && told !== "connected" && told.cause === cause) return;
    told = { cause };
    onEvent({ kind: "failing", address: null, cause });
  };
  const look = (): void => {
    const state = channel.getConnectivityState(false);
    if (state === connectivityState.SHUTDOWN) return;
    if (state === connectivityState.READY) {
      // Asked only when the state has changed, so that it was another before.
      onEvent({ kind: told === "connected" ? "renewed" : "connected", address: null });
      told = "connected";
    }
    if (state === connectivityState.TRANSIENT_FAILURE) askCause(channel, failing);
    channel.watchConnectivityState(state, Number.POSITIVE_INFINITY, look);
  };
  look();
}

/**
 * What grpc-js 1.14 puts around a cause: the balancers that it came through, an empty note of the resolver, and the time of
 * the attempt, which would make each cause another one.
 */
const WRAPPING =
  /^(?:round_robin: )?(?:No connection established\. Last error: )*(?:Error: )?| \(\d{4}-\d\d-\d\dT[\d:.]+Z\)|\. Resolution note: $/g;

/**
 * grpc-js tells why it has no connection to calls alone. This one is answered by the channel itself; where the upstream has
 * come back since, it is an empty call of a method of grpc.health.v1, which changes nothing.
 */
function askCause(channel: Channel, tell: (cause: string) => void): void {
  const call = channel.createCall("/grpc.health.v1.Health/Check", Date.now() + PROBE_DEADLINE, null, null, null);
  let answered = false;
  call.start(new Metadata(), {
    onReceiveMetadata() {
      answered = true;
    },
    onReceiveMessage: () => undefined,
    onReceiveStatus({ code, details }) {
      if (code === Code.UNAVAILABLE && !answered) tell(details.replaceAll(WRAPPING, ""));
    },
  });
  call.sendMessageWithContext({}, Buffer.alloc(0));
  call.halfClose();
}
