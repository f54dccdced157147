import { isAbsolute, resolve } from "node:path";
import { Code } from "../../core/index.js";
import { parseTarget } from "../../upstream/index.js";

/** What parsing a value needs to know of the file that it stands in. */
export interface KindContext {
  /** Absolute; what relative paths are relative to. */
  readonly directory: string;
}

/** A kind of scalar that JSON Schema's own types cannot say: how it is written and what it becomes. */
export interface Kind {
  /** In docs/configuration.md. */
  readonly short: string;
  /** Completes "expected …". */
  readonly expected: string;
  /** What an editor checks; the parser below has the last word. */
  readonly pattern: string | null;
  /** The value is in no message. */
  readonly secret?: true;
  /** The value that the program works with, or undefined where the text is none of this kind. */
  readonly parse: (value: unknown, context: KindContext) => unknown;
}

/** setTimeout keeps its delay in 32 bits and fires at once for more (Node, timers: "When delay is larger than 2147483647"). */
const MAX_MILLISECONDS = 2 ** 31 - 1;

const durationUnits: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
const durationPattern = "^\\d+(\\.\\d+)?(ms|s|m|h)$";
const durationText = 'a duration with its unit, such as "250ms", "5s", "1m" or "1h"';

/** Milliseconds of "250ms", "5s", "1.5m", "1h"; undefined for any other value and for more than a timer can hold. */
export function parseDuration(value: unknown): number | undefined {
  const match = typeof value === "string" ? new RegExp(durationPattern).exec(value) : null;
  if (match === null) return undefined;
  const milliseconds = Number.parseFloat(match[0]) * (durationUnits[match[2] ?? ""] ?? Number.NaN);
  return milliseconds <= MAX_MILLISECONDS ? Math.round(milliseconds) : undefined;
}

const sizeUnits: Readonly<Record<string, number>> = {
  B: 1,
  kB: 1000,
  MB: 1000 ** 2,
  GB: 1000 ** 3,
  KiB: 1024,
  MiB: 1024 ** 2,
  GiB: 1024 ** 3,
};
const sizePattern = "^\\d+(\\.\\d+)?(B|kB|MB|GB|KiB|MiB|GiB)$";

/** Bytes of 4096, "16KiB", "4MiB", "1.5MB" (IEC and SI units); undefined for any other value and beyond 2^31 - 1 bytes. */
export function parseSize(value: unknown): number | undefined {
  const match = typeof value === "string" ? new RegExp(sizePattern).exec(value) : null;
  const bytes =
    match === null ? value : Math.round(Number.parseFloat(match[0]) * (sizeUnits[match[2] ?? ""] ?? Number.NaN));
  if (typeof bytes !== "number" || !Number.isInteger(bytes) || bytes < 0) return undefined;
  return bytes <= 2 ** 31 - 1 ? bytes : undefined;
}

function parseCount(value: unknown): number | undefined {
  const isCount = typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= 2 ** 31 - 1;
  return isCount ? value : undefined;
}

/** What an editor can tell of a target; parseTarget of the upstream room has the last word. */
const targetPattern = "^((unix|ipv4|ipv6):\\S+|(dns:(///)?)?(\\[[^\\]\\s]+\\]|[^\\s:/?#@[\\]]+):\\d{1,5})$";

/** A gRPC target; a relative unix path is made absolute. */
function targetOf(value: unknown, context: KindContext): string | undefined {
  if (typeof value !== "string") return undefined;
  try {
    const target = parseTarget("", value);
    const first = target.kind === "fixed" ? target.addresses[0] : undefined;
    return first?.kind === "unix" ? `unix:${parsePath(first.path, context)}` : value;
  } catch {
    // The sentence of `expected` says more than the thrown one, which has no place.
    return undefined;
  }
}

function parsePath(value: unknown, context: KindContext): string | undefined {
  if (typeof value !== "string" || value === "" || value.includes("\0")) return undefined;
  return isAbsolute(value) ? value : resolve(context.directory, value);
}

/** RFC 9110 5.6.2, token. */
const token = "[!#$%&'+.^_`|~0-9A-Za-z-]+";
const urlPathPattern = "^/[A-Za-z0-9._~!$&'()+,;=@%/-]*$";

function matching(pattern: string, value: unknown): string | undefined {
  return typeof value === "string" && new RegExp(pattern).test(value) ? value : undefined;
}

/** All codes but OK, which is no failure, by their names. */
const failureCodes: ReadonlyMap<unknown, number> = new Map(Object.entries(Code).filter(([, code]) => code !== Code.OK));

