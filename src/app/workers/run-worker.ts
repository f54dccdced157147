import { FaultsError } from "../../core/index.js";
import type { Gateway, ReadyState } from "../gateway.js";
import type { Log } from "../log/index.js";
import { type ProcessEvents, watchProcess } from "../serve/index.js";
import { carry, type FromWorker, messageOf, type ToWorker } from "./messages.js";
import { type Pages, startPages } from "./pages.js";

/** The worker's end of the channel to the primary process: `process` in a worker. */
export interface WorkerChannel {
  send?(message: unknown): boolean;
  on(event: "message", listener: (message: unknown) => void): unknown;
}

/** What a worker needs of the process that it is. */
export interface WorkerIo {
  readonly log: Log;
  readonly process: ProcessEvents;
  readonly channel: WorkerChannel;
  /** Where its Unix socket for the admin port's other pages may be. */
  readonly pagesSocket: string;
}

/**
 * Runs one of several gateways until the primary process tells it to end, and gives the exit code.
 *
 * Signals mean nothing to it: a terminal and many supervisors send them to every process of a service, and the primary, which
 * gets them too, decides for all. A worker whose primary is gone ends at once (node:cluster sees to it).
 */
export async function runWorker(
  make: () => Promise<Gateway>,
  { log, process, channel, pagesSocket }: WorkerIo,
): Promise<number> {
  const tell = (message: FromWorker): void => void channel.send?.(carry(message));
  const watch = watchProcess(process);
  let state = (): ReadyState => ({ kind: "starting" });
  const drained = new Promise<number>((resolve) => {
    channel.on("message", (carried) => {
      const message = messageOf<ToWorker>(carried);
      if (message?.kind === "ask") tell({ kind: "answer", question: message.question, state: state() });
      if (message?.kind === "drain") resolve(message.graceMs);
    });
  });
  let pages: Pages | null = null;
  try {
    const gateway = await make();
    const address = await gateway.listen();
    state = () => gateway.ready();
    if (gateway.adminListener !== null) pages = await startPages(gateway.adminListener, pagesSocket);
    tell({ kind: "listening", address, pages: pages === null ? null : pagesSocket });
    const ended = await Promise.race([drained.then((graceMs) => gateway.close(graceMs)), failureOf(watch)]);
    if (ended === undefined) return 0;
    log.fatal("an error that nothing caught, ending", ended.error);
    return 1;
  } catch (error) {
    if (!(error instanceof FaultsError)) throw error;
    tell({ kind: "faults", faults: error.faults });
    return 1;
  } finally {
    watch.stop();
    await pages?.close();
    await log.flush();
  }
}

/** The first error that nothing caught; signals are passed over. */
async function failureOf(watch: ReturnType<typeof watchProcess>): Promise<{ readonly error: unknown }> {
  for (;;) {
    const end = await watch.next();
    if (end.kind === "failure") return { error: end.error };
  }
}
