import { finish, type Steps } from "../core/index.js";
import type { RouteTable } from "../http/index.js";
import type { Upstream } from "../upstream/index.js";
import type { GatewayConfig } from "./config/index.js";
import { compileTable, type LoadedRoutes } from "./routes/index.js";
import { repeatablePaths } from "./upstreams/index.js";

/** What is served at one time: immutable, and replaced as a whole. */
export interface Served {
  readonly loaded: LoadedRoutes;
  readonly table: RouteTable;
}

/** Something that calls `compile` and `replace` while it runs: upstreams that tell their schemas are one. */
export interface SchemaSource {
  /** Begins to look; done when it has looked once, or does not want to keep a start waiting for it. */
  start(): Promise<void>;
  stop(): void;
  /** The upstreams whose schemas it has not found yet. */
  missing(): readonly string[];
}

/**
 * What a gateway serves and by whom, whatever server it stands on. Whoever serves asks for `current` at the beginning of a
 * request and keeps it to the end; so a replacement loses no request, and what was replaced is gone with the last of them.
 */
export class Serving {
  readonly config: GatewayConfig;
  readonly upstreams: ReadonlyMap<string, Upstream>;
  readonly #repeatable: Set<string>;
  #source: SchemaSource | null = null;
  #current: Served;

  /** `repeatable` is the set that the upstreams were made with; it follows what is served. */
  constructor(
    config: GatewayConfig,
    loaded: LoadedRoutes,
    upstreams: ReadonlyMap<string, Upstream>,
    repeatable: Set<string>,
  ) {
    this.config = config;
    this.upstreams = upstreams;
    this.#repeatable = repeatable;
    this.#current = finish(this.compile(loaded));
    this.replace(this.#current);
  }

  get current(): Served {
    return this.#current;
  }

  /** Compiles something else, which is served once it is given to `replace`. */
  *compile(loaded: LoadedRoutes): Steps<Served> {
    return { loaded, table: yield* compileTable(this.config, loaded, this.upstreams) };
  }

  /** Serves something else from the next request on. */
  replace(served: Served): void {
    this.#current = served;
    this.#repeatable.clear();
    for (const path of repeatablePaths(served.loaded)) this.#repeatable.add(path);
  }

  /** The source runs from `start` to `close`. */
  follow(source: SchemaSource): void {
    this.#source = source;
  }

  /** The upstreams whose schemas are not known yet. */
  missing(): readonly string[] {
    return this.#source?.missing() ?? [];
  }

  /** Connects to the upstreams, and waits for what the source finds at once. */
  async start(): Promise<void> {
    for (const upstream of this.upstreams.values()) upstream.connect();
    await this.#source?.start();
  }

  /** Ends the upstreams' connections once their calls are over, or at the deadline (ms since the epoch). */
  async close(deadline: number): Promise<void> {
    this.#source?.stop();
    await Promise.all([...this.upstreams.values()].map((upstream) => upstream.close(deadline)));
  }
}
