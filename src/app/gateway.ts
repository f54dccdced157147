import type { RequestListener } from "node:http";

/** What a gateway is doing, for /readyz. */
export type ReadyState =
  | { readonly kind: "starting" }
  /**
   * `failing`: the names of upstreams that cannot be reached now; `notServing`: of those that say NOT_SERVING by
   * grpc.health.v1, none where nobody asked them; `withoutSchema`: of those that are to tell their schema by reflection and
   * have told none that can be served.
   */
  | {
      readonly kind: "ready";
      readonly failing: readonly string[];
      readonly notServing: readonly string[];
      readonly withoutSchema: readonly string[];
    }
  | { readonly kind: "draining" };

/** A gateway as the process around it sees it. */
export interface Gateway {
  /**
   * Opens the port and gives its address, such as `http://127.0.0.1:8080` or `unix:/run/portico.sock`.
   * @throws FaultsError where the port cannot be had
   */
  listen(): Promise<string>;
  /**
   * Stops accepting connections, tells those that are open `Connection: close`, lets requests in flight finish for up to
   * `graceMs`, then cuts them off; closes the upstreams. `ready()` says draining from the start of it.
   */
  close(graceMs: number): Promise<void>;
  ready(): ReadyState;
  /** What the admin port serves beside its own pages; null for nothing. */
  readonly adminListener: RequestListener | null;
}
