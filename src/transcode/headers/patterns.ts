/**
 * A list of header names as one predicate. An entry is a name, a prefix ending in `*`, or `*` for all. The names that
 * have no `*` cost one lookup; prefixes are tried only after it.
 */
export function compilePatterns(patterns: readonly string[]): (name: string) => boolean {
  const exact = new Set<string>();
  const prefixes: string[] = [];
  for (const pattern of patterns) {
    const name = pattern.toLowerCase();
    if (name.endsWith("*")) prefixes.push(name.slice(0, -1));
    else exact.add(name);
  }
  if (prefixes.length === 0) return (name) => exact.has(name);
  return (name) => exact.has(name) || prefixes.some((prefix) => name.startsWith(prefix));
}
