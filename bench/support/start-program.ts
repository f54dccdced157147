import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, connect, createServer } from "node:net";

/** A server of a bench that is no script of ours. */
export interface Program {
  readonly port: number;
  readonly pid: number;
  stop(): Promise<void>;
}

/** Milliseconds in which a program must answer. */
const PATIENCE = 15_000;

/** Starts a program that listens on a port that it is given and waits until it takes connections. */
export async function startOnPort(command: (port: number) => readonly string[]): Promise<Program> {
  const port = await freePort();
  const child = start(command(port));
  const until = Date.now() + PATIENCE;
  while (!(await takesConnections(port))) {
    if (child.exitCode !== null) throw new Error(`${child.spawnfile} ended with ${child.exitCode}`);
    if (Date.now() > until) throw new Error(`${child.spawnfile} does not listen on port ${port}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return { port, pid: child.pid ?? 0, stop: () => stop(child) };
}

/** Starts a program whose first line of output is the port that it listens on. */
export async function startThatTellsPort(command: readonly string[]): Promise<Program> {
  const child = start(command);
  const line = once(child.stdout ?? child, "data").then(([data]) => Number(String(data).trim()));
  const ended = once(child, "exit").then(([code]) => {
    throw new Error(`${child.spawnfile} ended with ${code}`);
  });
  const port = await Promise.race([line, ended]);
  ended.catch(() => undefined);
  return { port, pid: child.pid ?? 0, stop: () => stop(child) };
}

function start([program = "", ...args]: readonly string[]): ChildProcess {
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "inherit"] });
  process.once("exit", () => child.kill("SIGKILL"));
  return child;
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const exited = once(child, "exit");
  child.kill("SIGKILL");
  await exited;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

async function takesConnections(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
