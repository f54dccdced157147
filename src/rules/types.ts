import type { FieldType, MethodType, Place } from "../schema/index.js";

/** One segment of a template after its variables are taken out. The order of the union is the order of precedence. */
export type Segment =
  | { readonly kind: "literal"; readonly text: string }
  | { readonly kind: "single" }
  | { readonly kind: "rest" };

/** A variable covers the segments [start, end) of its template. */
export interface TemplateVariable {
  /** Proto names, dotted, as written: "leaf.name". */
  readonly fieldPath: string;
  readonly start: number;
  readonly end: number;
  /** More than one segment, or one that is `**`: its %2F stay as sent. */
  readonly multiSegment: boolean;
  /** 1-based column of the field path in the template. */
  readonly column: number;
}

/** A parsed path template. `printTemplate` is its inverse. */
export interface Template {
  readonly segments: readonly Segment[];
  /** Without the colon; null for none. */
  readonly verb: string | null;
  readonly variables: readonly TemplateVariable[];
}

/** A variable bound to the field that it sets. `path` leads from the request message to the field; never empty. */
export interface BoundVariable extends TemplateVariable {
  readonly path: readonly FieldType[];
}

/** What the HTTP request body is. */
export type BodyRule =
  | { readonly kind: "none" }
  | { readonly kind: "whole" }
  | { readonly kind: "field"; readonly field: FieldType };

/** Where a rule was written. */
export type Origin =
  | { readonly kind: "annotation"; readonly place: Place }
  | { readonly kind: "ruleFile"; readonly place: Place }
  /** schema.unboundMethods: POST /pkg.Service/Method. */
  | { readonly kind: "unbound"; readonly place: Place };

/** One HTTP method and path that is served by one RPC. */
export interface Binding {
  readonly rpc: MethodType;
  /** 0 for the rule itself, 1… for its additional_bindings. */
  readonly index: number;
  /** An HTTP method in the case of the rule, or "*" for any. */
  readonly httpMethod: string;
  /** As written. */
  readonly pattern: string;
  readonly template: Template;
  readonly variables: readonly BoundVariable[];
  readonly body: BodyRule;
  /** The field of the reply that is the HTTP body; null for the whole reply. */
  readonly responseBody: FieldType | null;
  readonly origin: Origin;
}

/** How percent escapes in multi-segment variables are decoded; single-segment ones are always decoded in full. */
export type MultiSegmentDecoding =
  /** All but %2F and %2f (the default; HttpRule's prose). */
  | "all-but-slash"
  /** All but the reserved characters of RFC 6570 (Envoy's default). */
  | "all-but-reserved"
  | "all";

/** What a matcher found. `T` is what was registered beside the binding, such as a CallPlan. */
export type Match<T> =
  | {
      readonly kind: "found";
      readonly value: T;
      /** The value of each of the binding's variables, in their order, decoded. */
      readonly captures: readonly string[];
    }
  /** The path has rules, but none for the method. `allow` is sorted and has HEAD where it has GET. */
  | { readonly kind: "method"; readonly allow: readonly string[] }
  | { readonly kind: "none" };

/** Immutable; made of all bindings at once. */
export interface Matcher<T> {
  /**
   * The most specific rule for a method and a raw path: as sent, percent escapes kept, without query and fragment, bytes
   * beyond ASCII as one character each (as node:http gives them). HEAD is served by a rule for HEAD, else by the one for
   * GET of the same template, else by one of kind "*".
   *
   * @throws GatewayError GW_URL_MALFORMED where a captured segment has a malformed escape, is no UTF-8 or has a NUL
   */
  match(httpMethod: string, rawPath: string): Match<T>;
}
