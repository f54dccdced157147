/** Which services an upstream takes, as `upstreams.<name>.services` has them. */
export interface Claimant {
  readonly services: readonly string[];
}

/**
 * The upstream that serves a service: the one with the most specific pattern that fits (the full name, then the longest
 * package, then `*`). Null where none fits. Two upstreams never have the same pattern; the configuration is refused.
 */
export function claimingUpstream(service: string, upstreams: Readonly<Record<string, Claimant>>): string | null {
  let claimant: string | null = null;
  let specificity = -1;
  for (const [name, upstream] of Object.entries(upstreams)) {
    for (const pattern of upstream.services) {
      if (pattern.length > specificity && fits(pattern, service)) {
        claimant = name;
        specificity = pattern.length;
      }
    }
  }
  return claimant;
}

/** Among patterns that fit one name the longer is the more specific: `*`, `a.*` and `a.b.*` are prefixes of one another. */
function fits(pattern: string, service: string): boolean {
  return pattern.endsWith("*") ? service.startsWith(pattern.slice(0, -1)) : pattern === service;
}
