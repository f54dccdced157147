import type { Server } from "node:net";
import { FaultsError, quoteValue } from "../core/index.js";

/** Where to listen. */
export type ListenTarget = { readonly host: string; readonly port: number } | { readonly socket: string };

/** The key of the configuration that named the target, for the fault. */
export interface ListenKey {
  readonly file: string | null;
  readonly key: string;
}

/**
 * Opens a port or a Unix socket and gives its address: `http://127.0.0.1:8080`, `http://[::1]:8080`, `unix:/run/x.sock`.
 * @throws FaultsError naming the address and the key where it cannot be had
 */
export function listenOn(server: Server, target: ListenTarget, key: ListenKey): Promise<string> {
  return new Promise((resolve, reject) => {
    const onError = (error: NodeJS.ErrnoException) => reject(listenError(error, target, key));
    server.once("error", onError);
    server.listen("socket" in target ? { path: target.socket } : target, () => {
      server.removeListener("error", onError);
      resolve(printAddress(server.address(), target));
    });
  });
}

/** The fault for a failed listen; for servers that listen by themselves. */
export function listenError(error: unknown, target: ListenTarget, { file, key }: ListenKey): FaultsError {
  const where = "socket" in target ? quoteValue(target.socket) : hostAndPort(target.host, target.port);
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const known = "socket" in target ? (socketReasons[code] ?? reasons[code]) : reasons[code];
  const reason = known ?? (error instanceof Error ? error.message : String(error));
  const message = `cannot listen on ${where}: ${reason}`;
  return new FaultsError([{ file, line: null, column: null, subject: key, message }]);
}

const reasons: Readonly<Record<string, string>> = {
  EADDRINUSE: "another process has it",
  EADDRNOTAVAIL: "this machine has no such address",
  EACCES: "this user may not open it",
  ENOTFOUND: "the host name is unknown",
};

const socketReasons: Readonly<Record<string, string>> = {
  EADDRINUSE: "another process has it, or one that crashed has left the file behind: then remove it",
  // libuv gives EACCES for ENOENT when it binds a pipe (uv_pipe_bind, for the sake of Windows).
  EACCES: "its folder does not exist, or this user may not write to it",
};

function printAddress(address: ReturnType<Server["address"]>, target: ListenTarget): string {
  if ("socket" in target) return `unix:${target.socket}`;
  // The port may have been 0; the host is the one asked for, as 0.0.0.0 says more than the address of one interface.
  const port = address !== null && typeof address === "object" ? address.port : target.port;
  return `http://${hostAndPort(target.host, port)}`;
}

/** RFC 3986 3.2.2: an IPv6 address stands in brackets. */
function hostAndPort(host: string, port: number): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}
