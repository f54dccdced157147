import type { JSONPathQuery } from "json-p3";
import type { Fault } from "../../core/index.js";
import type { JsonObject, JsonValue } from "../types.js";

/** An OpenAPI Overlay (1.0 or 1.1): what is to be changed in a document, in order. */
export interface Overlay {
  /** What the file says that it is: the two differ in what may be done to arrays and plain values. */
  readonly version: "1.0" | "1.1";
  readonly actions: readonly Action[];
}

/** One change of whatever its target selects. */
export interface Action {
  readonly target: JSONPathQuery;
  readonly change: Change;
  /** A fault of this action, at its place in the file. */
  readonly fault: (message: string) => Fault;
}

/** Of several that an action has, the first in this order counts ("This field has no impact if …"). */
export type Change =
  | { readonly kind: "remove" }
  | { readonly kind: "update"; readonly value: JsonValue }
  /** 1.1: the one node that a path selects. */
  | { readonly kind: "copy"; readonly from: JSONPathQuery }
  | { readonly kind: "nothing" };

/** A document under its overlays, and what of them could not be done. */
export interface Overlaid {
  readonly document: JsonObject;
  readonly faults: readonly Fault[];
}
