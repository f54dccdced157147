import type { JSONPathQuery } from "json-p3";
import { isMap, isScalar, LineCounter, type Node, parseDocument } from "yaml";
import { type Fault, nearest, quoteValue } from "../../core/index.js";
import { asObject } from "../read-json.js";
import type { JsonObject, JsonValue } from "../types.js";
import type { Action, Change, Overlay } from "./overlay.js";

/** What a text is read as. An overlay with faults is not to be applied. */
export interface ReadOverlay {
  readonly overlay: Overlay;
  readonly faults: readonly Fault[];
}

/** json-p3, loaded by those who have an overlay alone. */
type Compile = (path: string) => JSONPathQuery;

const members = {
  overlay: ["overlay", "info", "extends", "actions"],
  info: ["title", "version", "description"],
  action: ["target", "description", "update", "remove", "copy"],
};

/**
 * Reads an overlay, in YAML or JSON, and checks it as the JSON Schema of the specification does: what it needs, what it
 * may have, what is an extension (`x-`). `file` is the name for faults.
 */
export async function readOverlay(text: string, file: string): Promise<ReadOverlay> {
  const { compile } = await import("json-p3");
  const lines = new LineCounter();
  const yaml = parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: "error" });
  const faults: Fault[] = [];
  const placeAt = (offset: number): Pick<Fault, "line" | "column"> => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  };
  for (const error of yaml.errors) {
    faults.push({ file, ...placeAt(error.pos[0]), subject: null, message: `cannot read YAML: ${error.message}` });
  }
  if (faults.length > 0) return { overlay: { version: "1.0", actions: [] }, faults };

  const content = yaml.toJS() as JsonValue;
  /** The node at a path, or the nearest around it that there is. */
  const nodeAt = (path: Path): Node | null => {
    for (let length = path.length; length >= 0; length--) {
      const node = yaml.getIn(path.slice(0, length), true) as Node | null | undefined;
      if (node?.range) return node;
    }
    return null;
  };
  /** The key of the last name of a path; else the node. */
  const keyOf = (path: Path): Node | null => {
    const around = nodeAt(path.slice(0, -1));
    const pair = isMap(around) ? around.items.find(({ key }) => isScalar(key) && key.value === path.at(-1)) : undefined;
    return isScalar(pair?.key) ? pair.key : nodeAt(path);
  };
  /** `column` is within a text that stands on one line as it is. */
  const faultAt = (path: Path, message: string, column = 0): Fault => {
    const start = nodeAt(path)?.range?.[0] ?? 0;
    return { file, ...placeAt(start + column), subject: subjectOf(path), message };
  };
  const reader: Reader = {
    text,
    startOf: (path) => nodeAt(path)?.range?.[0] ?? 0,
    compile,
    faultAt,
    note: (path, message, column) => void faults.push(faultAt(path, message, column)),
    noteKey: (path, message) =>
      void faults.push({ file, ...placeAt(keyOf(path)?.range?.[0] ?? 0), subject: subjectOf(path), message }),
  };
  const overlay = readRoot(content, reader);
  return { overlay, faults: faults.sort((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0)) };
}

type Path = readonly (string | number)[];

interface Reader {
  readonly text: string;
  readonly startOf: (path: Path) => number;
  readonly compile: Compile;
  readonly faultAt: (path: Path, message: string) => Fault;
  readonly note: (path: Path, message: string, column?: number) => void;
  readonly noteKey: (path: Path, message: string) => void;
}

function subjectOf(path: Path): string | null {
  const names = path.map((part, i) => (typeof part === "number" ? `[${part}]` : i === 0 ? part : `.${part}`));
  return names.length === 0 ? null : names.join("");
}