/** Every kind, by the name that the schema calls it in `x-kind`. */
export const kinds = {
  /** Milliseconds, more than 0. */
  duration: {
    short: "duration",
    expected: durationText,
    pattern: durationPattern,
    parse: (value) => parseDuration(value) || undefined,
  },
  /** Milliseconds, 0 allowed. */
  durationOrZero: { short: "duration", expected: durationText, pattern: durationPattern, parse: parseDuration },
  /** Milliseconds, more than 0; Infinity for "none". */
  durationOrNone: {
    short: "duration or `none`",
    expected: `${durationText}, or "none"`,
    pattern: `${durationPattern}|^none$`,
    parse: (value) => (value === "none" ? Number.POSITIVE_INFINITY : parseDuration(value) || undefined),
  },
  /** Bytes. */
  size: {
    short: "size",
    expected: 'a size, such as 4096 (bytes), "16KiB" or "4MiB"',
    pattern: sizePattern,
    parse: parseSize,
  },
  /** A whole number, at least 1; Infinity for "none". */
  countOrNone: {
    short: "number or `none`",
    expected: 'a whole number from 1 to 2147483647, or "none"',
    pattern: "^none$",
    parse: (value) => (value === "none" ? Number.POSITIVE_INFINITY : parseCount(value)),
  },
  /** A number of processes, or "auto". */
  workers: {
    short: "number or `auto`",
    expected: 'a whole number from 1 to 1024, or "auto"',
    pattern: "^auto$",
    parse: (value): number | "auto" | undefined => {
      if (value === "auto") return value;
      const count = parseCount(value);
      return count !== undefined && count <= 1024 ? count : undefined;
    },
  },
  /** The number of a gRPC status code. */
  grpcCode: {
    short: "gRPC code",
    expected: 'the name of a gRPC status code other than OK, such as "UNAVAILABLE"',
    pattern: `^(${[...failureCodes.keys()].join("|")})$`,
    parse: (value) => failureCodes.get(value),
  },
  /** An absolute path of the file system. */
  path: {
    short: "path",
    expected: "a path, relative to this file",
    pattern: null,
    parse: parsePath,
  },
  /** An absolute path of the file system, or null. */
  pathOrNull: {
    short: "path or `null`",
    expected: "a path, relative to this file, or null",
    pattern: null,
    parse: (value, context) => (value === null ? null : parsePath(value, context)),
  },
  /** A text that is nobody's business, or null. */
  secretOrNull: {
    short: "text or `null`",
    expected: "a text (in quotes where it could be a number), or null",
    pattern: null,
    secret: true,
    parse: (value) => (value === null || (typeof value === "string" && value !== "") ? value : undefined),
  },
  /** A path of URLs, or null for off. */
  urlPath: {
    short: "URL path or `false`",
    expected: 'a URL path that starts with "/", or false for none',
    pattern: urlPathPattern,
    parse: (value) => (value === null || value === false ? null : matching(urlPathPattern, value)),
  },
  /** A DNS name, or null. */
  serverName: {
    short: "DNS name or `null`",
    expected: "a DNS name, or null",
    pattern: "^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$",
    parse: (value) => (value === null ? null : matching("^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$", value)),
  },
  target: {
    short: "gRPC target",
    expected:
      'a gRPC target with its port, such as "localhost:50051", "dns:///users.internal:50051" or "unix:/run/users.sock"',
    pattern: targetPattern,
    parse: targetOf,
  },
  /** Lower case. */
  headerName: {
    short: "header name",
    expected: "a header name",
    pattern: `^${token}$`,
    parse: (value) => matching(`^${token}$`, value)?.toLowerCase(),
  },
  /** Lower case; "*" at the end stands for any rest. */
  headerPattern: {
    short: "header name, prefix or `*`",
    expected: 'a header name, a prefix such as "x-tenant-*", or "*"',
    pattern: `^(${token}\\*?|\\*)$`,
    parse: (value) => matching(`^(${token}\\*?|\\*)$`, value)?.toLowerCase(),
  },
  /** Proto names, dotted; or null. */
  fieldPathOrNull: {
    short: "field path or `null`",
    expected: 'a field path in proto names, such as "event_type" or "header.name", or null',
    pattern: "^[A-Za-z_]\\w*(\\.[A-Za-z_]\\w*)*$",
    parse: (value) => (value === null ? null : matching("^[A-Za-z_]\\w*(\\.[A-Za-z_]\\w*)*$", value)),
  },
  servicePattern: {
    short: "service, package or `*`",
    expected: 'a service such as "shop.v1.Orders", a package such as "shop.v1.*", or "*"',
    pattern: "^([A-Za-z_]\\w*(\\.[A-Za-z_]\\w*)*(\\.\\*)?|\\*)$",
    parse: (value) => matching("^([A-Za-z_]\\w*(\\.[A-Za-z_]\\w*)*(\\.\\*)?|\\*)$", value),
  },
} as const satisfies Readonly<Record<string, Kind>>;

export type KindName = keyof typeof kinds;
