import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  type Scalar,
} from "yaml";
import type { Fault } from "../core/index.js";
import type { Place } from "../schema/index.js";
import { faultAt } from "./read-http-rule.js";
import type { SourceEntry, SourceNode, SourceText } from "./source-node.js";

/** A google.api.Service is six levels deep at its rules; the bounds keep aliases from growing a file without end. */
const MAX_DEPTH = 32;
const MAX_ALIASES = 10_000;

interface Reader {
  readonly document: Document;
  readonly text: string;
  readonly placeOf: (offset: number) => Place;
  aliases: number;
}

/** A YAML (1.2, core schema) or JSON text as a SourceNode with places; null, and faults, where it is neither. */
export function readYaml(text: string, file: string, faults: Fault[]): SourceNode | null {
  const lines = new LineCounter();
  const placeOf = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { file, line, column: col };
  };
  let document: Document;
  try {
    document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  } catch (reason) {
    // The parser is recursive, so what it throws on deep nesting is the engine's stack overflow.
    if (!(reason instanceof RangeError)) throw reason;
    faults.push({
      file,
      line: null,
      column: null,
      subject: null,
      message: "cannot read YAML: it is nested too deeply",
    });
    return null;
  }
  for (const error of document.errors) {
    const hint = error.code === "BAD_ALIAS" ? '; a value that is an asterisk is written "*", in quotes' : "";
    faults.push(faultAt(placeOf(error.pos[0]), null, `cannot read YAML: ${error.message}${hint}`));
  }
  if (document.errors.length > 0) return null;
  const reader: Reader = { document, text, placeOf, aliases: 0 };
  return fromYaml(reader, document.contents, placeOf(0), 0);
}

function fromYaml(reader: Reader, node: unknown, parent: Place, depth: number): SourceNode {
  const place = isAnyNode(node) && node.range ? reader.placeOf(node.range[0]) : parent;
  if (depth > MAX_DEPTH) return { kind: "other", what: "too deep a nesting", place };
  if (isAlias(node)) {
    reader.aliases++;
    if (reader.aliases > MAX_ALIASES) return { kind: "other", what: "too many aliases", place };
    const target = node.resolve(reader.document);
    if (target === undefined) return { kind: "other", what: `an alias without its anchor &${node.source}`, place };
    return fromYaml(reader, target, place, depth + 1);
  }
  if (isMap(node)) {
    const entries = node.items.map((pair): SourceEntry => {
      const key = keyText(reader, pair.key, place);
      return { key, value: fromYaml(reader, pair.value, key.place, depth + 1) };
    });
    return { kind: "map", entries, place };
  }
  if (isSeq(node)) {
    return { kind: "list", items: node.items.map((item) => fromYaml(reader, item, place, depth + 1)), place };
  }
  if (!isScalar(node) || node.value === null) return { kind: "other", what: "nothing", place };
  if (typeof node.value === "boolean") return { kind: "flag", value: node.value, place };
  if (typeof node.value !== "string") return { kind: "other", what: `a ${typeof node.value}`, place };
  return { kind: "text", ...scalarText(reader, node, node.value, place) };
}

function isAnyNode(value: unknown): value is Node {
  return isScalar(value) || isMap(value) || isSeq(value) || isAlias(value);
}

function keyText(reader: Reader, key: unknown, parent: Place): SourceText {
  if (isScalar(key) && typeof key.value === "string" && key.range) {
    return scalarText(reader, key, key.value, reader.placeOf(key.range[0]));
  }
  return { text: String(key), place: parent, verbatim: false };
}

/** Plain scalars start at their place, quoted ones behind the quote; escapes and folded lines cannot be counted along. */
function scalarText(reader: Reader, node: Scalar, text: string, place: Place): SourceText {
  const start = node.range?.[0] ?? 0;
  const quoted = node.type === "QUOTE_DOUBLE" || node.type === "QUOTE_SINGLE" ? 1 : 0;
  const verbatim = reader.text.startsWith(text, start + quoted);
  return { text, place: verbatim ? reader.placeOf(start + quoted) : place, verbatim };
}
