/**
 * workers: one port served by several processes (`server.workers`).
 *
 *   primary  signals, the admin port, connections handed out in turns, workers replaced when they end
 *     ── messages (node:cluster's channel) ── worker: a whole gateway, without signals and admin port
 *
 * Why processes and not threads: docs/adr/0003-workers-are-processes.md. Workers share nothing: limits, budgets and
 * connections to upstreams are each worker's own.
 */
export { WORKER, WORKER_PAGES } from "./fork-worker.js";
export { runWorker } from "./run-worker.js";
export { runWorkers } from "./run-workers.js";
export { workerCount } from "./worker-count.js";
