import { createServer } from "node:net";

/** Ports that are tried; more taken in a row than this is no chance. */
const TRIES = 100;

/** The first free port from `port` on that is not among `others`; 0 (any) if none of the next hundred is free. */
export async function freePort(host: string, port: number, others: readonly number[] = []): Promise<number> {
  for (let candidate = port; candidate < port + TRIES; candidate++) {
    if (!others.includes(candidate) && (await isFree(host, candidate))) return candidate;
  }
  return 0;
}

function isFree(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    // Whatever the reason is, this port is not to be had.
    server.once("error", () => resolve(false));
    server.listen({ host, port }, () => server.close(() => resolve(true)));
  });
}
