import { type ChildProcess, spawn } from "node:child_process";

/** How a process ended. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A child process with what it has written so far. */
export interface Child {
  readonly process: ChildProcess;
  readonly exit: Promise<Exit>;
  stdout(): string;
  stderr(): string;
  /** The first match in what it writes to standard output; fails if it ends without. */
  sees(pattern: RegExp): Promise<RegExpExecArray>;
}

/** Starts `node …args`, without the environment of the test but for PATH and what is given. */
export function startNode(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
  cwd = process.cwd(),
): Child {
  const process_ = spawn(process.execPath, args, {
    cwd,
    env: { PATH: process.env["PATH"] ?? "", ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let out = "";
  let err = "";
  let wake: () => void = () => undefined;
  process_.stdout.on("data", (chunk) => {
    out += chunk;
    wake();
  });
  process_.stderr.on("data", (chunk) => {
    err += chunk;
  });
  let ended = false;
  const exit = new Promise<Exit>((resolve) => {
    process_.on("close", (code, signal) => {
      ended = true;
      wake();
      resolve({ code, signal });
    });
  });
  return {
    process: process_,
    exit,
    stdout: () => out,
    stderr: () => err,
    async sees(pattern) {
      for (;;) {
        const match = pattern.exec(out);
        if (match !== null) return match;
        if (ended) throw new Error(`the process ended without writing ${pattern}: ${out}${err}`);
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
  };
}