function readRoot(content: JsonValue, reader: Reader): Overlay {
  const { overlay: version, info, extends: extended, actions } = asObject(content);
  if (typeof version !== "string" || !/^1\.[01]\.\d+$/.test(version)) {
    reader.note(version === undefined ? [] : ["overlay"], expectedVersion(version));
  }
  checkMembers(content, [], "overlay", reader);
  checkText(info, ["info"], ["title", "version"], reader);
  if (extended !== undefined && typeof extended !== "string") reader.note(["extends"], "expected a URI reference");
  if (!Array.isArray(actions) || actions.length === 0) {
    reader.note(actions === undefined ? [] : ["actions"], "expected actions, at least one");
    return { version: "1.0", actions: [] };
  }
  const texts = actions.map((action: JsonValue) => JSON.stringify(action));
  const read = actions.flatMap((action: JsonValue, i) => {
    if (texts.indexOf(texts[i] ?? "") < i) reader.note(["actions", i], "stands twice among the actions");
    return readAction(action, ["actions", i], reader) ?? [];
  });
  return { version: String(version).startsWith("1.1") ? "1.1" : "1.0", actions: read };
}

function expectedVersion(version: JsonValue | undefined): string {
  const got = printGot(version);
  return `expected the version of the OpenAPI Overlay Specification, such as "1.0.0", got ${got}`;
}

function readAction(action: JsonValue, path: Path, reader: Reader): Action | null {
  if (!isObject(action)) {
    reader.note(path, "expected an action with its target");
    return null;
  }
  checkMembers(action, path, "action", reader);
  const { description, remove } = action;
  if (description !== undefined && typeof description !== "string") {
    reader.note([...path, "description"], "expected text");
  }
  if (remove !== undefined && typeof remove !== "boolean") reader.note([...path, "remove"], "expected true or false");
  const target = readQuery(action["target"], [...path, "target"], reader);
  const change = readChange(action, path, reader);
  return target === null ? null : { target, change, fault: (message) => reader.faultAt(path, message) };
}

function readChange(action: JsonObject, path: Path, reader: Reader): Change {
  const { update, copy, remove } = action;
  const from = copy === undefined ? null : readQuery(copy, [...path, "copy"], reader);
  if (remove === true) return { kind: "remove" };
  if (update !== undefined) return { kind: "update", value: update };
  return from === null ? { kind: "nothing" } : { kind: "copy", from };
}

/** A JSONPath (RFC 9535); null, and a fault that tells the column within it, for what is none. */
function readQuery(value: JsonValue | undefined, path: Path, reader: Reader): JSONPathQuery | null {
  if (typeof value !== "string") {
    reader.note(path, `expected a JSONPath, such as "$.paths.*.get", got ${printGot(value)}`);
    return null;
  }
  try {
    return reader.compile(value);
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/ \('.*':\d+\)$/s, "") : String(error);
    reader.note(path, `cannot read the JSONPath ${quoteValue(value)}: ${reason}`, columnOf(error, value, path, reader));
    return null;
  }
}

/** Where in the file an error of a path is, counted from where its value begins; 0 where the text has escapes or folds. */
function columnOf(error: unknown, value: string, path: Path, { text, startOf }: Reader): number {
  const { token } = error as { readonly token?: { readonly index?: number } };
  const start = startOf(path);
  const quoted = text.startsWith(value, start) ? 0 : 1;
  return text.startsWith(value, start + quoted) ? quoted + (token?.index ?? 0) : 0;
}

function printGot(value: JsonValue | undefined): string {
  return value === undefined ? "none" : quoteValue(typeof value === "string" ? value : JSON.stringify(value));
}

function checkMembers(value: JsonValue, path: Path, kind: keyof typeof members, reader: Reader): void {
  for (const name of Object.keys(asObject(value))) {
    if (name.startsWith("x-") || members[kind].includes(name)) continue;
    const near = nearest(name, members[kind]);
    const hint = near === null ? "" : `, did you mean ${quoteValue(near)}?`;
    reader.noteKey([...path, name], `an overlay has no ${quoteValue(name)} here${hint}`);
  }
}

function checkText(value: JsonValue | undefined, path: Path, names: readonly string[], reader: Reader): void {
  if (!isObject(value)) {
    reader.note(path, `expected an object with ${names.join(" and ")}`);
    return;
  }
  checkMembers(value, path, "info", reader);
  const { description } = value;
  if (description !== undefined && typeof description !== "string") {
    reader.note([...path, "description"], "expected text");
  }
  for (const name of names) {
    if (typeof value[name] !== "string") reader.note([...path, name], `expected ${name} as text`);
  }
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
