import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/** A server of a bench in a process of its own, so that its CPU time is its own. */
export interface BenchChild {
  readonly port: number;
  /** User and system CPU time so far, in microseconds. */
  cpu(): Promise<number>;
  stop(): Promise<void>;
}

/** Starts a script that calls `reportReady`. */
export async function startChild(script: URL, args: readonly string[]): Promise<BenchChild> {
  const child = fork(fileURLToPath(script), args, { stdio: ["ignore", "inherit", "inherit", "ipc"] });
  const port = Number(await answer(child));
  return {
    port,
    async cpu() {
      child.send("cpu");
      return Number(await answer(child));
    },
    async stop() {
      const exited = once(child, "exit");
      child.kill("SIGKILL");
      await exited;
    },
  };
}

async function answer(child: ChildProcess): Promise<unknown> {
  const gone = once(child, "exit").then(([code]) => {
    throw new Error(`a server of the bench ended with ${code}`);
  });
  const [message] = await Promise.race([once(child, "message"), gone]);
  gone.catch(() => undefined);
  return message;
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
