import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Child, startNode } from "../../app/support/child.js";
import { unary, upstreamTo } from "../../upstream/support/client.js";
import { startProxy, type TestProxy } from "../../upstream/support/proxy.js";
import type { Outcome } from "./callers.js";

/** A server in a process of its own. */
export interface KeyServer {
  readonly port: number;
  readonly target: string;
  /** SIGKILL. */
  kill(): Promise<void>;
}

export interface KeyServerSettings {
  readonly host?: string;
  readonly port?: number;
  readonly maxConnectionAgeMs?: number;
  /** What calls have after the GOAWAY that ends a connection at that age; as long as they take if left out. */
  readonly graceMs?: number;
  /** The file that takes the keys of its calls; that of all servers if left out. */
  readonly seen?: string;
  /** PEM files of certificate and key. */
  readonly tls?: readonly [cert: string, key: string];
}

/** The servers, proxies and files of one test. */
export class Scene {
  readonly folder = mkdtempSync(join(tmpdir(), "portico-faults-"));
  readonly #closers: (() => Promise<unknown>)[] = [];

  /** Something that is closed with the scene, before what was opened earlier. */
  closeAfter(close: () => Promise<unknown>): void {
    this.#closers.unshift(close);
  }

  async server({
    host = "127.0.0.1",
    port = 0,
    maxConnectionAgeMs,
    graceMs,
    seen = "seen",
    tls,
  }: KeyServerSettings = {}): Promise<KeyServer> {
    const child: Child = startNode(["--import", "tsx", join(import.meta.dirname, "key-server.ts")], {
      HOST: host,
      PORT: String(port),
      SEEN: join(this.folder, seen),
      ...(maxConnectionAgeMs === undefined ? {} : { MAX_CONNECTION_AGE_MS: String(maxConnectionAgeMs) }),
      ...(graceMs === undefined ? {} : { MAX_CONNECTION_AGE_GRACE_MS: String(graceMs) }),
      ...(tls === undefined ? {} : { CERT: tls[0], KEY: tls[1] }),
    });
    const kill = async (): Promise<void> => {
      child.process.kill("SIGKILL");
      await child.exit;
    };
    this.closeAfter(kill);
    const listening = Number((await child.sees(/^listening on (\d+)$/m))[1]);
    return { port: listening, target: `${host}:${listening}`, kill };
  }

  /** Calls of an upstream that has no faults. */
  async control(): Promise<(key: string) => Promise<Outcome>> {
    const server = await this.server({ seen: "control" });
    const upstream = await upstreamTo(server.target, "http2");
    this.closeAfter(() => upstream.close(0));
    return async (key) => {
      const { status } = await unary(upstream, key, { path: "/portico.e2e.v1.Promises/Unsafe" });
      return status.code === 0 ? "ok" : String(status.code);
    };
  }

  async proxy(to: KeyServer): Promise<TestProxy> {
    const proxy = await startProxy(to.port);
    this.closeAfter(() => proxy.close());
    return proxy;
  }

  /** How often the servers got each key. */
  seen(): ReadonlyMap<string, number> {
    const counts = new Map<string, number>();
    for (const key of readFileSync(join(this.folder, "seen"), "latin1").split("\n")) {
      if (key !== "") counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    return counts;
  }

  async close(): Promise<void> {
    for (const close of this.#closers.splice(0)) await close();
    rmSync(this.folder, { recursive: true });
  }
}
