import { describe, expect, it } from "vitest";
import { Scanner, SyntaxFault } from "../../src/schema/source/scanner.js";

/** The tokens of a text as `kind text @line:column`, up to the first that is none. */
function tokensOf(text: string): string[] {
  const scanner = new Scanner(text);
  const tokens: string[] = [];
  try {
    for (scanner.next(); scanner.kind !== "end"; scanner.next()) {
      const { line, column } = scanner.position();
      tokens.push(`${scanner.kind} ${scanner.text} @${line}:${column}`);
    }
  } catch (error) {
    if (!(error instanceof SyntaxFault)) throw error;
    tokens.push(`fault @${error.position.line}:${error.position.column}: ${error.message}`);
  }
  return tokens;
}

describe("the scanner", () => {
  const cases: readonly { readonly title: string; readonly text: string; readonly tokens: readonly string[] }[] = [
    { title: "has no token in an empty text", text: "", tokens: [] },
    { title: "has no token in blanks and comments", text: " \t\r\n// a\n/* b\n */ // c", tokens: [] },
    {
      title: "reads identifiers, symbols and dots apart",
      text: "a.b_1._c={}",
      tokens: [
        "identifier a @1:1",
        "symbol . @1:2",
        "identifier b_1 @1:3",
        "symbol . @1:6",
        "identifier _c @1:7",
        "symbol = @1:9",
        "symbol { @1:10",
        "symbol } @1:11",
      ],
    },
    {
      title: "tells integers from floats",
      text: "0 12 0x1F 0X1f 017 1.5 .5 1. 1e3 1E-3 0.0",
      tokens: [
        "integer 0 @1:1",
        "integer 12 @1:3",
        "integer 0x1F @1:6",
        "integer 0X1f @1:11",
        "integer 017 @1:16",
        "float 1.5 @1:20",
        "float .5 @1:24",
        "float 1. @1:27",
        "float 1e3 @1:30",
        "float 1E-3 @1:34",
        "float 0.0 @1:39",
      ],
    },
    { title: "keeps a minus apart from its number", text: "-1", tokens: ["symbol - @1:1", "integer 1 @1:2"] },
    { title: "refuses octal digits that are none", text: "089", tokens: ['fault @1:1: "089" is not a number'] },
    { title: "refuses letters glued to a number", text: "1a", tokens: ['fault @1:1: "1a" is not a number'] },
    { title: "refuses a hexadecimal number without digits", text: "0x", tokens: ['fault @1:1: "0x" is not a number'] },
    {
      title: "keeps quotes and escapes of strings",
      text: `"a\\"b" 'c"'`,
      tokens: [`string "a\\"b" @1:1`, `string 'c"' @1:8`],
    },
    {
      title: "refuses a string that its line does not close",
      text: 'a "b\nc"',
      tokens: ["identifier a @1:1", "fault @1:3: a string is not closed before the end of the line"],
    },
    {
      title: "refuses a string that a backslash at the end of the line would carry on",
      text: '"b\\\nc"',
      tokens: ["fault @1:1: a string is not closed before the end of the line"],
    },
    {
      title: "refuses a comment that nothing closes",
      text: "a\n  /* b",
      tokens: ["identifier a @1:1", "fault @2:3: a comment is not closed before the end of the file"],
    },
    {
      title: "refuses a character that no token has",
      text: "a é",
      tokens: ["identifier a @1:1", 'fault @1:3: the character "é" has no place here'],
    },
    { title: "refuses a NUL", text: "\0", tokens: ['fault @1:1: the character "\\u0000" has no place here'] },
    { title: "takes a byte order mark for nothing", text: "\ufeffa", tokens: ["identifier a @1:1"] },
    {
      title: "counts columns as protoc does: bytes, and tabs to the next multiple of eight",
      text: "\ta\n/* é€𝄞 */ b",
      tokens: ["identifier a @1:9", "identifier b @2:17"],
    },
    {
      title: "counts lines across comments",
      text: "/* \n\n */ a // \nb",
      tokens: ["identifier a @3:5", "identifier b @4:1"],
    },
  ];
  it.each(cases)("$title", ({ text, tokens }) => {
    expect(tokensOf(text)).toEqual(tokens);
  });
});
