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

/**
 * What a gateway serves and by whom, whatever server it stands on. Whoever serves asks for `current` at the beginning of a
 * request and keeps it to the end; so a replacement loses no request, and what was replaced is gone with the last of them.
 */
export class Serving {
  readonly config: GatewayConfig;
  readonly upstreams: ReadonlyMap<string, Upstream>;
  readonly #repeatable: Set<string>;
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
    this.#current = this.#compile(loaded);
  }

  get current(): Served {
    return this.#current;
  }

  /** Serves something else from the next request on. Throws nothing that loading has not thrown. */
  replace(loaded: LoadedRoutes): void {
    this.#current = this.#compile(loaded);
  }

  /** Ends the upstreams' connections once their calls are over, or at the deadline (ms since the epoch). */
  async close(deadline: number): Promise<void> {
    await Promise.all([...this.upstreams.values()].map((upstream) => upstream.close(deadline)));
  }

  #compile(loaded: LoadedRoutes): Served {
    const table = compileTable(this.config, loaded, this.upstreams);
    this.#repeatable.clear();
    for (const path of repeatablePaths(loaded)) this.#repeatable.add(path);
    return { loaded, table };
  }
}
