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
  /** A partition: nothing is read any more, nothing is lost; `flow` ends it. */
  stall(): void;
  /** At most so many octets a second each way, a connection; `flow` ends it. Infinity for a direction that is left alone. */
  throttle(rates: { readonly toService: number; readonly toClient: number }): void;
  flow(): void;
  /** Connections open now never carry a byte again, as behind a NAT that forgot them; new ones work. */
  forget(): void;
  /** From now on each connection is reset once so many octets went to the client; null for none. */
  resetAfter(octets: (() => number) | null): void;
  close(): Promise<void>;
}

export async function startProxy(toPort: number): Promise<TestProxy> {
  const sockets = new Set<Socket>();
  let frozen = false;
  let stalled = false;
  let rates = { toService: Number.POSITIVE_INFINITY, toClient: Number.POSITIVE_INFINITY };
  let resetAfter: (() => number) | null = null;
  const forgotten = new WeakSet<Socket>();
  const flow = (): void => {
    stalled = false;
    rates = { toService: Number.POSITIVE_INFINITY, toClient: Number.POSITIVE_INFINITY };
    for (const socket of sockets) socket.resume();
  };
  const server = createServer((client) => {
    const service = connect(toPort, "127.0.0.1");
    let left = resetAfter?.() ?? null;
    for (const [from, to] of [
      [client, service],
      [service, client],
    ] as const) {
      sockets.add(from);
      const silent = (): boolean => frozen || forgotten.has(from);
      if (stalled) from.pause();
      from.on("data", (chunk) => {
        if (silent()) return;
        if (from === service && resetAfter !== null) {
          left ??= resetAfter();
          if (left <= chunk.length) {
            to.write(chunk.subarray(0, left), () => to.resetAndDestroy());
            from.pause();
            return;
          }
          left -= chunk.length;
        }
        to.write(chunk);
        const rate = from === client ? rates.toService : rates.toClient;
        if (rate === Number.POSITIVE_INFINITY) return;
        from.pause();
        setTimeout(() => stalled || from.resume(), (chunk.length / rate) * 1000).unref();
      });
      from.on("end", () => {
        if (!silent()) to.end();
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
    stall() {
      stalled = true;
      for (const socket of sockets) socket.pause();
    },
    throttle(to) {
      rates = to;
    },
    flow,
    forget() {
      for (const socket of sockets) forgotten.add(socket);
    },
    resetAfter(octets) {
      resetAfter = octets;
    },
    async close() {
      if (server.listening) await stop();
    },
  };
}
