/** Which services an upstream takes, as `upstreams.<name>.services` has them. */
export interface Claimant {
  readonly services: readonly string[];
}

type Claimants = Readonly<Record<string, Claimant>>;

/**
 * The upstream that serves a service: the one whose patterns name it, then the one that lists it by reflection, then the one
 * with `*`. What is written thus holds whatever an upstream says of itself, and `*` takes what is left. Null where none fits.
 * @param listed the upstream that lists each service
 */
export function claimingUpstream(
  service: string,
  upstreams: Claimants,
  listed: ReadonlyMap<string, string> = new Map(),
): string | null {
  return namingUpstream(service, upstreams) ?? listed.get(service) ?? takerOfTheRest(upstreams);
}

/**
 * The upstream with the most specific pattern that fits, `*` aside: the full name, then the longest package. Two upstreams
 * never have the same pattern; the configuration is refused.
 */
export function namingUpstream(service: string, upstreams: Claimants): string | null {
  let naming: string | null = null;
  let specificity = 0;
  for (const [name, { services }] of Object.entries(upstreams)) {
    for (const pattern of services) {
      if (pattern !== "*" && pattern.length > specificity && fits(pattern, service)) {
        naming = name;
        specificity = pattern.length;
      }
    }
  }
  return naming;
}

function takerOfTheRest(upstreams: Claimants): string | null {
  return Object.entries(upstreams).find(([, { services }]) => services.includes("*"))?.[0] ?? null;
}

/** Among patterns that fit one name the longer is the more specific: `a.*` and `a.b.*` are prefixes of one another. */
function fits(pattern: string, service: string): boolean {
  return pattern.endsWith("*") ? service.startsWith(pattern.slice(0, -1)) : pattern === service;
}
