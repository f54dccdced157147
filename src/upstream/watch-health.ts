import { Code } from "../core/index.js";
import type { Upstream } from "./types.js";

/**
 * What grpc.health.v1 says of a service. `unknown`: nothing yet, or no connection; `unwatched`: the upstream has no health
 * service, so that nothing can be said against it.
 */
export type Health = "unknown" | "serving" | "not_serving" | "service_unknown" | "unwatched";

/** HealthCheckResponse.ServingStatus by its numbers. */
const statuses: readonly Health[] = ["unknown", "serving", "not_serving", "service_unknown"];

const FIRST_PAUSE = 250;
const LONGEST_PAUSE = 5000;
/** An upstream without a health service may get one with its next version. */
const PAUSE_WITHOUT_SERVICE = 60_000;

/** A watch that goes on until it is stopped. */
export interface HealthWatch {
  stop(): void;
}

/**
 * Watches grpc.health.v1.Health/Watch of an upstream and tells each change, and nothing twice in a row; `service` is a full
 * name, or "" for the server as a whole. With several addresses it is the health of the one that takes the stream.
 */
export function watchHealth(upstream: Upstream, service: string, changed: (health: Health) => void): HealthWatch {
  const request = encodeRequest(service);
  let told: Health = "unknown";
  let timer: NodeJS.Timeout | null = null;
  let failures = 0;
  let stopped = false;
  let cancel: () => void = () => undefined;

  const tell = (health: Health): void => {
    if (health === told || stopped) return;
    told = health;
    changed(health);
  };
  const open = (): void => {
    timer = null;
    const stream = upstream.stream(
      {
        path: "/grpc.health.v1.Health/Watch",
        metadata: [],
        deadline: Number.POSITIVE_INFINITY,
        uncounted: true,
      },
      {
        header: () => undefined,
        drain: () => undefined,
        message(bytes) {
          failures = 0;
          tell(statuses[readStatus(bytes)] ?? "unknown");
        },
        end({ code }, _trailer, origin) {
          if (stopped) return;
          const absent = origin === "upstream" && code === Code.UNIMPLEMENTED;
          tell(absent ? "unwatched" : "unknown");
          failures++;
          const pause = absent ? PAUSE_WITHOUT_SERVICE : Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (failures - 1));
          timer = setTimeout(open, pause);
          timer.unref();
        },
      },
    );
    cancel = () => stream.cancel();
    stream.write(request);
    stream.closeSend();
  };
  open();

  return {
    stop() {
      stopped = true;
      if (timer !== null) clearTimeout(timer);
      cancel();
    },
  };
}

/** HealthCheckRequest { string service = 1 }. */
function encodeRequest(service: string): Buffer {
  const name = Buffer.from(service);
  if (name.length > 127)
    throw new RangeError(`the name of a service to watch has ${name.length} bytes, 127 are allowed`);
  return name.length === 0 ? Buffer.alloc(0) : Buffer.concat([Buffer.from([0x0a, name.length]), name]);
}

/** The last varint of field 1 in HealthCheckResponse { ServingStatus status = 1 }; 0 without one or for other bytes. */
function readStatus(bytes: Uint8Array): number {
  // The message has had this one field since 2015; a message with more is one that this side does not know.
  return bytes.length === 2 && bytes[0] === 0x08 ? (bytes[1] as number) : 0;
}
