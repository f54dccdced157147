import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { protoFiles, protoRoots } from "../gateway/answers.js";
import { cpuOf } from "../support/process-usage.js";

/** `portico serve` as users run it, with so many workers. */
export interface Served {
  readonly port: number;
  readonly pid: number;
  /** User and system CPU time of all its processes so far, in microseconds. */
  cpu(): number;
  stop(): Promise<void>;
}

/** Starts it behind a command such as taskset. */
export async function startServe(
  workers: number,
  upstreamPort: number,
  prefix: readonly string[],
  folder: string,
): Promise<Served> {
  const config = join(folder, `${workers}-${prefix.length}.yaml`);
  const text = {
    server: { port: 0, workers },
    schema: { protos: { roots: protoRoots.map((root) => join(process.cwd(), root)), files: protoFiles } },
    upstreams: { bench: { target: `127.0.0.1:${upstreamPort}` } },
    openapi: { enabled: false },
    admin: { enabled: false },
    log: { access: false },
  };
  writeFileSync(config, JSON.stringify(text));
  const bin = fileURLToPath(new URL("../../src/app/cli/bin.js", import.meta.url));
  const [program = "", ...args] = [...prefix, process.execPath, bin, "serve", "-c", config];
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "inherit"] });
  let out = "";
  const port = await new Promise<number>((resolve, reject) => {
    child.stdout.on("data", (chunk) => {
      out += chunk;
      const [, found] = /"msg":"listening on http:\/\/[^:]+:(\d+)"/.exec(out) ?? [];
      if (found !== undefined) resolve(Number(found));
    });
    child.on("exit", (code) => reject(new Error(`portico serve ended with ${code}: ${out}`)));
  });
  const pid = child.pid ?? 0;
  return {
    port,
    pid,
    cpu: () => treeOf(pid).reduce((sum, one) => sum + cpuOf(one), 0),
    async stop() {
      const exited = once(child, "exit");
      child.kill("SIGKILL");
      await exited;
    },
  };
}

/** A process and those below it. */
function treeOf(pid: number): number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "latin1").split(" ").filter(Boolean);
  return [pid, ...children.flatMap((child) => treeOf(Number(child)))];
}
