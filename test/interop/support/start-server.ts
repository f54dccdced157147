import { spawn } from "node:child_process";
import { once } from "node:events";

/** Those that need Node alone, and the others that run.sh found. */
export const servers = [
  "grpc-js",
  "node:http2",
  ...(process.env["INTEROP_SERVERS"] ?? "").split(",").filter((name) => name !== ""),
];

const commands: Readonly<Record<string, readonly [string, ...string[]]>> = {
  "grpc-js": [process.execPath, "--import", "tsx", "test/interop/servers/node/grpc-js.ts"],
  "node:http2": [process.execPath, "--import", "tsx", "test/interop/servers/node/node-http2.ts"],
  go: [".tmp/interop/go-server"],
  python: [process.env["PYTHON"] ?? "python3", "test/interop/servers/python/server.py"],
};

/** A server of another language that runs. */
export interface ForeignServer {
  readonly port: number;
  readonly target: string;
  /** SIGKILL: its connections are reset. */
  kill(): Promise<void>;
}

export interface ServerSettings {
  /** PEM files of its certificate and key; cleartext without. */
  readonly tls?: readonly [cert: string, key: string];
  readonly port?: number;
  readonly maxConnectionAgeMs?: number;
  /** A file with a FileDescriptorSet: the server tells its services by reflection. */
  readonly reflectedSet?: string;
}

/** Starts a server and waits until it listens. */
export async function startServer(name: string, settings: ServerSettings = {}): Promise<ForeignServer> {
  const [file, ...args] = commands[name] ?? ["false"];
  const { tls = [], port, maxConnectionAgeMs, reflectedSet } = settings;
  const child = spawn(file, [...args, ...tls], {
    env: {
      ...process.env,
      ...(port === undefined ? {} : { PORT: String(port) }),
      ...(maxConnectionAgeMs === undefined ? {} : { MAX_CONNECTION_AGE_MS: String(maxConnectionAgeMs) }),
      ...(reflectedSet === undefined ? {} : { REFLECTED_SET: reflectedSet }),
    },
    stdio: ["pipe", "pipe", "inherit"],
  });
  const exit = once(child, "exit");
  const listening = await new Promise<number>((resolve, reject) => {
    let out = "";
    child.stdout.on("data", (chunk) => {
      out += chunk;
      const match = /^listening on (\d+)$/m.exec(out);
      if (match !== null) resolve(Number(match[1]));
    });
    child.on("exit", (code) => reject(new Error(`the ${name} server ended with ${code} before it listened: ${out}`)));
  });
  return {
    port: listening,
    target: `127.0.0.1:${listening}`,
    async kill() {
      child.kill("SIGKILL");
      await exit;
    },
  };
}
