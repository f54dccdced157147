import { TemplateError } from "./template-error.js";
import type { Segment, Template, TemplateVariable } from "./types.js";

/** What is being read, how far, and what was found so far. */
interface Cursor {
  readonly text: string;
  at: number;
  readonly segments: Segment[];
  readonly variables: TemplateVariable[];
  /** Whether a `**` was read: no wildcard may follow it. */
  rest: boolean;
}

/** Where the last segment of a template ends and what its verb is. */
interface Split {
  readonly end: number;
  readonly verb: string | null;
}

const IDENT = /[A-Za-z_][A-Za-z0-9_]*/y;
const ESCAPE = /%[0-9A-Fa-f]{2}/y;
/** What no literal holds: it would end the path or a segment, be syntax, or never arrive in a request target. */
const NOT_IN_LITERAL = /[\s\p{Cc}\p{Cs}/?#{}*]/u;

/**
 * Reads a path template as google/api/http.proto ("Path template syntax") defines it:
 *
 *     Template  = "/" [ Segments [ Verb ] ] ;
 *     Segments  = Segment { "/" Segment } ;
 *     Segment   = "*" | "**" | LITERAL | Variable ;
 *     Variable  = "{" FieldPath [ "=" Segments ] "}" ;
 *     FieldPath = IDENT { "." IDENT } ;
 *     Verb      = ":" LITERAL ;
 *
 * Wider than that in two points, as the C++ transcoder and grpc-gateway are: "/" alone is the root, and literals may
 * follow `**` (a wildcard may not). LITERAL is any text without white space, control characters, `/ ? # { } *` and
 * malformed escapes. A colon in the last segment starts the verb: the last one behind a literal, the first one behind a
 * wildcard or a variable, for those are whole segments. In other segments a colon is text.
 *
 * @throws TemplateError with the column of the first fault
 */
export function parseTemplate(text: string): Template {
  const cursor: Cursor = { text, at: 0, segments: [], variables: [], rest: false };
  if (text === "") throw new TemplateError(text, 0, 'expected "/", got the end');
  if (text[0] !== "/") throw unexpected(cursor, '"/"');
  cursor.at = 1;
  if (text === "/") return { segments: [], verb: null, variables: [] };

  const split = splitVerb(text);
  for (;;) {
    readSegment(cursor, split.end, false);
    if (cursor.at === split.end) break;
    if (text[cursor.at] !== "/") throw unexpected(cursor, '"/"');
    cursor.at++;
  }
  const { segments, variables } = cursor;
  if (split.verb === null) return { segments, verb: null, variables };
  cursor.at = split.end + 1;
  if (split.verb === "") throw new TemplateError(text, cursor.at, 'expected a verb behind ":", got the end');
  readLiteral(cursor, text.length, "a verb");
  return { segments, verb: split.verb, variables };
}

/** Finds the verb without reading the segments: braces do not nest, so the last "}" closes the last variable. */
function splitVerb(text: string): Split {
  const closed = text.lastIndexOf("}");
  const slash = text.lastIndexOf("/");
  const isVariable = closed > slash;
  const isWildcard = !isVariable && text[slash + 1] === "*";
  const colon = isVariable || isWildcard ? text.indexOf(":", Math.max(closed, slash)) : text.lastIndexOf(":");
  if (colon <= slash || text.indexOf("{", colon) >= 0) return { end: text.length, verb: null };
  return { end: colon, verb: text.slice(colon + 1) };
}

/** Reads one segment that ends before `end`, at a "/", or, inside a variable, at a "}". */
function readSegment(cursor: Cursor, end: number, inVariable: boolean): void {
  const { text, at } = cursor;
  if (text[at] === "{" && at < end) {
    if (inVariable) throw new TemplateError(text, at, "a variable within a variable");
    readVariable(cursor, end);
  } else if (text[at] === "*" && at < end) {
    readWildcard(cursor, end);
  } else {
    const literal = readLiteral(cursor, end, "a segment");
    const colon = literal.indexOf(":");
    if (inVariable && colon >= 0 && text[cursor.at] === "}") {
      throw new TemplateError(text, at + colon, "a verb within a variable");
    }
    cursor.segments.push({ kind: "literal", text: literal });
  }
}

function readWildcard(cursor: Cursor, end: number): void {
  const { text, at } = cursor;
  const rest = text[at + 1] === "*" && at + 1 < end;
  addWildcard(cursor, at, rest);
  cursor.at += rest ? 2 : 1;
  if (!endsSegment(cursor, end)) {
    throw new TemplateError(text, cursor.at, `a wildcard is a whole segment, got ${found(cursor)}`);
  }
}

function addWildcard(cursor: Cursor, offset: number, rest: boolean): void {
  if (cursor.rest) throw new TemplateError(cursor.text, offset, 'a wildcard behind "**"');
  cursor.rest = rest;
  cursor.segments.push(rest ? { kind: "rest" } : { kind: "single" });
}

function readVariable(cursor: Cursor, end: number): void {
  const { text } = cursor;
  cursor.at++;
  const column = cursor.at + 1;
  const start = cursor.segments.length;
  const fieldPath = readFieldPath(cursor);
  if (text[cursor.at] === "=") {
    do {
      cursor.at++;
      readSegment(cursor, end, true);
    } while (text[cursor.at] === "/" && cursor.at < end);
  } else {
    addWildcard(cursor, column - 2, false);
  }
  if (text[cursor.at] !== "}" || cursor.at >= end) throw unexpected(cursor, '"}"');
  cursor.at++;
  if (!endsSegment(cursor, end)) {
    throw new TemplateError(text, cursor.at, `a variable is a whole segment, got ${found(cursor)}`);
  }
  const multiSegment = cursor.segments.length - start > 1 || cursor.segments[start]?.kind === "rest";
  cursor.variables.push({ fieldPath, start, end: cursor.segments.length, multiSegment, column });
}

function readFieldPath(cursor: Cursor): string {
  const from = cursor.at;
  for (;;) {
    IDENT.lastIndex = cursor.at;
    if (!IDENT.test(cursor.text)) throw unexpected(cursor, "a field name");
    cursor.at = IDENT.lastIndex;
    if (cursor.text[cursor.at] !== ".") return cursor.text.slice(from, cursor.at);
    cursor.at++;
  }
}

/** Reads text up to `end`, "/", "{" or "}" and returns it; it is not empty. */
function readLiteral(cursor: Cursor, end: number, what: string): string {
  const { text } = cursor;
  const from = cursor.at;
  while (cursor.at < end) {
    const character = String.fromCodePoint(text.codePointAt(cursor.at) ?? 0);
    if (character === "/" || character === "}") break;
    if (character === "{") {
      throw new TemplateError(text, cursor.at, "a variable is a whole segment, got text before it");
    }
    if (character === "*")
      throw new TemplateError(text, cursor.at, "a wildcard is a whole segment, got text before it");
    if (NOT_IN_LITERAL.test(character)) throw unexpected(cursor, what === "a verb" ? what : "a literal");
    if (character === "%") {
      ESCAPE.lastIndex = cursor.at;
      if (!ESCAPE.test(text)) throw new TemplateError(text, cursor.at, "malformed percent escape");
      if (text.startsWith("%00", cursor.at)) throw new TemplateError(text, cursor.at, "a NUL byte");
    }
    cursor.at += character.length;
  }
  if (cursor.at === from) throw unexpected(cursor, what);
  if (what === "a verb" && cursor.at < end) throw unexpected(cursor, "the end");
  return text.slice(from, cursor.at);
}

function endsSegment(cursor: Cursor, end: number): boolean {
  const next = cursor.text[cursor.at];
  return cursor.at === end || next === "/" || next === "}";
}

function unexpected(cursor: Cursor, expected: string): TemplateError {
  return new TemplateError(cursor.text, cursor.at, `expected ${expected}, got ${found(cursor)}`);
}

/** The character at the cursor, quoted. */
function found(cursor: Cursor): string {
  const point = cursor.text.codePointAt(cursor.at);
  return point === undefined ? "the end" : JSON.stringify(String.fromCodePoint(point).toWellFormed());
}
