import { describe, expect, it } from "vitest";
import { type Binding, createMatcher, parseTemplate, printTemplate } from "../../src/rules/index.js";
import { bindingOf } from "./support/bindings.js";
import { createRandom, type Random } from "./support/random.js";
import { type ReferenceResult, referenceMatch } from "./support/reference-matcher.js";

const METHODS = ["GET", "POST", "HEAD", "*"];
const NAMES = ["a", "b", "c", "a:b"];
const VERBS = ["a", "b", "a:b"];

describe("a matcher against the reference", () => {
  it("2,000 random rule sets give the same rule, captures or Allow for 30 random paths each", () => {
    const counts = { found: 0, method: 0, none: 0 };
    for (let seed = 1; seed <= 2_000; seed++) {
      const random = createRandom(seed);
      const bindings = randomBindings(random);
      const matcher = createMatcher(
        bindings.map((binding) => ({ binding, value: binding })),
        { multiSegment: "all-but-slash", ignoreTrailingSlash: false },
      );
      for (let i = 0; i < 30; i++) {
        const method = random.pick(["GET", "POST", "HEAD", "PUT"]);
        const path = randomPath(random);
        const match = matcher.match(method, path);
        counts[match.kind]++;
        const got =
          match.kind === "found"
            ? describeFound(match.value.httpMethod, printTemplate(match.value.template), match.captures)
            : match.kind === "method"
              ? `allow ${match.allow.join()}`
              : "none";
        const expected = describeResult(referenceMatch(bindings, method, path));
        if (got !== expected) {
          const rules = bindings.map((binding) => `${binding.httpMethod} ${binding.pattern}`).join("\n");
          expect(got, `seed ${seed}: ${method} ${path} among\n${rules}`).toBe(expected);
        }
      }
    }
    // Each outcome must have been common for the comparison to say anything.
    expect(Math.min(counts.found, counts.method, counts.none)).toBeGreaterThan(5_000);
  });
});

function describeFound(httpMethod: string, template: string, captures: readonly string[]): string {
  return `${httpMethod} ${template} ${JSON.stringify(captures)}`;
}

function describeResult(result: ReferenceResult): string {
  if (result === null) return "none";
  if ("allow" in result) return `allow ${result.allow.join()}`;
  return describeFound(result.rule.httpMethod, printTemplate(result.rule.template), result.captures);
}

/** Up to twelve bindings of different shapes over few names, so that they overlap. */
function randomBindings(random: Random): readonly Binding[] {
  const bindings = new Map<string, Binding>();
  for (let i = 1 + random.below(12); i > 0; i--) {
    const httpMethod = random.pick(METHODS);
    const pattern = randomTemplate(random);
    const shape = printTemplate({ ...parseTemplate(pattern), variables: [] });
    bindings.set(`${httpMethod} ${shape}`, bindingOf(httpMethod, pattern));
  }
  return [...bindings.values()];
}

function randomTemplate(random: Random): string {
  let rest = false;
  let variables = 0;
  const segment = (): string => {
    const kind = random.below(8);
    if (kind < 4 || rest) return random.pick(NAMES);
    rest = kind === 7;
    return rest ? "**" : "*";
  };
  const parts: string[] = [];
  for (let i = random.below(5); i > 0; i--) {
    if (random.below(3) > 0) parts.push(segment());
    else {
      const inner = Array.from({ length: 1 + random.below(3) }, segment);
      // In a variable's last segment a colon is refused.
      if (inner.at(-1) === "a:b") inner[inner.length - 1] = "b";
      parts.push(`{v${variables++}=${inner.join("/")}}`);
    }
  }
  const verb = parts.length > 0 && random.below(3) === 0 ? `:${random.pick(VERBS)}` : "";
  return `/${parts.join("/")}${verb}`;
}

function randomPath(random: Random): string {
  const names = [...NAMES, "", "d", "b:a"];
  const path = Array.from({ length: random.below(6) }, () => `/${random.pick(names)}`).join("");
  return `${path === "" ? "/" : path}${random.below(3) === 0 ? `:${random.pick(VERBS)}` : ""}`;
}
