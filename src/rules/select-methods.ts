import { nearest, quoteValue } from "../core/index.js";
import type { MethodType, Schema } from "../schema/index.js";

/** All methods of a Schema by full name, and the names of what contains them. */
export interface MethodIndex {
  readonly methods: ReadonlyMap<string, MethodType>;
  /** Packages and services, as far as a pattern `name.*` selects something. */
  readonly scopes: ReadonlySet<string>;
}

/** A whole qualified name, or one that ends in `.*`, or `*` alone. */
const PATTERN = /^(?:\*|[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*(?:\.\*)?)$/;

/** Whether a pattern could select something. */
export function isSelector(pattern: string): boolean {
  return PATTERN.test(pattern);
}

export function indexMethods(schema: Schema): MethodIndex {
  const methods = new Map<string, MethodType>();
  const scopes = new Set<string>();
  for (const service of schema.services.values()) {
    for (const method of service.methods) {
      methods.set(method.fullName, method);
      let dot = method.fullName.lastIndexOf(".");
      // The scopes above a known one are known.
      while (dot > 0 && !scopes.has(method.fullName.slice(0, dot))) {
        scopes.add(method.fullName.slice(0, dot));
        dot = method.fullName.lastIndexOf(".", dot - 1);
      }
    }
  }
  return { methods, scopes };
}

/**
 * The methods that one pattern of a selector selects, or why there are none. As google/api/documentation.proto says, a
 * wildcard stands at the end for whole components, and "will match one or more" of them; "*" is all.
 */
export function selectMethods(index: MethodIndex, pattern: string): readonly MethodType[] | string {
  if (!isSelector(pattern)) {
    return `a selector is a full name, a full name that ends in ".*", or "*"`;
  }
  if (pattern.endsWith("*")) {
    const prefix = pattern.slice(0, -1);
    const selected = [...index.methods.values()].filter((method) => method.fullName.startsWith(prefix));
    return selected.length > 0
      ? selected
      : `it selects no method${didYouMean(prefix.slice(0, -1), index.scopes, ".*")}`;
  }
  const method = index.methods.get(pattern);
  if (method !== undefined) return [method];
  const hint = index.scopes.has(pattern) ? `; did you mean ${quoteValue(`${pattern}.*`)}?` : null;
  return `it selects no method${hint ?? didYouMean(pattern, index.methods.keys(), "")}`;
}

function didYouMean(name: string, known: Iterable<string>, suffix: string): string {
  const near = nearest(name, known);
  return near === null ? "" : `; did you mean ${quoteValue(near + suffix)}?`;
}
