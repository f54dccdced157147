import { quoteValue } from "../../core/index.js";
import type { Position } from "../file-descriptor.js";
import { type CommentRun, collectComments } from "./comments.js";

export type TokenKind = "start" | "identifier" | "integer" | "float" | "string" | "symbol" | "end";

/** What is wrong with the text, and where. Caught by the parser, which makes a Fault of it and goes on. */
export class SyntaxFault extends Error {
  override readonly name = "SyntaxFault";
  readonly position: Position;

  constructor(message: string, position: Position) {
    super(message);
    this.position = position;
  }
}

const LF = 10;
const SLASH = 47;
const STAR = 42;
const DECIMAL = /^(?:0|[1-9][0-9]*)$/;
const OCTAL = /^0[0-7]+$/;
const HEXADECIMAL = /^0[xX][0-9a-fA-F]+$/;
const FLOAT = /^(?:[0-9]+\.[0-9]*|\.[0-9]+|[0-9]+)(?:[eE][+-]?[0-9]+)?$/;

/**
 * Reads the tokens of a .proto file, one at a time, as the lexical elements of the language specification and protoc's
 * tokenizer have them. Comments are skipped by `next` and gathered by `nextWithComments`, which the parser calls at the
 * end of a declaration: the only places where protoc looks for them.
 */
export class Scanner {
  kind: TokenKind = "start";
  /** The token as written; of a string with its quotes and escapes. */
  text = "";
  line = 1;
  start = 0;
  /** How many braces are open in front of the current token. */
  braces = 0;
  private readonly source: string;
  private lineStart = 0;
  /** Where reading goes on, and the line there. */
  private at = 0;
  private atLine = 1;
  private atLineStart = 0;

  constructor(source: string) {
    this.source = source;
    // A byte order mark is no part of the text (protoc's tokenizer takes the UTF-8 one).
    if (source.charCodeAt(0) === 0xfeff) this.at = this.lineStart = this.atLineStart = 1;
  }

  /** Where the current token begins. */
  position(): Position {
    return { line: this.line, column: this.columnOf(this.lineStart, this.start) };
  }

  /** Whether the current token is this symbol or word. */
  is(text: string): boolean {
    return this.text === text && this.kind !== "string";
  }

  /** Moves to the next token, over white space and comments. */
  next(): void {
    for (;;) {
      this.skipWhiteSpace();
      if (!this.atComment()) break;
      this.readComment();
    }
    this.readToken();
  }

  /** Moves to the next token; gives the comments between, sorted by what they belong to. */
  nextWithComments(): CommentRun {
    return collectComments(this);
  }

  /** Skips blanks but no line break. */
  skipBlanks(): void {
    const { source } = this;
    for (;;) {
      const c = source.charCodeAt(this.at);
      if (c === 32 || (c >= 9 && c <= 13 && c !== LF)) this.at++;
      else return;
    }
  }

  /** Skips one line break if there is one here. */
  skipLineBreak(): boolean {
    if (this.source.charCodeAt(this.at) !== LF) return false;
    this.breakLine();
    return true;
  }

  /** Whether a comment begins here, and of which kind. */
  atComment(): "line" | "block" | null {
    if (this.source.charCodeAt(this.at) !== SLASH) return null;
    const second = this.source.charCodeAt(this.at + 1);
    return second === SLASH ? "line" : second === STAR ? "block" : null;
  }

  /** The line where reading goes on. */
  get nextLine(): number {
    return this.atLine;
  }

  /** Reads the comment here: its text without the marks; a block's lines without their leading blanks and asterisk. */
  readComment(): string {
    return this.source.charCodeAt(this.at + 1) === SLASH ? this.readLineComment() : this.readBlockComment();
  }

  private readLineComment(): string {
    const from = this.at + 2;
    const to = this.source.indexOf("\n", from);
    if (to < 0) {
      this.at = this.source.length;
      return this.source.slice(from);
    }
    this.at = to;
    this.breakLine();
    return this.source.slice(from, to + 1);
  }

