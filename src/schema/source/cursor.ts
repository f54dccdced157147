import { isUtf8 } from "node:buffer";
import { clip, quoteValue } from "../../core/index.js";
import { NO_COMMENTS, type Position } from "../file-descriptor.js";
import type { Comments } from "../types.js";
import { joinLiterals, unescapeLiteral } from "../unescape.js";
import { Scanner, SyntaxFault } from "./scanner.js";

/** Beyond this depth of messages or aggregates the text is refused, so that no input exhausts the stack. */
const MAX_DEPTH = 100;

/**
 * The parser's place in a file: the scanner, the comments that wait for the declaration that they lead, and the ways to
 * take one element of the grammar. Everything that does not fit throws a SyntaxFault at the token that does not.
 */
export class Cursor {
  readonly scanner: Scanner;
  readonly faults: SyntaxFault[] = [];
  private leading = "";
  private detached: string[] = [];
  private depth = 0;

  constructor(source: string) {
    this.scanner = new Scanner(source);
    const run = this.scanner.nextWithComments();
    this.leading = run.leading;
    this.detached = run.detached;
  }

  get position(): Position {
    return this.scanner.position();
  }

  /** Whether the current token is this symbol or keyword. */
  at(text: string): boolean {
    return this.scanner.is(text);
  }

  get atEnd(): boolean {
    return this.scanner.kind === "end";
  }

  /** Takes the token if it is this one. */
  accept(text: string): boolean {
    if (!this.at(text)) return false;
    this.scanner.next();
    return true;
  }

  expect(text: string): void {
    if (!this.accept(text)) throw this.unexpected(`"${text}"`);
  }

  identifier(what: string): string {
    if (this.scanner.kind !== "identifier") throw this.unexpected(what);
    const { text } = this.scanner;
    this.scanner.next();
    return text;
  }

  /** A name with dots: `a.b.C`, or `.a.b.C` where allowed. */
  fullIdentifier(what: string, leadingDot: boolean): string {
    let name = leadingDot && this.accept(".") ? "." : "";
    name += this.identifier(what);
    while (this.accept(".")) name += `.${this.identifier(what)}`;
    return name;
  }

  /** An integer within bounds, with a minus if `least` is negative. */
  integer(what: string, least: number, most: number): number {
    const position = this.position;
    const negative = least < 0 && this.accept("-");
    const value = this.unsigned(what) * (negative ? -1n : 1n);
    if (value < least || value > most) {
      throw new SyntaxFault(`${what} must be within ${least} and ${most}, got ${clip(String(value))}`, position);
    }
    return Number(value);
  }

  /** The integer here, whatever its size. */
  unsigned(what: string): bigint {
    if (this.scanner.kind !== "integer") throw this.unexpected(what);
    const { text } = this.scanner;
    this.scanner.next();
    return /^0[0-7]+$/.test(text) ? BigInt(`0o${text.slice(1)}`) : BigInt(text);
  }

  /** One string literal, or several in a row as one. */
  string(what: string): string | Uint8Array {
    if (this.scanner.kind !== "string") throw this.unexpected(what);
    const parts: (string | Uint8Array)[] = [];
    while (this.scanner.kind === "string") {
      const { text } = this.scanner;
      const value = unescapeLiteral(text.slice(1, -1));
      if (value === null) throw new SyntaxFault(`the string ${quoteValue(text)} has a malformed escape`, this.position);
      parts.push(value);
      this.scanner.next();
    }
    return joinLiterals(parts);
  }

  /** A string literal that must be text. */
  text(what: string): string {
    const position = this.position;
    const value = this.string(what);
    if (typeof value === "string") return value;
    if (!isUtf8(value)) throw new SyntaxFault(`${what} is not valid UTF-8`, position);
    return Buffer.from(value).toString("utf8");
  }

  /**
   * Takes the token that ends a declaration's head (`;` or `{`): gives the declaration its comments and keeps those that
   * lead the next one.
   */
  endDeclaration(text: string): Comments {
    if (!this.at(text)) throw this.unexpected(`"${text}"`);
    const run = this.scanner.nextWithComments();
    const { leading, detached } = this;
    this.leading = run.leading;
    this.detached = run.detached;
    if (leading === "" && run.trailing === "" && detached.length === 0) return NO_COMMENTS;
    return { leading: trimBreak(leading), trailing: trimBreak(run.trailing), detached: detached.map(trimBreak) };
  }

  /** Takes a `;` or `}` that ends no declaration of its own; comments that trail it belong to nothing. */
  endNothing(text: ";" | "}"): boolean {
    if (!this.at(text)) return false;
    const run = this.scanner.nextWithComments();
    this.leading = run.leading;
    this.detached = text === "}" ? run.detached : [...this.detached, ...run.detached];
    return true;
  }

  /** Runs `statement` until the block closes. A statement that does not fit is a fault and skipped. */
  block(statement: () => void): void {
    this.enter();
    while (!this.endNothing("}")) {
      if (this.atEnd) throw this.unexpected('"}"');
      this.statement(statement);
    }
    this.leave();
  }

  /** Runs one statement; what does not fit in it is a fault, and reading goes on behind it. */
  statement(statement: () => void): void {
    const { depth } = this;
    const { braces } = this.scanner;
    try {
      if (!this.endNothing(";")) statement();
    } catch (error) {
      if (!(error instanceof SyntaxFault)) throw error;
      this.tell(error);
      this.depth = depth;
      this.skipStatement(braces);
    }
  }

  enter(): void {
    if (++this.depth > MAX_DEPTH) {
      throw new SyntaxFault(`nesting is deeper than ${MAX_DEPTH} levels`, this.position);
    }
  }

  leave(): void {
    this.depth--;
  }

  unexpected(expected: string): SyntaxFault {
    const { kind, text } = this.scanner;
    const got = kind === "end" ? "the end of the file" : quoteValue(text);
    return new SyntaxFault(`expected ${expected}, got ${got}`, this.position);
  }

  /** Keeps a fault, but of several at one place (the end of the file inside blocks) the first. */
  private tell(fault: SyntaxFault): void {
    const last = this.faults.at(-1)?.position;
    if (last?.line !== fault.position.line || last.column !== fault.position.column) this.faults.push(fault);
  }

  /** Moves behind the `;` or the block that ends a statement begun at this depth of braces, or to the end of its block. */
  private skipStatement(braces: number): void {
    while (!this.atEnd) {
      try {
        const above = this.scanner.braces - braces;
        if (above === 0 && this.endNothing(";")) return;
        if (above === 0 && this.at("}")) return;
        if (above === 1 && this.endNothing("}")) return;
        this.scanner.next();
      } catch (error) {
        if (!(error instanceof SyntaxFault)) throw error;
        // The scanner has moved behind what it cannot read, and the fault of the statement is told.
      }
    }
  }
}

/** A comment without the line break at its end, which protoc's sets have after `//` comments and others' have not. */
export function trimBreak(comment: string): string {
  return comment.endsWith("\n") ? comment.slice(0, -1) : comment;
}
