/**
 * rules: google.api.http rules in, Bindings and a Matcher out.
 *
 *   annotation or rule file ── parse template ── bind to fields ──> Binding[] ── build ──> Matcher
 *
 * Everything that can be wrong with a rule is a Fault, found at start, all of them at once. The matcher works on the raw
 * path and decodes only what it captures. The room does not read bodies or queries and does not know Fastify.
 */
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