  private readBlockComment(): string {
    const { source } = this;
    const from = this.at + 2;
    const to = source.indexOf("*/", from);
    if (to < 0) {
      const fault = new SyntaxFault("a comment is not closed before the end of the file", this.here());
      this.at = source.length;
      throw fault;
    }
    const lines: string[] = [];
    this.at = from;
    for (;;) {
      const lf = source.indexOf("\n", this.at);
      if (lf < 0 || lf >= to) break;
      lines.push(source.slice(this.at, lf));
      this.at = lf;
      this.breakLine();
      this.skipBlanks();
      if (this.at < to && source.charCodeAt(this.at) === STAR) this.at++;
    }
    lines.push(this.at < to ? source.slice(this.at, to) : "");
    this.at = to + 2;
    return lines.join("\n");
  }

  private skipWhiteSpace(): void {
    do this.skipBlanks();
    while (this.skipLineBreak());
  }

  private breakLine(): void {
    this.at++;
    this.atLine++;
    this.atLineStart = this.at;
  }

  private readToken(): void {
    if (this.kind === "symbol") {
      if (this.text === "{") this.braces++;
      else if (this.text === "}") this.braces--;
    }
    const { source } = this;
    const from = this.at;
    this.start = from;
    this.line = this.atLine;
    this.lineStart = this.atLineStart;
    if (from >= source.length) {
      this.kind = "end";
      this.text = "";
      return;
    }
    const c = source.charCodeAt(from);
    if (isLetter(c)) {
      let to = from + 1;
      while (isLetterOrDigit(source.charCodeAt(to))) to++;
      this.token("identifier", to);
    } else if (isDigit(c) || (c === 46 && isDigit(source.charCodeAt(from + 1)))) {
      this.readNumber();
    } else if (c === 34 || c === 39) {
      this.readString(c);
    } else if (c > 32 && c < 127) {
      this.token("symbol", from + 1);
    } else {
      const character = String.fromCodePoint(source.codePointAt(from) ?? c);
      const fault = new SyntaxFault(`the character ${quoteValue(character)} has no place here`, this.position());
      this.token("symbol", from + character.length);
      throw fault;
    }
  }

  private readNumber(): void {
    const { source } = this;
    let to = this.start;
    const hexadecimal = /^0[xX]$/.test(source.slice(to, to + 2));
    for (;;) {
      const c = source.charCodeAt(to);
      if (isLetterOrDigit(c) || c === 46) to++;
      else if ((c === 43 || c === 45) && !hexadecimal && /[eE]/.test(source.charAt(to - 1))) to++;
      else break;
    }
    this.token("integer", to);
    const { text } = this;
    if (DECIMAL.test(text) || HEXADECIMAL.test(text) || OCTAL.test(text)) return;
    this.kind = "float";
    if (!FLOAT.test(text) || /^0[0-9]+$/.test(text)) {
      throw new SyntaxFault(`${quoteValue(text)} is not a number`, this.position());
    }
  }

  private readString(quote: number): void {
    const { source } = this;
    let to = this.start + 1;
    for (;;) {
      const c = source.charCodeAt(to);
      if (c === quote) break;
      if (Number.isNaN(c) || c === LF) {
        this.token("string", to);
        throw new SyntaxFault("a string is not closed before the end of the line", this.position());
      }
      // A backslash before a line break escapes nothing: the line's end is found on the next turn.
      to += c === 92 && to + 1 < source.length && source.charCodeAt(to + 1) !== LF ? 2 : 1;
    }
    this.token("string", to + 1);
  }

  private token(kind: TokenKind, to: number): void {
    this.kind = kind;
    this.text = this.source.slice(this.start, to);
    this.at = to;
  }

  private here(): Position {
    return { line: this.atLine, column: this.columnOf(this.atLineStart, this.at) };
  }

  private columnOf(lineStart: number, at: number): number {
    const { source } = this;
    let column = 0;
    for (let i = lineStart; i < at; i++) {
      const c = source.charCodeAt(i);
      if (c === 9) column += 8 - (column % 8);
      else if (c < 0x80) column++;
      // A surrogate is half of a character of four bytes.
      else column += c < 0x800 || (c >= 0xd800 && c <= 0xdfff) ? 2 : 3;
    }
    return column + 1;
  }
}

function isDigit(c: number): boolean {
  return c >= 48 && c <= 57;
}

function isLetter(c: number): boolean {
  return (c >= 97 && c <= 122) || (c >= 65 && c <= 90) || c === 95;
}

function isLetterOrDigit(c: number): boolean {
  return isLetter(c) || isDigit(c);
}
