import { execFileSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { availableParallelism, setPriority } from "node:os";

/** Which processes run where, as commands before theirs; empty where the machine has no taskset or one core alone. */
export interface Pinning {
  readonly server: readonly string[];
  readonly upstream: readonly string[];
  /** In a word, for the report. */
  readonly told: string;
}

/**
 * Niceness while latency is measured, where it is allowed: others on the machine wait for this process, and it, which may
 * turn without sleeping, waits for the servers beside it.
 */
const FIRST = -15;
const SECOND = -10;

/** Lets servers, and then this process, go before all others while something runs whose latency counts. */
export async function preferring<T>(servers: readonly number[], run: () => Promise<T>): Promise<T> {
  const set = (first: number, second: number): void => {
    try {
      for (const pid of servers) setPriority(pid, first);
      setPriority(process.pid, second);
      // Where the kernel schedules sessions as groups, niceness holds within a session (sched(7), "The autogroup feature").
      if (existsSync(AUTOGROUP)) writeFileSync(AUTOGROUP, String(first));
    } catch {
      // Not allowed: they take their turns like all others, and the machine's load is in the report.
    }
  };
  set(FIRST, SECOND);
  try {
    return await run();
  } finally {
    set(0, 0);
  }
}

const AUTOGROUP = "/proc/self/autogroup";

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
