import { type Fault, nearest, quoteValue } from "../core/index.js";
import type { Place } from "../schema/index.js";
import { parseTemplate } from "./parse-template.js";
import { describeNode, placeWithin, type SourceNode, type SourceText } from "./source-node.js";
import { TemplateError } from "./template-error.js";
import type { Template } from "./types.js";

/** One google.api.HttpRule without its additional_bindings, its template parsed, not yet held against a method. */
export interface HttpRule {
  /** 0 for the rule itself, 1… for its additional_bindings. */
  readonly index: number;
  readonly httpMethod: string;
  readonly pattern: SourceText;
  readonly template: Template;
  /** null for none or an empty text, which protobuf cannot tell apart. */
  readonly body: SourceText | null;
  readonly responseBody: SourceText | null;
}

export interface HttpRules {
  /** Those without faults. */
  readonly rules: readonly HttpRule[];
  readonly faults: readonly Fault[];
}

/** The `pattern` oneof of google.api.HttpRule: but for `custom` each is named after its HTTP method. */
const patternKeys = ["get", "put", "post", "delete", "patch", "custom"];
const ruleKeys = ["selector", ...patternKeys, "body", "response_body", "additional_bindings"];
/** ProtoJSON accepts both names of a field, and a rule file is ProtoJSON in YAML. */
const jsonNames: ReadonlyMap<string, string> = new Map([
  ["responseBody", "response_body"],
  ["additionalBindings", "additional_bindings"],
]);
/** RFC 9110 section 5.6.2: method is a token. */
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const methodNames = ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH"];

/** What is read of one rule, and where its faults go. */
interface Context {
  /** "rule" or "additional_bindings[0]". */
  readonly what: string;
  readonly subject: string;
  readonly faults: Fault[];
}

type Members = ReadonlyMap<string, SourceNode>;

/**
 * Reads a google.api.HttpRule and its additional_bindings. Faults name `subject`, a method or a selector. The selector
 * itself is left to the caller.
 */
export function readHttpRule(node: SourceNode, subject: string): HttpRules {
  const faults: Fault[] = [];
  const rules: HttpRule[] = [];
  const context: Context = { what: "rule", subject, faults };
  const members = readMap(node, ruleKeys, context);
  if (members === null) return { rules, faults };
  const rule = readOne(node.place, members, 0, context);
  if (rule !== null) rules.push(rule);

  const additional = members.get("additional_bindings");
  if (additional === undefined) return { rules, faults };
  // Text format and YAML write a single element of a repeated field without a list.
  const items = additional.kind === "list" ? additional.items : [additional];
  for (const [i, item] of items.entries()) {
    const binding = readAdditional(item, i, { what: `additional_bindings[${i}]`, subject, faults });
    if (binding !== null) rules.push(binding);
  }
  return { rules, faults };
}

function readAdditional(node: SourceNode, i: number, context: Context): HttpRule | null {
  const members = readMap(node, ruleKeys, context);
  if (members === null) return null;
  const nested = members.get("additional_bindings");
  if (nested !== undefined) fault(context, nested.place, "it has additional_bindings of its own, and they do not nest");
  return readOne(node.place, members, i + 1, context);
}

function readOne(place: Place, members: Members, index: number, context: Context): HttpRule | null {
  const body = readText(members, "body", context);
  const responseBody = readText(members, "response_body", context);
  const set = patternKeys.filter((key) => members.has(key));
  const [key] = set;
  if (key === undefined) {
    fault(context, place, `it has no pattern; one of ${patternKeys.join(", ")} gives its HTTP method and path`);
    return null;
  }
  if (set.length > 1) {
    fault(context, place, `it has ${set.join(" and ")}, but takes one pattern; additional_bindings hold further ones`);
    return null;
  }
  const pattern = key === "custom" ? readCustom(members, context) : readStandard(members, key, context);
  if (pattern === null) return null;
  const template = readTemplate(pattern.path, context);
  if (template === null) return null;
  return { index, httpMethod: pattern.httpMethod, pattern: pattern.path, template, body, responseBody };
}

interface Pattern {
  readonly httpMethod: string;
  readonly path: SourceText;
}

function readStandard(members: Members, key: string, context: Context): Pattern | null {
  const path = readText(members, key, context);
  if (path === null) {
    const node = members.get(key);
    if (node?.kind === "text") fault(context, node.place, `its path ${key} is empty`);
    return null;
  }
  return { httpMethod: key.toUpperCase(), path };
}

function readCustom(members: Members, context: Context): Pattern | null {
  const node = members.get("custom");
  const custom = node === undefined ? null : readMap(node, ["kind", "path"], context);
  if (node === undefined || custom === null) return null;
  const kind = readText(custom, "kind", context);
  const path = readText(custom, "path", context);
  if (kind === null) fault(context, node.place, "its custom pattern has no kind");
  if (path === null) fault(context, node.place, "its custom pattern has no path");
  if (kind === null || path === null) return null;
  const wrong = kindFault(kind.text);
  if (wrong !== null) fault(context, kind.place, `its custom kind ${quoteValue(kind.text)} ${wrong}`);
  return wrong === null ? { httpMethod: kind.text, path } : null;
}

/** Why a kind is no HTTP method that a rule can have; null if it is one, or "*". */
function kindFault(kind: string): string | null {
  if (!TOKEN.test(kind)) return "is no HTTP method";
  if (kind === "CONNECT") return "cannot be served: its request has no path (RFC 9110 section 9.3.6)";
  const upper = kind.toUpperCase();
  if (kind !== upper && methodNames.includes(upper)) return `is no HTTP method: case matters, so write "${upper}"`;
  return null;
}

function readTemplate(pattern: SourceText, context: Context): Template | null {
  try {
    return parseTemplate(pattern.text);
  } catch (reason) {
    if (!(reason instanceof TemplateError)) throw reason;
    context.faults.push(faultAt(placeWithin(pattern, reason.column), context.subject, reason.message));
    return null;
  }
}

/** The members by proto name; null where the node is no map. Keys that nobody knows are faults. */
function readMap(node: SourceNode, known: readonly string[], context: Context): Members | null {
  if (node.kind !== "map") {
    fault(context, node.place, `expected a map, got ${describeNode(node)}`);
    return null;
  }
  const members = new Map<string, SourceNode>();
  for (const { key, value } of node.entries) {
    const name = jsonNames.get(key.text) ?? key.text;
    if (!known.includes(name)) fault(context, key.place, unknownKey(key.text, known));
    else if (members.has(name)) fault(context, key.place, `it has ${name} twice`);
    else members.set(name, value);
  }
  return members;
}

/** `unknown key "gett"; did you mean "get"?` */
export function unknownKey(key: string, known: readonly string[]): string {
  const near = nearest(key, known);
  return `unknown key ${quoteValue(key)}; ${near === null ? `known are ${known.join(", ")}` : `did you mean "${near}"?`}`;
}

/** A member's text; null where it is absent or empty. */
function readText(members: Members, key: string, context: Context): SourceText | null {
  const node = members.get(key);
  if (node === undefined) return null;
  if (node.kind === "text") return node.text === "" ? null : node;
  fault(context, node.place, `expected text for ${key}, got ${describeNode(node)}`);
  return null;
}

function fault(context: Context, place: Place, reason: string): void {
  context.faults.push(faultAt(place, context.subject, `cannot read ${context.what}: ${reason}`));
}

/** A Fault at a place. */
export function faultAt(place: Place, subject: string | null, message: string): Fault {
  return { file: place.file, line: place.line, column: place.column, subject, message };
}
