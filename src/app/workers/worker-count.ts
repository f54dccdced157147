import { availableParallelism } from "node:os";

/** How many processes `server.workers` stands for; `auto` is one for each core that this process may use. */
export function workerCount(workers: number | "auto"): number {
  return workers === "auto" ? availableParallelism() : workers;
}
