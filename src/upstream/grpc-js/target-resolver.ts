import { type ChannelOptions, experimental, status } from "@grpc/grpc-js";
import { lookupAll, Resolver } from "../resolver.js";
import { type Address, authorityOf, printAddress, type Target } from "../target.js";

const SCHEME = "portico";
const TARGET = "portico.target";
const REFRESH = "portico.dns_refresh_ms";

/** What a channel is made of to have the addresses of a target, those of a name looked up again every `refresh` milliseconds. */
export function resolvedTarget(
  target: Target,
  refresh: number,
): { readonly uri: string; readonly options: ChannelOptions } {
  experimental.registerResolver(SCHEME, TargetResolver);
  return { uri: `${SCHEME}:${authorityOf(target)}`, options: { [TARGET]: target, [REFRESH]: refresh } };
}

/**
 * Gives a channel the addresses that this room's own resolver finds: grpc-js's looks a name up again only when an address
 * has failed. It is told only what has changed: each list makes grpc-js's balancers begin anew.
 */
class TargetResolver implements experimental.Resolver {
  readonly #listener: experimental.ResolverListener;
  readonly #target: Target;
  readonly #refresh: number;
  #resolver: Resolver | null = null;
  /** The addresses that the channel has. */
  #told = "";

  constructor(_uri: experimental.GrpcUri, listener: experimental.ResolverListener, options: ChannelOptions) {
    this.#listener = listener;
    this.#target = options[TARGET] as Target;
    this.#refresh = options[REFRESH] as number;
  }

  static getDefaultAuthority({ path }: experimental.GrpcUri): string {
    return path;
  }

  updateResolution(): void {
    if (this.#resolver === null) this.#begin();
    else this.#resolver.again();
  }

  /** A channel that goes idle does this as well, and asks again when it is used. */
  destroy(): void {
    this.#resolver?.stop();
    this.#resolver = null;
    this.#told = "";
  }

  #begin(): void {
    const sink = {
      resolved: (addresses: readonly Address[]) => this.#resolved(addresses),
      unresolved: (reason: string) => this.#unresolved(reason),
    };
    const resolver = new Resolver(this.#target, sink, lookupAll, this.#refresh);
    this.#resolver = resolver;
    // Never within this call: the channel is not ready to be told.
    process.nextTick(() => {
      if (this.#resolver === resolver) resolver.start();
    });
  }

  #resolved(addresses: readonly Address[]): void {
    const told = addresses.map(printAddress).sort().join();
    if (told === this.#told) return;
    this.#told = told;
    const endpoints = addresses.map((address) => ({
      addresses: [address.kind === "unix" ? { path: address.path } : { host: address.host, port: address.port }],
    }));
    this.#listener(experimental.statusOrFromValue(endpoints), {}, null, "");
  }

  #unresolved(details: string): void {
    this.#listener(experimental.statusOrFromError({ code: status.UNAVAILABLE, details }), {}, null, "");
  }
}
