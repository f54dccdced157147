import { execFileSync } from "node:child_process";
import { availableParallelism } from "node:os";

/** Which processes run where, as commands before theirs; empty where the machine has no taskset or one core alone. */
export interface Pinning {
  readonly server: readonly string[];
  readonly upstream: readonly string[];
  /** In a word, for the report. */
  readonly told: string;
}

/** Gives the server under test the first core for itself; this process and the upstream share the others. */
export function pinProcesses(): Pinning {
  const cores = availableParallelism();
  const others = cores > 2 ? `1-${cores - 1}` : "1";
  try {
    if (cores < 2) throw new Error("one core");
    execFileSync("taskset", ["-a", "-c", "-p", others, String(process.pid)]);
  } catch {
    // No taskset, or not allowed, or nothing to choose from: the report says so.
    return { server: [], upstream: [], told: `not pinned, ${cores} cores` };
  }
  const on = (list: string): readonly string[] => ["taskset", "-c", list];
  return { server: on("0"), upstream: on(others), told: `pinned to one of ${cores} cores` };
}
