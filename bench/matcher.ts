/**
 * What matching a request costs as the number of routes grows: nanoseconds of CPU time a match, the median of several
 * interleaved rounds. The cost has to stay flat, whatever the number of routes.
 *
 * Without options it measures 10, 100, 1,000 and 10,000 routes; with --smoke it runs for a moment, which shows that it
 * works and nothing else.
 */
import { type Binding, createMatcher, type Matcher } from "../src/rules/index.js";
import { bindingOf } from "../test/rules/support/bindings.js";

const smoke = process.argv.includes("--smoke");
const SIZES = [10, 100, 1_000, 10_000];
const ROUNDS = smoke ? 3 : 11;
const MATCHES = smoke ? 5_000 : 200_000;

/** Five routes a resource, as an AIP-style API has them. */
const PATTERNS: readonly (readonly [method: string, pattern: string])[] = [
  ["GET", "/v1/{name=projects/*/RESOURCE/*}"],
  ["GET", "/v1/{parent=projects/*}/RESOURCE"],
  ["PATCH", "/v1/{resource.name=projects/*/RESOURCE/*}"],
  ["POST", "/v1/{name=projects/*/RESOURCE/*}:archive"],
  ["GET", "/v1/RESOURCE/{id}"],
];

interface Request {
  readonly title: string;
  readonly method: string;
  readonly path: (resource: string) => string;
}

const REQUESTS: readonly Request[] = [
  { title: "one variable", method: "GET", path: (resource) => `/v1/${resource}/4711` },
  { title: "four segments", method: "GET", path: (resource) => `/v1/projects/acme/${resource}/4711` },
  { title: "verb", method: "POST", path: (resource) => `/v1/projects/acme/${resource}/4711:archive` },
  { title: "escape", method: "GET", path: (resource) => `/v1/${resource}/caf%C3%A9` },
  { title: "404", method: "GET", path: (resource) => `/v1/projects/acme/${resource}/4711/more` },
  { title: "405", method: "PUT", path: (resource) => `/v1/projects/acme/${resource}/4711` },
];

interface Entry {
  readonly binding: Binding;
  readonly value: number;
}

function entriesOf(size: number): readonly Entry[] {
  return Array.from({ length: size }, (_, i) => {
    const [method, pattern] = PATTERNS[i % PATTERNS.length] ?? ["GET", "/"];
    const binding = bindingOf(method, pattern.replaceAll("RESOURCE", resourceAt(Math.floor(i / PATTERNS.length))));
    return { binding, value: i };
  });
}

function resourceAt(i: number): string {
  return `resource${i}s`;
}

/** Nanoseconds a match over paths that differ from one to the next, as requests do. */
function measure(matcher: Matcher<number>, request: Request, size: number): number {
  const resources = Math.max(1, Math.floor(size / PATTERNS.length));
  // Joined from bytes, as a request line is: not the ropes that template strings make.
  const paths = Array.from({ length: 1_000 }, (_, i) =>
    Buffer.from(request.path(resourceAt((i * 7_919) % resources))).toString("latin1"),
  );
  const start = process.cpuUsage();
  let found = 0;
  for (let i = 0; i < MATCHES; i++) {
    if (matcher.match(request.method, paths[i % 1_000] ?? "").kind === "found") found++;
  }
  const { user, system } = process.cpuUsage(start);
  const expected = request.title === "404" || request.title === "405" ? 0 : MATCHES;
  if (found !== expected) throw new Error(`${request.title}: ${found} of ${MATCHES} found, expected ${expected}`);
  return ((user + system) * 1_000) / MATCHES;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

const builds: number[] = [];
const matchers = SIZES.map((size) => {
  const entries = entriesOf(size);
  const start = performance.now();
  const matcher = createMatcher(entries, { multiSegment: "all-but-slash", ignoreTrailingSlash: false });
  builds.push(performance.now() - start);
  return matcher;
});

const times = REQUESTS.map(() => SIZES.map((): number[] => []));
for (let round = 0; round < ROUNDS; round++) {
  for (const [r, request] of REQUESTS.entries()) {
    for (const [s, size] of SIZES.entries()) {
      const matcher = matchers[s];
      if (matcher !== undefined) times[r]?.[s]?.push(measure(matcher, request, size));
    }
  }
}

const columns = SIZES.map((size) => `${size} routes`.padStart(14)).join("");
console.log(`${"ns a match".padEnd(16)}${columns}`);
for (const [r, request] of REQUESTS.entries()) {
  const cells = SIZES.map((_, s) =>
    median(times[r]?.[s] ?? [])
      .toFixed(0)
      .padStart(14),
  ).join("");
  console.log(`${request.title.padEnd(16)}${cells}`);
}
console.log(`${"createMatcher ms".padEnd(16)}${builds.map((ms) => ms.toFixed(1).padStart(14)).join("")}`);
