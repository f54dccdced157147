import { FaultsError } from "../core/index.js";
import { type Capture, createCaptureCompiler } from "./compile-captures.js";
import { literalKey, rawKey } from "./decode-segment.js";
import { findConflicts } from "./find-conflicts.js";
import { type Accept, search } from "./search.js";
import { createTrieNode, leafNodeOf, type TrieNode } from "./trie.js";
import type { Binding, Match, Matcher, MultiSegmentDecoding } from "./types.js";

/** How a matcher reads paths. */
export interface MatcherOptions {
  /** Which percent escapes multi-segment variables keep. */
  readonly multiSegment: MultiSegmentDecoding;
  /** Whether one slash at the end of a path other than "/" is left out of account. */
  readonly ignoreTrailingSlash: boolean;
}

/**
 * What was registered for one HTTP method of one shape, and the next of the same shape. A chain rather than a map: there
 * are a handful of methods at most, and a request then touches one object of its route, which matters once the routes do
 * not fit into the processor's cache (bench/matcher.ts, 10,000 routes).
 */
interface Route<T> {
  /** "*" for any. */
  readonly httpMethod: string;
  readonly value: T;
  readonly capture: Capture;
  readonly next: Route<T> | null;
}

type Root<T> = TrieNode<Route<T>>;
type Find<T> = Accept<Route<T>, Route<T>>;

/** One way to read a path: all of it, or what is left of it before a verb. */
interface Reading<T> {
  readonly root: Root<T>;
  readonly end: number;
}

/**
 * The matcher of these bindings, whatever their order.
 *
 * @throws FaultsError where two of them have one HTTP method and one shape
 */
export function createMatcher<T>(
  entries: readonly { readonly binding: Binding; readonly value: T }[],
  options: MatcherOptions,
): Matcher<T> {
  const conflicts = findConflicts(entries.map((entry) => entry.binding));
  if (conflicts.length > 0) throw new FaultsError(conflicts);
  return new TrieMatcher(entries, options);
}

class TrieMatcher<T> implements Matcher<T> {
  readonly #plain: Root<T> = createTrieNode();
  readonly #verbs = new Map<string, Root<T>>();
  /** How many colons the verbs have within them, each number once, the highest first. */
  readonly #verbColons: readonly number[];
  readonly #finds = new Map<string, Find<T>>();
  readonly #ignoreTrailingSlash: boolean;

  constructor(entries: readonly { readonly binding: Binding; readonly value: T }[], options: MatcherOptions) {
    this.#ignoreTrailingSlash = options.ignoreTrailingSlash;
    const colons = new Set<number>();
    const compile = createCaptureCompiler(options.multiSegment);
    for (const { binding, value } of entries) {
      const { template, httpMethod } = binding;
      if (template.verb !== null) colons.add(template.verb.split(":").length - 1);
      const node = leafNodeOf(this.#rootOf(template.verb), template);
      node.leaf = { httpMethod, value, capture: compile(binding), next: node.leaf };
      this.#finds.set(httpMethod, findFor(httpMethod));
    }
    this.#finds.set("HEAD", findFor("HEAD"));
    this.#verbColons = [...colons].sort((a, b) => b - a);
  }

  match(httpMethod: string, rawPath: string): Match<T> {
    if (rawPath.charCodeAt(0) !== SLASH) return NONE;
    const end = this.#endOf(rawPath);
    const find = this.#finds.get(httpMethod) ?? findFor(httpMethod);
    if (this.#verbColons.length > 0 && rawPath.lastIndexOf(":") > rawPath.lastIndexOf("/", end - 1)) {
      for (const reading of this.#verbReadings(rawPath, end)) {
        const route = search(reading.root, rawPath, 0, reading.end, find);
        if (route !== null) return foundAt(route, rawPath, reading.end);
      }
    }
    const route = search(this.#plain, rawPath, 0, end, find);
    return route === null ? this.#matchAnyMethod(rawPath, end) : foundAt(route, rawPath, end);
  }

  /** The rare path: whether other methods would find a rule. A rule of kind "*" would have been found, so none is here. */
  #matchAnyMethod(path: string, end: number): Match<T> {
    const allow = new Set<string>();
    const collect: Accept<Route<T>, never> = (leaf) => {
      for (let route: Route<T> | null = leaf; route !== null; route = route.next) allow.add(route.httpMethod);
      return null;
    };
    for (const reading of this.#verbReadings(path, end)) search(reading.root, path, 0, reading.end, collect);
    search(this.#plain, path, 0, end, collect);
    if (allow.size === 0) return NONE;
    if (allow.has("GET")) allow.add("HEAD");
    return { kind: "method", allow: [...allow].sort() };
  }

  /** The readings of a path with a verb that a rule has, the longest verb first. */
  #verbReadings(path: string, end: number): readonly Reading<T>[] {
    const readings: Reading<T>[] = [];
    const slash = path.lastIndexOf("/", end - 1);
    for (const count of this.#verbColons) {
      let colon = end;
      for (let i = 0; i <= count && colon > slash; i++) colon = path.lastIndexOf(":", colon - 1);
      if (colon <= slash) continue;
      const verb = path.slice(colon + 1, end);
      const root = this.#verbs.get(verb) ?? this.#verbs.get(rawKey(verb));
      if (root !== undefined) readings.push({ root, end: colon === 1 ? 0 : colon });
    }
    return readings;
  }

  /** "/" has no segments, so it ends where it starts. */
  #endOf(path: string): number {
    const { length } = path;
    const end = this.#ignoreTrailingSlash && path.charCodeAt(length - 1) === SLASH ? length - 1 : length;
    return end === 1 ? 0 : end;
  }

  #rootOf(verb: string | null): Root<T> {
    if (verb === null) return this.#plain;
    const key = literalKey(verb);
    let root = this.#verbs.get(key);
    if (root === undefined) {
      root = createTrieNode();
      this.#verbs.set(key, root);
    }
    return root;
  }
}

const SLASH = 0x2f;
const NONE: Match<never> = { kind: "none" };

/** A rule for the method, else one of kind "*"; HEAD is GET without a body (RFC 9110 section 9.3.2). */
function findFor<T>(httpMethod: string): Find<T> {
  if (httpMethod === "HEAD") return (leaf) => routeFor(leaf, "HEAD") ?? routeFor(leaf, "GET") ?? routeFor(leaf, "*");
  return (leaf) => routeFor(leaf, httpMethod) ?? routeFor(leaf, "*");
}

function routeFor<T>(leaf: Route<T>, httpMethod: string): Route<T> | null {
  let route: Route<T> | null = leaf;
  while (route !== null && route.httpMethod !== httpMethod) route = route.next;
  return route;
}

function foundAt<T>(route: Route<T>, path: string, end: number): Match<T> {
  return { kind: "found", value: route.value, captures: route.capture(path, end) };
}
