import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  type Scalar,
  type YAMLError,
} from "yaml";
import { type CoveredText, coverReferences, type Environment, replaceReference } from "./environment.js";
import type { KeyPath } from "./key-path.js";
import { type Position, Source } from "./source.js";

/** Against aliases that multiply ("billion laughs"): far more than any configuration needs. */
const MAX_VALUES = 100_000;
const MAX_DEPTH = 64;

/**
 * Reads YAML 1.2 (so also JSON) with the place of every key and value, and replaces references to the environment in
 * values. Text that is not YAML gives a Source with its faults and no value.
 */
export function readYaml(text: string, file: string, environment: Environment): Source {
  const source = new Source(file);
  const lines = new LineCounter();
  const covered = coverReferences(text);
  const document = parseDocument(covered.text, { lineCounter: lines, prettyErrors: false, logLevel: "error" });
  for (const error of [...document.errors, ...document.warnings]) {
    const { line, col } = lines.linePos(error.pos[0]);
    source.refuseAt([], { line, column: col }, `cannot read the configuration as YAML: ${yamlReason(error)}`);
  }
  if (source.faults.length === 0) source.value = new Reader(document, source, lines, covered, environment).root();
  return source;
}

/** The parser's own reason, or a clearer one. */
function yamlReason(error: YAMLError): string {
  switch (error.code) {
    case "TAB_AS_INDENT":
      return "a tab is no indentation, use spaces";
    case "DUPLICATE_KEY":
      return "this key stands twice in its map";
    case "MULTIPLE_DOCS":
      return "expected one document, got several";
    default:
      return error.message;
  }
}

class Reader {
  readonly #document: Document;
  readonly #source: Source;
  readonly #lines: LineCounter;
  readonly #covered: CoveredText;
  readonly #environment: Environment;
  #count = 0;

  constructor(document: Document, source: Source, lines: LineCounter, covered: CoveredText, environment: Environment) {
    this.#document = document;
    this.#source = source;
    this.#lines = lines;
    this.#covered = covered;
    this.#environment = environment;
  }

  root(): unknown {
    return this.#read(this.#document.contents, [], null);
  }

  #read(written: unknown, path: KeyPath, key: Position | null): unknown {
    const node = isAlias(written) ? written.resolve(this.#document) : written;
    const value = this.#position(written) ?? key ?? { line: 1, column: 1 };
    if (++this.#count > MAX_VALUES || path.length > MAX_DEPTH) {
      if (!this.#source.isBroken([])) {
        this.#source.refuseAt([], value, `expected at most ${MAX_VALUES} values in ${MAX_DEPTH} levels, got more`);
      }
      return null;
    }
    this.#source.place(path, { value, key, variables: [] });
    if (isMap(node)) {
      const map: Record<string, unknown> = Object.create(null);
      for (const pair of node.items) {
        const name = this.#keyName(pair.key, path);
        if (name !== null) map[name] = this.#read(pair.value, [...path, name], this.#position(pair.key));
      }
      return map;
    }
    if (isSeq(node)) return node.items.map((item, index) => this.#read(item, [...path, index], null));
    return isScalar(node) ? this.#scalar(node, path, { value, key }) : null;
  }

  #keyName(key: unknown, path: KeyPath): string | null {
    const name = isScalar(key) ? String(key.value) : null;
    if (name !== null && name.search(this.#covered.cover) < 0) return name;
    const reason = name === null ? "a key is a plain text" : "the environment is put into values only, never into keys";
    this.#source.noteAt(path, this.#position(key), reason);
    return null;
  }

  /** A scalar's value, references replaced. */
  #scalar(node: Scalar, path: KeyPath, at: { readonly value: Position; readonly key: Position | null }): unknown {
    if (typeof node.value !== "string" || node.value.search(this.#covered.cover) < 0) return node.value;
    const [start, end] = node.range ?? [0, 0];
    const references = this.#covered.references.filter(({ offset }) => offset >= start && offset < end).values();
    const variables: string[] = [];
    const text = node.value.replace(this.#covered.cover, (cover) => {
      const reference = references.next().value;
      if (reference === undefined) return cover;
      const replacement = replaceReference(reference, this.#environment);
      if (replacement.kind === "fault") {
        const { line, col } = this.#lines.linePos(reference.offset);
        this.#source.refuseAt(path, { line, column: col }, replacement.message);
        return "";
      }
      if (replacement.variable !== null) variables.push(replacement.variable);
      return replacement.text;
    });
    this.#source.place(path, { ...at, variables });
    return node.type === "PLAIN" ? this.#plainValue(text) : text;
  }

  /** What a plain scalar of this text is: `port: ${PORT}` is a number where PORT is one. Never a map or a list. */
  #plainValue(text: string): unknown {
    for (const tag of this.#document.schema?.tags ?? []) {
      if (tag.collection === undefined && tag.default === true && tag.test?.test(text) === true) {
        const value = tag.resolve(text, () => undefined, {});
        return isScalar(value) ? value.value : value;
      }
    }
    return text;
  }

  #position(node: unknown): Position | null {
    if (!isScalar(node) && !isMap(node) && !isSeq(node) && !isAlias(node)) return null;
    if (node.range === null || node.range === undefined) return null;
    const { line, col } = this.#lines.linePos(node.range[0]);
    return { line, column: col };
  }
}
