import { unreachable } from "../core/index.js";
import type { OptionValue, Place } from "../schema/index.js";

/** A text with where it stands. */
export interface SourceText {
  readonly text: string;
  readonly place: Place;
  /** Whether the source has the text as it is, on one line, from `place` on; then columns within it can be told. */
  readonly verbatim: boolean;
}

/** A rule as an option or a file has it, before it is understood: one shape for both sources. */
export type SourceNode =
  | ({ readonly kind: "text" } & SourceText)
  | { readonly kind: "flag"; readonly value: boolean; readonly place: Place }
  | { readonly kind: "list"; readonly items: readonly SourceNode[]; readonly place: Place }
  | { readonly kind: "map"; readonly entries: readonly SourceEntry[]; readonly place: Place }
  /** Something that no rule has, such as a number. */
  | { readonly kind: "other"; readonly what: string; readonly place: Place };

export interface SourceEntry {
  readonly key: SourceText;
  readonly value: SourceNode;
}

/** An option's value; all of it stands where its element stands. */
export function fromOption(value: OptionValue, place: Place): SourceNode {
  if (typeof value === "string") return { kind: "text", text: value, place, verbatim: false };
  if (typeof value === "boolean") return { kind: "flag", value, place };
  if (typeof value === "number") return { kind: "other", what: "a number", place };
  if (value === null) return { kind: "other", what: "nothing", place };
  if (isList(value)) return { kind: "list", items: value.map((item) => fromOption(item, place)), place };
  const entries = Object.entries(value).map(([name, item]): SourceEntry => {
    return { key: { text: name, place, verbatim: false }, value: fromOption(item, place) };
  });
  return { kind: "map", entries, place };
}

function isList(value: object): value is readonly OptionValue[] {
  return Array.isArray(value);
}

/** What a node is, for messages. */
export function describeNode(node: SourceNode): string {
  switch (node.kind) {
    case "text":
      return "text";
    case "flag":
      return String(node.value);
    case "list":
      return "a list";
    case "map":
      return "a map";
    case "other":
      return node.what;
    default:
      return unreachable(node);
  }
}

/** Where the given 1-based column of a text stands in its file, or the start of the text where that cannot be told. */
export function placeWithin(source: SourceText, column: number): Place {
  const { place, verbatim } = source;
  return verbatim && place.column !== null ? { ...place, column: place.column + column - 1 } : place;
}
