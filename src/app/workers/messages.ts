import type { Fault } from "../../core/index.js";
import type { ReadyState } from "../gateway.js";

/** What the primary process tells a worker. */
export type ToWorker =
  /** Says what it is doing, under the same number. */
  | { readonly kind: "ask"; readonly question: number }
  /** Finishes what is in flight and ends. */
  | { readonly kind: "drain"; readonly graceMs: number };

/** What a worker tells the primary process. */
export type FromWorker =
  /** Requests are accepted. `pages`: the Unix socket of what the admin port serves beside its own pages; null for nothing. */
  | { readonly kind: "listening"; readonly address: string; readonly pages: string | null }
  /** It cannot serve: what is wrong with the configuration, its files or the port. */
  | { readonly kind: "faults"; readonly faults: readonly Fault[] }
  | { readonly kind: "answer"; readonly question: number; readonly state: ReadyState };

/** A message of these two, or null: the channel carries messages of Node and of libraries, too. */
export function messageOf<M extends ToWorker | FromWorker>(message: unknown): M | null {
  const carrier = message as { readonly portico?: M } | null;
  return typeof carrier === "object" && carrier !== null && carrier.portico !== undefined ? carrier.portico : null;
}

/** A message as it goes through the channel. */
export function carry(message: ToWorker | FromWorker): { readonly portico: ToWorker | FromWorker } {
  return { portico: message };
}
