import { FaultsError, printFault } from "../../core/index.js";
import { gapsOf, type Reflection } from "../../schema/index.js";
import type { GatewayConfig } from "../config/index.js";
import { bindInputs, type LoadedRoutes, type RouteInputs } from "../routes/index.js";
import type { Serving } from "../serving.js";
import type { UpstreamLog } from "../upstreams/index.js";

/**
 * Which schema of each upstream is served. A new one is served if it can be, beside what the others are served by; else it is
 * refused, and what was served before stays. What was refused is tried again when another upstream's schema has changed: two
 * may have been at odds.
 */
export class SchemaBoard {
  readonly #config: GatewayConfig;
  readonly #inputs: RouteInputs;
  readonly #serving: Serving;
  readonly #log: UpstreamLog;
  readonly #served = new Map<string, Reflection>();
  readonly #refused = new Map<string, Reflection>();
  /** Why the last one was refused, as the log has it. */
  readonly #reasons = new Map<string, string>();

  constructor(config: GatewayConfig, inputs: RouteInputs, serving: Serving, log: UpstreamLog) {
    this.#config = config;
    this.#inputs = inputs;
    this.#serving = serving;
    this.#log = log;
  }

  /** The upstreams of which none is served, in the order of the configuration. */
  missing(): readonly string[] {
    return this.#config.schema.reflection.filter((name) => !this.#served.has(name));
  }

  offer(reflection: Reflection): void {
    const { upstream, digest } = reflection;
    if (this.#served.get(upstream)?.digest === digest) this.#refused.delete(upstream);
    else if (this.#refused.get(upstream)?.digest !== digest && this.#serve(reflection)) this.#tryRefused();
  }

  #tryRefused(): void {
    const tried = [...this.#refused.values()];
    if (tried.some((reflection) => this.#serve(reflection))) this.#tryRefused();
  }

  /** False: it is refused. */
  #serve(reflection: Reflection): boolean {
    const { upstream } = reflection;
    const together = new Map([...this.#served, [upstream, reflection]]);
    const inOrder = this.#config.schema.reflection.flatMap((name) => together.get(name) ?? []);
    let loaded: LoadedRoutes;
    try {
      loaded = bindInputs(this.#config, this.#inputs, inOrder);
      this.#serving.replace(loaded);
    } catch (error) {
      this.#refuse(reflection, error);
      return false;
    }
    this.#served.set(upstream, reflection);
    this.#refused.delete(upstream);
    this.#reasons.delete(upstream);
    const routes = loaded.bindings.filter(({ rpc }) => loaded.upstreamOf.get(rpc.service) === upstream).length;
    this.#log.info(`upstream ${upstream} has told its schema, and ${routes} routes of it are served`, {
      upstream,
      services: reflection.services,
      files: reflection.files.size,
      routes,
    });
    const gaps = gapsOf([reflection], (file) => loaded.schema.files.has(file)).map(printFault);
    if (gaps.length > 0) this.#log.warn(`upstream ${upstream} leaves out a part of its schema`, { upstream, gaps });
    return true;
  }

  /** Whatever is wrong: a schema from outside must not end what is served. */
  #refuse(reflection: Reflection, error: unknown): void {
    const { upstream } = reflection;
    this.#refused.set(upstream, reflection);
    const faults = error instanceof FaultsError ? error.faults.map(printFault) : [String(error)];
    const reason = faults.join("\n");
    if (reason === this.#reasons.get(upstream)) return;
    this.#reasons.set(upstream, reason);
    const before = this.#served.has(upstream) ? "the one before stays" : "none of it is served";
    const more = faults.length > 1 ? ` (and ${faults.length - 1} more)` : "";
    this.#log.warn(`the schema of upstream ${upstream} is refused, ${before}: ${faults[0]}${more}`, {
      upstream,
      faults,
    });
  }
}
