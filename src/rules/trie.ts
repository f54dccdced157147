import { unreachable } from "../core/index.js";
import { literalKey } from "./decode-segment.js";
import type { Segment, Template } from "./types.js";

/**
 * All templates of one verb, by segments. A node is reached by one way only, so a search visits each node at most once,
 * and no deeper than the longest template: neither time nor stack follow the length of the path.
 */
export interface TrieNode<L> {
  literals: Map<string, TrieNode<L>> | null;
  single: TrieNode<L> | null;
  rest: SuffixNode<L> | null;
  leaf: L | null;
}

/** What follows a `**`: literals, from the last one backwards. A deeper node is a longer suffix, so more specific. */
export interface SuffixNode<L> {
  literals: Map<string, SuffixNode<L>> | null;
  leaf: L | null;
}

export function createTrieNode<L>(): TrieNode<L> {
  return { literals: null, single: null, rest: null, leaf: null };
}

/** The node at which a template ends, made where there is none. The verb is not looked at. */
export function leafNodeOf<L>(root: TrieNode<L>, template: Template): TrieNode<L> | SuffixNode<L> {
  let node = root;
  for (const [i, segment] of template.segments.entries()) {
    switch (segment.kind) {
      case "literal":
        node.literals ??= new Map();
        node = childOf(node.literals, literalKey(segment.text), createTrieNode<L>);
        break;
      case "single":
        node.single ??= createTrieNode();
        node = node.single;
        break;
      case "rest":
        node.rest ??= createSuffixNode();
        return suffixLeafNodeOf(node.rest, template.segments.slice(i + 1).reverse());
      default:
        return unreachable(segment);
    }
  }
  return node;
}

function suffixLeafNodeOf<L>(root: SuffixNode<L>, reversed: readonly Segment[]): SuffixNode<L> {
  let node = root;
  for (const segment of reversed) {
    // The parser refuses a wildcard behind `**`.
    if (segment.kind !== "literal") throw new Error(`a ${segment.kind} wildcard behind "**"`);
    node.literals ??= new Map();
    node = childOf(node.literals, literalKey(segment.text), createSuffixNode<L>);
  }
  return node;
}

function createSuffixNode<L>(): SuffixNode<L> {
  return { literals: null, leaf: null };
}

function childOf<N>(children: Map<string, N>, key: string, create: () => N): N {
  let child = children.get(key);
  if (child === undefined) {
    child = create();
    children.set(key, child);
  }
  return child;
}
