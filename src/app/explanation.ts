import type { Binding } from "../rules/index.js";

/** A request that is not made. */
export interface ExplainRequest {
  readonly method: string;
  /** Path and query, as they would be sent. */
  readonly target: string;
  /** name, value, name, value, …; names in lower case. */
  readonly headers: readonly string[];
  readonly body: Uint8Array | null;
}

/** What would become of it. */
export type Explanation =
  | ExplainedCall
  /** The rule is found, but the request is refused before any call. */
  | {
      readonly kind: "refused";
      readonly binding: Binding;
      readonly captures: readonly ExplainedCapture[];
      readonly status: number;
      /** An id of the catalogue. */
      readonly id: string;
      readonly message: string;
    }
  /** 405. */
  | { readonly kind: "method"; readonly allow: readonly string[]; readonly nearest: readonly Binding[] }
  /** 404, with the rules whose patterns are nearest to the path. */
  | { readonly kind: "none"; readonly nearest: readonly Binding[] };

export interface ExplainedCall {
  readonly kind: "call";
  readonly binding: Binding;
  readonly captures: readonly ExplainedCapture[];
  /** The upstream's name and target. */
  readonly upstream: { readonly name: string; readonly target: string };
  /** Milliseconds that the call would have; Infinity for no end. */
  readonly timeout: number;
  /** name, value, …, as they would go to the upstream. */
  readonly metadata: readonly string[];
  /** The request message, in ProtoJSON. */
  readonly message: string;
}

export interface ExplainedCapture {
  /** Proto names, dotted. */
  readonly field: string;
  /** Decoded. */
  readonly value: string;
}
