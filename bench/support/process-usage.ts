import { readdirSync, readFileSync } from "node:fs";

const MICROSECONDS = 1e3;
/** Microseconds of one tick of /proc/<pid>/stat (sysconf(_SC_CLK_TCK) is 100 on every Linux that Node runs on). */
const TICK = 10_000;

/**
 * User and system CPU time of a process so far, over all its threads, in microseconds. Linux only. Nanoseconds come from
 * schedstat, where the kernel keeps it; the ticks of stat are too coarse for a short run.
 */
export function cpuOf(pid: number): number {
  try {
    let nanoseconds = 0;
    for (const thread of readdirSync(`/proc/${pid}/task`)) {
      nanoseconds += Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "latin1").split(" ")[0]);
    }
    return nanoseconds / MICROSECONDS;
  } catch {
    // A kernel without CONFIG_SCHED_INFO has no schedstat; the fields after the name's bracket are those of proc(5).
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return (Number(fields[11]) + Number(fields[12])) * TICK;
  }
}

/** Resident memory of a process, in MB. */
export function rssOf(pid: number): number {
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "latin1")) ?? [];
  return (Number(kilobytes) * 1_024) / 1e6;
}
