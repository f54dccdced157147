import type { Scanner } from "./scanner.js";

/** The comments between two tokens. */
export interface CommentRun {
  /** Of the declaration that ended; "" for none. */
  trailing: string;
  /** Of no declaration. */
  detached: string[];
  /** Of the declaration that begins; "" for none. */
  leading: string;
}

/**
 * Moves the scanner to the next token and sorts the comments on the way, by the rules that the comments of
 * SourceCodeInfo.Location in descriptor.proto give and protoc's tokenizer (NextWithComments) makes exact:
 *
 * - a comment on the line of the last token, or the lines right below it with a blank line after them, trails it;
 * - the last run of comments right above the next token leads it;
 * - everything else is detached; before a closing bracket nothing leads;
 * - one comment alone between two tokens of a line belongs to neither.
 */
export function collectComments(scanner: Scanner): CommentRun {
  const run: CommentRun = { trailing: "", detached: [], leading: "" };
  let buffer: string | null = null;
  let bufferIsLine = false;
  let flushed = 0;
  let canTrail = true;
  let hasTrailing = false;
  const flush = (): void => {
    if (buffer === null) return;
    if (canTrail) {
      run.trailing = buffer;
      hasTrailing = true;
      canTrail = false;
    } else run.detached.push(buffer);
    buffer = null;
    flushed++;
  };

  let previousLine = scanner.nextLine;
  let trailingEndLine = -1;
  if (scanner.kind === "start") {
    canTrail = false;
    previousLine = -1;
  } else {
    scanner.skipBlanks();
    const kind = scanner.atComment();
    if (kind !== null) {
      const line = scanner.nextLine;
      buffer = scanner.readComment();
      trailingEndLine = kind === "line" ? line : scanner.nextLine;
      scanner.skipBlanks();
      flush();
    } else if (!scanner.skipLineBreak()) {
      scanner.next();
      return run;
    }
  }

  for (;;) {
    scanner.skipBlanks();
    const kind = scanner.atComment();
    if (kind === "line") {
      if (buffer !== null && !bufferIsLine) flush();
      buffer = (buffer ?? "") + scanner.readComment();
      bufferIsLine = true;
    } else if (kind === "block") {
      flush();
      buffer = scanner.readComment();
      bufferIsLine = false;
      scanner.skipBlanks();
      scanner.skipLineBreak();
    } else if (scanner.skipLineBreak()) {
      flush();
      canTrail = false;
    } else break;
  }

  scanner.next();
  const ended = scanner.kind === "end";
  if (ended || scanner.is("}") || scanner.is("]") || scanner.is(")")) flush();
  if (!ended && (previousLine === scanner.line || trailingEndLine === scanner.line)) {
    if (flushed + (buffer === null ? 0 : 1) === 1) {
      if (hasTrailing) {
        run.detached.unshift(run.trailing);
        run.trailing = "";
      }
      flush();
    }
  }
  run.leading = buffer ?? "";
  return run;
}
