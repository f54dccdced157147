import { FaultsError, finishInTurns, printFault, type Steps } from "../../core/index.js";
import { gapsOf, type Reflection } from "../../schema/index.js";
import type { GatewayConfig } from "../config/index.js";
import { bindInputs, type RouteInputs } from "../routes/index.js";
import type { Served, Serving } from "../serving.js";
import type { UpstreamLog } from "../upstreams/index.js";

/**
 * Which schema of each upstream is served. A new one is served if it can be, beside what the others are served by; else it is
 * refused, and what was served before stays. What was refused is tried again when another upstream's schema has changed: two
 * may have been at odds. One is built at a time, beside the requests that are served, and put in place at once when it is done.
 */
export class SchemaBoard {
  readonly #config: GatewayConfig;
  readonly #inputs: RouteInputs;
  readonly #serving: Serving;
  readonly #log: UpstreamLog;
  readonly #signal: AbortSignal;
  readonly #served = new Map<string, Reflection>();
  readonly #refused = new Map<string, Reflection>();
  /** Why the last one was refused, as the log has it. */
  readonly #reasons = new Map<string, string>();
  /** Done with what was offered so far. */
  #done: Promise<void> = Promise.resolve();

  /** Once the signal is aborted nothing is put in place any more, not even what is half built. */
  constructor(config: GatewayConfig, inputs: RouteInputs, serving: Serving, log: UpstreamLog, signal: AbortSignal) {
    this.#config = config;
    this.#inputs = inputs;
    this.#serving = serving;
    this.#log = log;
    this.#signal = signal;
  }

  /** The upstreams of which none is served, in the order of the configuration. */
  missing(): readonly string[] {
    return this.#config.schema.reflection.filter((name) => !this.#served.has(name));
  }

  /** Done when it is served or refused, after whatever was offered before. */
  offer(reflection: Reflection): Promise<void> {
    this.#done = this.#done.then(() => this.#take(reflection));
    return this.#done;
  }

  async #take(reflection: Reflection): Promise<void> {
    const { upstream, digest } = reflection;
    if (this.#served.get(upstream)?.digest === digest) this.#refused.delete(upstream);
    else if (this.#refused.get(upstream)?.digest !== digest && (await this.#serve(reflection)))
      await this.#tryRefused();
  }

  async #tryRefused(): Promise<void> {
    for (const reflection of [...this.#refused.values()]) {
      if (await this.#serve(reflection)) return this.#tryRefused();
    }
  }

  /** False: it is refused, or not wanted any more. */
  async #serve(reflection: Reflection): Promise<boolean> {
    const { upstream } = reflection;
    const together = new Map([...this.#served, [upstream, reflection]]);
    const inOrder = this.#config.schema.reflection.flatMap((name) => together.get(name) ?? []);
    let built: Served | null;
    try {
      built = await finishInTurns(this.#build(inOrder), this.#signal);
    } catch (error) {
      this.#refuse(reflection, error);
      return false;
    }
    if (built === null) return false;
    this.#serving.replace(built);
    const { loaded } = built;
    this.#served.set(upstream, reflection);
    this.#refused.delete(upstream);
    this.#reasons.delete(upstream);
    const routes = loaded.bindings.filter(({ rpc }) => loaded.upstreamOf.get(rpc.service) === upstream).length;
    const served = routes === 1 ? "1 route of it is" : `${routes} routes of it are`;
    this.#log.info(`upstream ${upstream} has told its schema, and ${served} served`, {
      upstream,
      services: few(reflection.services),
      files: reflection.files.size,
      routes,
    });
    const gaps = gapsOf([reflection], (file) => loaded.schema.files.has(file)).map(printFault);
    if (gaps.length > 0)
      this.#log.warn(`upstream ${upstream} leaves out a part of its schema`, { upstream, gaps: few(gaps) });
    return true;
  }

  *#build(reflections: readonly Reflection[]): Steps<Served> {
    return yield* this.#serving.compile(yield* bindInputs(this.#config, this.#inputs, reflections));
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
      faults: few(faults),
    });
  }
}

/** As many as a line of the log should have: a server may tell of 10,000 services, each with a fault. */
const MOST = 50;

function few(texts: readonly string[]): readonly string[] {
  return texts.length <= MOST ? texts : [...texts.slice(0, MOST), `and ${texts.length - MOST} more`];
}
