import { readFileSync } from "node:fs";
import type { Fault } from "../core/index.js";
import { nearest, quoteValue } from "../core/index.js";
import { faultAt, type HttpRule, readHttpRule, unknownKey } from "./read-http-rule.js";
import { describeNode, type SourceEntry, type SourceNode, type SourceText } from "./source-node.js";
import type { MultiSegmentDecoding } from "./types.js";
import { readYaml } from "./yaml-source.js";

/** One entry of http.rules. */
export interface FileRule {
  /** The patterns of its selector, at least one. */
  readonly selectors: readonly SourceText[];
  /** The rule and its additional_bindings, those with a fault left out. */
  readonly rules: readonly HttpRule[];
}

/** The `http` section of a google.api.Service, read and its templates parsed; what is wrong with it is in `faults`. */
export interface RuleFile {
  /** As the user named it. */
  readonly file: string;
  /** In the order of the file; of several for one method the last one holds. */
  readonly rules: readonly FileRule[];
  /**
   * http.fully_decode_reserved_expansion: true keeps %2F alone, false keeps all reserved characters; null where the file
   * does not say it.
   */
  readonly multiSegment: MultiSegmentDecoding | null;
  readonly faults: readonly Fault[];
}

/** Reads a rule file. A file that cannot be read is a fault, as all that is wrong in it. */
export function loadRuleFile(path: string): RuleFile {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (reason) {
    const code = reason instanceof Error && "code" in reason ? String(reason.code) : String(reason);
    const message = `cannot read rule file: ${code === "ENOENT" ? "no such file" : code}`;
    return {
      file: path,
      rules: [],
      multiSegment: null,
      faults: [{ file: path, line: null, column: null, subject: null, message }],
    };
  }
  return parseRuleFile(text, path);
}

/**
 * Reads the text of a google.api.Service in YAML or JSON. Of its members only `http` is read: `rules` and
 * `fully_decode_reserved_expansion`. `file` is the name for faults.
 */
export function parseRuleFile(text: string, file: string): RuleFile {
  const faults: Fault[] = [];
  const root = readYaml(text, file, faults);
  const http = root === null ? null : readHttp(root, faults);
  const rules: FileRule[] = [];
  let multiSegment: MultiSegmentDecoding | null = null;
  for (const { key, value } of http ?? []) {
    if (isKey(key, "rules")) rules.push(...readRules(value, faults));
    else if (isKey(key, "fully_decode_reserved_expansion")) multiSegment = readDecoding(value, faults);
    else faults.push(faultAt(key.place, null, `cannot read http: ${unknownKey(key.text, httpKeys)}`));
  }
  return { file, rules, multiSegment, faults };
}

const httpKeys = ["rules", "fully_decode_reserved_expansion"];

/** Whether a key is a field's proto name or its JSON name. */
function isKey(key: SourceText, name: string): boolean {
  return key.text === name || key.text === name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** The members of `http`, which a rule file exists for; other members of google.api.Service are not the gateway's. */
function readHttp(root: SourceNode, faults: Fault[]): readonly SourceEntry[] | null {
  if (root.kind !== "map") {
    const message = `cannot read rule file: expected a google.api.Service with http.rules, got ${describeNode(root)}`;
    faults.push(faultAt(root.place, null, message));
    return null;
  }
  const http = root.entries.find((entry) => entry.key.text === "http");
  if (http === undefined) {
    const near = root.entries.find((entry) => nearest(entry.key.text, ["http"]) !== null);
    const hint = near === undefined ? "" : `, but ${quoteValue(near.key.text)}`;
    faults.push(faultAt(near?.key.place ?? root.place, null, `cannot read rule file: it has no http.rules${hint}`));
    return null;
  }
  if (http.value.kind === "map") return http.value.entries;
  faults.push(faultAt(http.value.place, null, `cannot read http: expected a map, got ${describeNode(http.value)}`));
  return null;
}

function readRules(node: SourceNode, faults: Fault[]): readonly FileRule[] {
  if (node.kind !== "list") {
    faults.push(faultAt(node.place, null, `cannot read http.rules: expected a list, got ${describeNode(node)}`));
    return [];
  }
  return node.items.flatMap((item, i) => readFileRule(item, i, faults) ?? []);
}

function readFileRule(node: SourceNode, i: number, faults: Fault[]): FileRule | null {
  const selector = node.kind === "map" ? node.entries.find((entry) => entry.key.text === "selector")?.value : undefined;
  const selectors = selector?.kind === "text" ? splitSelector(selector) : [];
  if (selectors.length === 0) {
    const got = selector === undefined || selector.kind === "text" ? "none" : describeNode(selector);
    const message = `cannot read http.rules[${i}]: it needs a selector, the full name of a method, and has ${got}`;
    faults.push(faultAt((selector ?? node).place, null, message));
  }
  const { rules, faults: found } = readHttpRule(node, selector?.kind === "text" ? selector.text : `http.rules[${i}]`);
  faults.push(...found);
  return selectors.length === 0 ? null : { selectors, rules };
}

/** google/api/documentation.proto: "The selector is a comma-separated list of patterns". */
function splitSelector(selector: SourceText): readonly SourceText[] {
  const patterns: SourceText[] = [];
  for (const match of selector.text.matchAll(/[^,\s]+/g)) {
    const { place, verbatim } = selector;
    const column = verbatim && place.column !== null ? place.column + match.index : place.column;
    patterns.push({ text: match[0], place: { ...place, column }, verbatim });
  }
  return patterns;
}

function readDecoding(node: SourceNode, faults: Fault[]): MultiSegmentDecoding | null {
  if (node.kind === "flag") return node.value ? "all-but-slash" : "all-but-reserved";
  const message = `cannot read http.fully_decode_reserved_expansion: expected true or false, got ${describeNode(node)}`;
  faults.push(faultAt(node.place, null, message));
  return null;
}
