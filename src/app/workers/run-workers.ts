import { type AdminPages, type AdminServer, readiness, startAdminServer } from "../admin/index.js";
import type { GatewayConfig } from "../config/index.js";
import { type ServerIo, watchProcess } from "../serve/index.js";
import { forkWorker } from "./fork-worker.js";
import { forwardToPages } from "./pages.js";
import { WorkerPool } from "./worker-pool.js";
import { workersReadiness } from "./workers-readiness.js";

/**
 * Runs so many workers until the process is told to end, and gives the exit code; as runServer does for one gateway.
 *
 *   admin port (readyz 503) ── first worker listens, then the others (200) ── signal ── readyz 503, all drain ── 0
 *
 * 1 where a worker did not end as it was told to.
 * @throws FaultsError where a port cannot be had or a worker finds its files wrong; nothing is left open then
 */
export async function runWorkers(count: number, config: GatewayConfig, io: ServerIo): Promise<number> {
  const { log } = io;
  const watch = watchProcess(io.process);
  const pool = new WorkerPool(count, log, forkWorker);
  let phase: "starting" | "serving" | "draining" = "starting";
  const rule = config.admin.readiness;
  const pages: AdminPages = {
    "/livez": () => ({ status: 200, json: { status: "live" } }),
    "/readyz": async () =>
      phase === "serving" ? workersReadiness(await pool.states(), rule) : readiness({ kind: phase }, rule),
  };
  let admin: AdminServer | null = null;
  try {
    if (config.admin.enabled)
      admin = await startAdminServer(
        config,
        pages,
        forwardToPages(() => pool.pages()),
      );
    const address = await pool.start();
    phase = "serving";
    log.info(`listening on ${address}`, { address, admin: admin?.address ?? null, workers: count });
    io.onListening?.(address, admin?.address ?? null);
    const end = await watch.next();
    phase = "draining";
    if (end.kind === "failure") {
      log.fatal("an error that nothing caught, ending", end.error);
      return 1;
    }
    log.info(`${end.signal} received, finishing requests in flight`, { graceMs: config.server.shutdownGrace });
    const outcome = await Promise.race([pool.drain(config.server.shutdownGrace), watch.next()]);
    if (outcome === true) log.info("stopped");
    if (typeof outcome === "boolean") return outcome ? 0 : 1;
    if (outcome.kind === "failure") {
      log.fatal("an error that nothing caught, ending", outcome.error);
      return 1;
    }
    log.warn(`${outcome.signal} received again, ending at once`);
    return outcome.signal === "SIGINT" ? 130 : 143;
  } finally {
    await pool.kill();
    watch.stop();
    await admin?.close();
    await log.flush();
  }
}
