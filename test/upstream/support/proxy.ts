import { connect, createServer, type Socket } from "node:net";

/** A TCP proxy on loopback that can misbehave as networks do. */
export interface TestProxy {
  readonly port: number;
  readonly target: string;
  /** Connections open now. */
  connections(): number;
  /** Resets every connection and refuses new ones. */
  down(): Promise<void>;
  /** Listens again on the same port. */
  up(): Promise<void>;
  /** Stops forwarding without closing anything: a half-open connection. */
  freeze(): void;
  thaw(): void;
  close(): Promise<void>;
}

export async function startProxy(toPort: number): Promise<TestProxy> {
  const sockets = new Set<Socket>();
  let frozen = false;
  const server = createServer((client) => {
    const service = connect(toPort, "127.0.0.1");
    for (const [from, to] of [
      [client, service],
      [service, client],
    ] as const) {
      sockets.add(from);
      from.on("data", (chunk) => {
        if (!frozen) to.write(chunk);
      });
      from.on("end", () => {
        if (!frozen) to.end();
      });
      // An error is followed by close, which is what counts here.
      from.on("error", () => undefined);
      from.on("close", () => {
        sockets.delete(from);
        to.destroy();
      });
    }
  });
  const listen = (port: number): Promise<void> =>
    new Promise((resolve, reject) => {
      server.once("error", reject);
      server.listen(port, "127.0.0.1", () => resolve());
    });
  const stop = async (): Promise<void> => {
    const closed = new Promise((resolve) => server.close(resolve));
    for (const socket of sockets) socket.resetAndDestroy();
    await closed;
  };
  await listen(0);
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the proxy has no port");
  const { port } = address;
  return {
    port,
    target: `127.0.0.1:${port}`,
    connections: () => sockets.size / 2,
    down: stop,
    up: () => listen(port),
    freeze() {
      frozen = true;
    },
    thaw() {
      frozen = false;
    },
    async close() {
      if (server.listening) await stop();
    },
  };
}
