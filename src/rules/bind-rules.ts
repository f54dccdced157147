import { type Fault, finish, quoteValue, type Steps } from "../core/index.js";
import type { MethodType, Schema, ServiceType } from "../schema/index.js";
import { bindRule } from "./bind-rule.js";
import { findConflicts } from "./find-conflicts.js";
import { parseTemplate } from "./parse-template.js";
import { faultAt, type HttpRule, readHttpRule } from "./read-http-rule.js";
import type { FileRule, RuleFile } from "./rule-file.js";
import { indexMethods, isSelector, selectMethods } from "./select-methods.js";
import { fromOption } from "./source-node.js";
import type { Binding, MultiSegmentDecoding, Origin } from "./types.js";

export interface BindOptions {
  /** In the order in which they count: of all rules that select a method the last one holds. */
  readonly ruleFiles: readonly RuleFile[];
  /** What becomes of methods without a rule: nothing, or POST /pkg.Service/Method with the whole request as body. */
  readonly unboundMethods: "off" | "post";
  /** Which services are bound; all by default. Selectors may select methods of the others. */
  readonly services?: (service: ServiceType) => boolean;
  /** The Schema has not all services yet: a selector that selects nothing may be about one that it will have. */
  readonly partial?: boolean;
}

export interface BoundRules {
  /** In the order of services, methods and additional bindings; those with a fault left out. */
  readonly bindings: readonly Binding[];
  readonly faults: readonly Fault[];
  /** What the rule files' http.fully_decode_reserved_expansion asks for; null where none says it. */
  readonly multiSegment: MultiSegmentDecoding | null;
}

/** The rules of one method, before they are bound. */
interface MethodRules {
  readonly kind: Origin["kind"];
  readonly rules: readonly HttpRule[];
}

/**
 * Binds the rules of a Schema: google.api.http annotations, and rule files, whose rules replace the annotation of the
 * methods that they select. Everything that is wrong comes back at once.
 */
export function bindRules(schema: Schema, options: BindOptions): BoundRules {
  return finish(bindRulesInSteps(schema, options));
}

/** The same, a service at a time. */
export function* bindRulesInSteps(schema: Schema, options: BindOptions): Steps<BoundRules> {
  const faults: Fault[] = options.ruleFiles.flatMap((file) => file.faults);
  const selected = selectRules(schema, options, faults);
  const bindings: Binding[] = [];
  for (const service of schema.services.values()) {
    if (options.services?.(service) === false) continue;
    for (const method of service.methods) {
      const { kind, rules } = rulesOf(method, selected.get(method), options.unboundMethods, faults);
      for (const rule of rules) {
        const binding = bindRule(method, rule, kind, faults);
        if (binding !== null) bindings.push(binding);
      }
    }
    yield;
  }
  faults.push(...findConflicts(bindings));
  return { bindings, faults, multiSegment: multiSegmentOf(options.ruleFiles, faults) };
}

/** The rule that holds for each method that files select: http.proto, "last one wins". */
function selectRules(
  schema: Schema,
  { ruleFiles, partial = false }: BindOptions,
  faults: Fault[],
): ReadonlyMap<MethodType, FileRule> {
  const selected = new Map<MethodType, FileRule>();
  if (ruleFiles.length === 0) return selected;
  const index = indexMethods(schema);
  for (const rule of ruleFiles.flatMap((file) => file.rules)) {
    for (const selector of rule.selectors) {
      const methods = selectMethods(index, selector.text);
      if (typeof methods === "string") {
        if (partial && isSelector(selector.text)) continue;
        const message = `cannot apply the rule for selector ${quoteValue(selector.text)}: ${methods}`;
        faults.push(faultAt(selector.place, null, message));
      } else {
        for (const method of methods) selected.set(method, rule);
      }
    }
  }
  return selected;
}

function rulesOf(
  method: MethodType,
  fileRule: FileRule | undefined,
  unboundMethods: "off" | "post",
  faults: Fault[],
): MethodRules {
  if (fileRule !== undefined) return { kind: "ruleFile", rules: fileRule.rules };
  const option = method.options["[google.api.http]"];
  if (option !== undefined) {
    const { rules, faults: found } = readHttpRule(fromOption(option, method.place), method.fullName);
    faults.push(...found);
    return { kind: "annotation", rules };
  }
  return { kind: "unbound", rules: unboundMethods === "post" ? [unboundRule(method)] : [] };
}

/** The path of gRPC itself, so that a client that knows the service knows the path. */
function unboundRule(method: MethodType): HttpRule {
  const text = (value: string) => ({ text: value, place: method.place, verbatim: false });
  return {
    index: 0,
    httpMethod: "POST",
    pattern: text(method.path),
    template: parseTemplate(method.path),
    body: text("*"),
    responseBody: null,
  };
}

function multiSegmentOf(files: readonly RuleFile[], faults: Fault[]): MultiSegmentDecoding | null {
  const [first, ...others] = files.filter((file) => file.multiSegment !== null);
  const other = others.find((file) => file.multiSegment !== first?.multiSegment);
  if (first !== undefined && other !== undefined) {
    const message = `cannot take http.fully_decode_reserved_expansion: ${first.file} says the opposite`;
    faults.push({ file: other.file, line: null, column: null, subject: null, message });
  }
  return first?.multiSegment ?? null;
}
