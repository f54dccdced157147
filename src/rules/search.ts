import { isPlain, rawKey } from "./decode-segment.js";
import type { SuffixNode, TrieNode } from "./trie.js";

/** Asked of every leaf that matches, the most specific first, until it accepts one. */
export type Accept<L, R> = (leaf: L) => R | null;

/**
 * The first leaf that is accepted, in the order of precedence: segment by segment a literal before `*` before `**`, going
 * back where a branch fails; of several suffixes behind a `**` the longest first.
 *
 * @param at index of the slash before the next segment, or `end` where none is left
 * @param end where the path ends, the verb left out
 */
export function search<L, R>(node: TrieNode<L>, path: string, at: number, end: number, accept: Accept<L, R>): R | null {
  if (at === end) {
    const result = node.leaf === null ? null : accept(node.leaf);
    if (result !== null) return result;
    return node.rest === null ? null : searchSuffix(node.rest, path, at, end, accept);
  }
  const slash = path.indexOf("/", at + 1);
  const next = slash < 0 || slash > end ? end : slash;
  if (node.literals !== null) {
    const child = literalChild(node.literals, path.slice(at + 1, next));
    const result = child === undefined ? null : search(child, path, next, end, accept);
    if (result !== null) return result;
  }
  // An empty segment is no value of `*`: a doubled slash shifts what follows it.
  if (node.single !== null && next > at + 1) {
    const result = search(node.single, path, next, end, accept);
    if (result !== null) return result;
  }
  return node.rest === null ? null : searchSuffix(node.rest, path, at, end, accept);
}

/** Reads backwards from `end`, not beyond `from`, and asks the deepest leaf first. */
function searchSuffix<L, R>(
  node: SuffixNode<L>,
  path: string,
  from: number,
  end: number,
  accept: Accept<L, R>,
): R | null {
  if (node.literals !== null && end > from) {
    const slash = path.lastIndexOf("/", end - 1);
    const child = literalChild(node.literals, path.slice(slash + 1, end));
    const result = child === undefined ? null : searchSuffix(child, path, from, slash, accept);
    if (result !== null) return result;
  }
  return node.leaf === null ? null : accept(node.leaf);
}

/** By the segment as sent; only where that finds nothing and the segment has escapes, by what they mean. */
function literalChild<N>(literals: ReadonlyMap<string, N>, raw: string): N | undefined {
  const child = literals.get(raw);
  return child !== undefined || isPlain(raw) ? child : literals.get(rawKey(raw));
}
