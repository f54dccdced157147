import { printTemplate, type Segment, type Template } from "../../../src/rules/index.js";

/**
 * Matching as the rules say it, without regard to speed: every template is held against every reading of the path by
 * trying every length of its `**`, and the best of all that fit is taken by comparing templates segment by segment.
 * For paths and templates without percent escapes.
 */
export interface ReferenceRule {
  readonly httpMethod: string;
  readonly template: Template;
}

export interface ReferenceMatch {
  readonly rule: ReferenceRule;
  readonly captures: readonly string[];
}

/** A path cut into segments, and the verb that this reading takes it to have. */
interface Reading {
  readonly segments: readonly string[];
  readonly verb: string | null;
}

export type ReferenceResult = ReferenceMatch | { readonly allow: readonly string[] } | null;

export function referenceMatch(rules: readonly ReferenceRule[], httpMethod: string, path: string): ReferenceResult {
  const allow = new Set<string>();
  for (const reading of readingsOf(path)) {
    const fitting = rules.flatMap((rule) => fitRule(rule, reading) ?? []);
    fitting.sort((a, b) => compareTemplates(a.rule.template, b.rule.template));
    for (const { rule } of fitting) allow.add(rule.httpMethod);
    const best = fitting.find((match) => bestAtItsTemplate(fitting, match, httpMethod));
    if (best !== undefined) return best;
  }
  if (allow.has("GET")) allow.add("HEAD");
  return allow.size === 0 ? null : { allow: [...allow].sort() };
}

/** Whether a rule serves the method, and no rule of the same template serves it better. */
function bestAtItsTemplate(all: readonly ReferenceMatch[], match: ReferenceMatch, httpMethod: string): boolean {
  const order = httpMethod === "HEAD" ? ["HEAD", "GET", "*"] : [httpMethod, "*"];
  const same = all.filter((other) => compareTemplates(other.rule.template, match.rule.template) === 0);
  const served = order.find((method) => same.some((other) => other.rule.httpMethod === method));
  return match.rule.httpMethod === served;
}

/** The longest verb first, the path without a verb last. */
function readingsOf(path: string): readonly Reading[] {
  if (!path.startsWith("/")) return [];
  const readings: Reading[] = [];
  for (let i = path.lastIndexOf("/") + 1; i < path.length; i++) {
    if (path[i] === ":") readings.push({ segments: split(path.slice(0, i)), verb: path.slice(i + 1) });
  }
  readings.push({ segments: split(path), verb: null });
  return readings;
}

function split(path: string): readonly string[] {
  return path === "/" ? [] : path.slice(1).split("/");
}

function fitRule(rule: ReferenceRule, reading: Reading): ReferenceMatch | null {
  const { template } = rule;
  if (template.verb !== reading.verb) return null;
  const hasRest = template.segments.some((segment) => segment.kind === "rest");
  for (let length = 0; length <= (hasRest ? reading.segments.length : 0); length++) {
    // [from, to) of the path for each segment of the template, were `**` of this length.
    const spans: [number, number][] = [];
    let at = 0;
    for (const segment of template.segments) {
      const to = at + (segment.kind === "rest" ? length : 1);
      spans.push([at, to]);
      at = to;
    }
    if (at !== reading.segments.length) continue;
    if (!template.segments.every((segment, i) => takes(segment, reading.segments.slice(...(spans[i] ?? []))))) continue;
    const captures = template.variables.map((variable) =>
      reading.segments.slice(spans[variable.start]?.[0], spans[variable.end - 1]?.[1]).join("/"),
    );
    return { rule, captures };
  }
  return null;
}

function takes(segment: Segment, texts: readonly string[]): boolean {
  if (segment.kind === "rest") return true;
  const [text] = texts;
  return segment.kind === "single" ? text !== "" : text === segment.text;
}

/** Negative where `a` is more specific: segment by segment a literal before `*` before `**`; the end counts as `*`. */
function compareTemplates(a: Template, b: Template): number {
  if (printShape(a) === printShape(b)) return 0;
  const rank = (segment: Segment | undefined): number =>
    segment === undefined ? 1 : { literal: 0, single: 1, rest: 2 }[segment.kind];
  for (let i = 0; i < Math.max(a.segments.length, b.segments.length); i++) {
    const left = a.segments[i];
    const right = b.segments[i];
    if (rank(left) !== rank(right)) return rank(left) - rank(right);
    if (left?.kind === "rest") return b.segments.length - a.segments.length;
  }
  return 0;
}

function printShape(template: Template): string {
  return printTemplate({ ...template, variables: [] });
}
