import { type AdminServer, healthPages, startAdminServer } from "../admin/index.js";
import type { GatewayConfig } from "../config/index.js";
import type { Gateway, ReadyState } from "../gateway.js";
import type { Log } from "../log/index.js";
import { type ProcessEvents, watchProcess } from "./process-events.js";

/** What a server needs of the process that it runs in. */
export interface ServerIo {
  readonly log: Log;
  /** `process`, or what a test puts in its place. */
  readonly process: ProcessEvents;
  /** Told once, when requests are accepted. `admin` is null where the admin port is off. */
  readonly onListening?: (address: string, admin: string | null) => void;
}

/**
 * Runs a gateway until the process is told to end, and gives the exit code.
 *
 *   admin port (readyz 503) ── gateway listens (200) ── SIGTERM or SIGINT ── readyz 503, drain ── 0
 *
 * A second signal ends it at once: 143 for SIGTERM, 130 for SIGINT (128 + the signal's number, as shells have it). An
 * error that nothing caught ends it with 1: nobody knows what state it left.
 * @throws FaultsError where a port cannot be had; nothing is left open then
 */
export async function runServer(gateway: Gateway, config: GatewayConfig, io: ServerIo): Promise<number> {
  const { log } = io;
  const watch = watchProcess(io.process);
  let listening = false;
  const state = (): ReadyState => (listening ? gateway.ready() : { kind: "starting" });
  let admin: AdminServer | null = null;
  try {
    if (config.admin.enabled) {
      admin = await startAdminServer(config, healthPages(config.admin.readiness, state), gateway.adminListener);
    }
    const address = await gateway.listen();
    listening = true;
    log.info(`listening on ${address}`, { address, admin: admin?.address ?? null });
    io.onListening?.(address, admin?.address ?? null);
    const end = await watch.next();
    if (end.kind === "failure") return fail(log, end.error);
    log.info(`${end.signal} received, finishing requests in flight`, { graceMs: config.server.shutdownGrace });
    const outcome = await Promise.race([gateway.close(config.server.shutdownGrace), watch.next()]);
    if (outcome === undefined) {
      log.info("stopped");
      return 0;
    }
    if (outcome.kind === "failure") return fail(log, outcome.error);
    log.warn(`${outcome.signal} received again, ending at once`);
    return outcome.signal === "SIGINT" ? 130 : 143;
  } catch (error) {
    if (!listening) await gateway.close(0);
    throw error;
  } finally {
    watch.stop();
    await admin?.close();
    await log.flush();
  }
}

function fail(log: Log, error: unknown): number {
  log.fatal("an error that nothing caught, ending", error);
  return 1;
}
