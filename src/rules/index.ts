/**
 * rules: google.api.http rules in, Bindings and a Matcher out.
 *
 *   annotation or rule file ── parse template ── bind to fields ──> Binding[] ── build ──> Matcher
 *
 *   parseTemplate, printTemplate   path templates, with the column of what is wrong
 *   loadRuleFile, parseRuleFile    google.api.Service in YAML or JSON: http.rules
 *   bindRules                      the rules of a Schema held against its methods; all faults at once
 *   createMatcher                  method and raw path to the most specific binding, its captures, or Allow
 *   printBinding, printPattern     a binding in one line
 *
 * Everything that can be wrong with a rule is a Fault, found at start, all of them at once. The matcher works on the raw
 * path and decodes only what it captures. The room does not read bodies or queries and does not know Fastify.
 */
export { type BindOptions, type BoundRules, bindRules, bindRulesInSteps } from "./bind-rules.js";
export { createMatcher, type MatcherOptions } from "./create-matcher.js";
export { malformedPath } from "./decode-segment.js";
export { parseTemplate } from "./parse-template.js";
export { printBinding, printPattern } from "./print-binding.js";
export { printTemplate } from "./print-template.js";
export { type FileRule, loadRuleFile, parseRuleFile, type RuleFile } from "./rule-file.js";
export { TemplateError } from "./template-error.js";
export type {
  Binding,
  BodyRule,
  BoundVariable,
  Match,
  Matcher,
  MultiSegmentDecoding,
  Origin,
  Segment,
  Template,
  TemplateVariable,
} from "./types.js";
