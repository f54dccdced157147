import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";

/** A server of a bench in a process of its own, so that its CPU time is its own. */
export interface BenchChild {
  readonly port: number;
  readonly pid: number;
  /** User and system CPU time so far, in microseconds. */
  cpu(): Promise<number>;
  stop(): Promise<void>;
}

/**
 * Starts a script that calls `reportReady`: the .ts file itself, or what is built of it where this file is built. `prefix`
 * is a command before Node's, such as taskset.
 */
export async function startChild(
  script: URL,
  args: readonly string[],
  prefix: readonly string[] = [],
): Promise<BenchChild> {
  const path = fileURLToPath(script).replace(/\.ts$/, extname(import.meta.url));
  const [execPath = process.execPath, ...execArgv] = [...prefix, process.execPath];
  const child = fork(path, args, { stdio: ["ignore", "inherit", "inherit", "ipc"], execPath, execArgv });
  const port = await nextNumber(child);
  return {
    port,
    pid: child.pid ?? 0,
    cpu() {
      child.send("cpu");
      return nextNumber(child);
    },
    async stop() {
      if (child.exitCode !== null) return;
      const exited = once(child, "exit");
      child.kill("SIGKILL");
      await exited;
    },
  };
}
/** The next number that a child sends; an error where it ends instead. */
function nextNumber(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    const onMessage = (message: unknown): void => {
      child.off("exit", onExit);
      resolve(Number(message));
    };
    const onExit = (code: number | null): void => {
      child.off("message", onMessage);
      reject(new Error(`a server of the bench ended with ${code}`));
    };
    child.once("message", onMessage).once("exit", onExit);
  });
}

/** In the child: tells the port, and the CPU time whenever it is asked for. */
export function reportReady(port: number): void {
  process.on("message", () => {
    const { user, system } = process.cpuUsage();
    process.send?.(user + system);
  });
  process.on("disconnect", () => process.exit());
  process.send?.(port);
}
