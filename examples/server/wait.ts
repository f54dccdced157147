import { setTimeout as timeout } from "node:timers/promises";
import { status } from "@grpc/grpc-js";
import { refuse, StatusError } from "./status-error.js";
import { fromDuration, type WireDuration } from "./time.js";

/**
 * Reads a field of type Duration that says how long to wait.
 * @returns milliseconds
 * @throws StatusError INVALID_ARGUMENT if it is negative or above `maximum`
 */
export function readWait(field: string, duration: WireDuration | null, maximum: number): number {
  if (duration === null) return 0;
  const milliseconds = fromDuration(duration);
  if (milliseconds < 0 || milliseconds > maximum) {
    refuse([{ field, description: `must be between 0s and ${maximum / 1000}s` }]);
  }
  return milliseconds;
}

/** Waits; 0 only lets others run. An abort ends it with CANCELLED. */
export async function wait(milliseconds: number, signal: AbortSignal): Promise<void> {
  try {
    await timeout(milliseconds, undefined, { signal });
  } catch {
    // The only rejection there is: the signal was aborted.
    throw new StatusError(status.CANCELLED, "the caller has gone away");
  }
}
