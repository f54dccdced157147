import cluster from "node:cluster";
import { carry, type FromWorker, messageOf, type ToWorker } from "./messages.js";

/** How a worker process ended. */
export interface WorkerEnd {
  readonly code: number | null;
  /** The signal that ended it, or why it could not be started. */
  readonly signal: string | null;
}

/** A worker as a process. */
export interface WorkerProcess {
  readonly pid: number | undefined;
  send(message: ToWorker): void;
  kill(): void;
}

/** What a worker's process does. */
export interface WorkerEvents {
  message(message: FromWorker): void;
  /** Once. */
  end(end: WorkerEnd): void;
}

/** The variables by which a process knows that it is a worker, which one, and where its pages go. */
export const WORKER = "PORTICO_WORKER";
export const WORKER_PAGES = "PORTICO_WORKER_PAGES";

/**
 * Starts this program once more, with the same arguments, as a worker of node:cluster. The primary accepts connections and
 * hands each to the next worker that has taken its last one: where workers accept by themselves, the kernel favours few.
 */
export function forkWorker(number: number, pagesSocket: string, events: WorkerEvents): WorkerProcess {
  cluster.schedulingPolicy = cluster.SCHED_RR;
  const worker = cluster.fork({ [WORKER]: String(number), [WORKER_PAGES]: pagesSocket });
  let over = false;
  const end = (how: WorkerEnd): void => {
    if (over) return;
    over = true;
    events.end(how);
  };
  worker.on("message", (carried: unknown) => {
    const message = messageOf<FromWorker>(carried);
    if (message !== null) events.message(message);
  });
  worker.on("exit", (code: number | null, signal: string | null) => end({ code, signal }));
  // It could not be started, or a message could not be sent to one that has just ended.
  worker.on("error", (error: Error) => {
    if (worker.isDead() || worker.process.pid === undefined) end({ code: null, signal: error.message });
  });
  return {
    pid: worker.process.pid,
    send(message) {
      if (worker.isConnected()) worker.send(carry(message));
    },
    kill: () => void worker.process.kill("SIGKILL"),
  };
}
