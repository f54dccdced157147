import { unreachable } from "../../core/index.js";
import type { UpstreamEvent } from "../../upstream/index.js";
import type { Log } from "../log/index.js";

/** Where the lines go. */
export type UpstreamLog = Pick<Log, "info" | "warn">;

/** Logs what becomes of an upstream: one line when it changes, a warning where it is for the worse. */
export function logEvents(upstream: string, log: UpstreamLog): (event: UpstreamEvent) => void {
  return (event) => {
    switch (event.kind) {
      case "connected":
        return log.info(`upstream ${upstream} is connected`, { upstream, address: event.address });
      case "renewed":
        // Nobody need act on it, and servers with a short connection age would fill the log.
        return;
      case "failing": {
        const { address, cause } = event;
        return log.warn(`upstream ${upstream} cannot be reached: ${cause}`, { upstream, address, cause });
      }
      case "ejected": {
        const { address } = event;
        return log.warn(`upstream ${upstream} fails at ${address}, which gets no calls for now`, { upstream, address });
      }
      case "returned": {
        const { address } = event;
        return log.info(`upstream ${upstream} gets calls at ${address} again`, { upstream, address });
      }
      case "tls_unreadable": {
        const { cause } = event;
        return log.warn(`upstream ${upstream} keeps its TLS files as they were: ${cause}`, { upstream, cause });
      }
      default:
        return unreachable(event);
    }
  };
}
