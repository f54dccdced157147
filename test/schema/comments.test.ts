import { describe, expect, it } from "vitest";
import type { Comments } from "../../src/schema/index.js";
import { parseProto } from "../../src/schema/source/parse-proto.js";

/** The comments of the fields of a message whose body is this text, by their names. */
function commentsOf(body: string): Record<string, Comments> {
  const { file, faults } = parseProto(`syntax = "proto3"; message M {\n${body}\n}`, "m.proto", "m.proto");
  expect(faults).toEqual([]);
  const fields = file.messages[0]?.fields ?? [];
  return Object.fromEntries(fields.map((field) => [field.name, field.comments]));
}

const none = { leading: "", trailing: "", detached: [] };

describe("comments", () => {
  const cases: readonly {
    readonly title: string;
    readonly body: string;
    readonly comments: Readonly<Record<string, Comments>>;
  }[] = [
    {
      title: "on the line of a declaration trail it",
      body: "int32 foo = 1;  // Comment attached to foo.\n// Comment attached to bar.\nint32 bar = 2;",
      comments: {
        foo: { ...none, trailing: " Comment attached to foo." },
        bar: { ...none, leading: " Comment attached to bar." },
      },
    },
    {
      title: "below a declaration trail it where a blank line follows",
      body: "int32 baz = 1;\n// Attached to baz.\n// Another line.\n\n// Attached to qux.\nint32 qux = 2;",
      comments: {
        baz: { ...none, trailing: " Attached to baz.\n Another line." },
        qux: { ...none, leading: " Attached to qux." },
      },
    },
    {
      title: "between blank lines are detached",
      body: "int32 qux = 1;\n\n// Detached.\n\n// Detached too,\n// in two lines.\n\nint32 corge = 2;",
      comments: { qux: none, corge: { ...none, detached: [" Detached.", " Detached too,\n in two lines."] } },
    },
    {
      title: "in blocks lose the asterisks at the heads of their lines",
      body: "int32 a = 1; /* Block attached\n  * to a.  Its\n   asterisks go. */\n/* Block attached to b. */\nint32 b = 2;",
      comments: {
        a: { ...none, trailing: " Block attached\n to a.  Its\nasterisks go. " },
        b: { ...none, leading: " Block attached to b. " },
      },
    },
    {
      title: "of two blocks above a declaration only the last leads it",
      body: "int32 a = 1;\n\n/* One. */\n/* Two. */\nint32 b = 2;",
      comments: { a: none, b: { leading: " Two. ", trailing: "", detached: [" One. "] } },
    },
    {
      title: "of lines and a block are kept apart",
      body: "int32 a = 1;\n\n// One.\n/* Two. */\n// Three.\nint32 b = 2;",
      comments: { a: none, b: { leading: " Three.", trailing: "", detached: [" One.", " Two. "] } },
    },
    {
      title: "alone between two declarations of a line belong to neither",
      body: "int32 a = 1; /* whose? */ int32 b = 2;",
      comments: { a: none, b: { ...none, detached: [" whose? "] } },
    },
    {
      title: "that end on the line of the next declaration belong to neither",
      body: "int32 a = 1; /* whose\n? */ int32 b = 2;",
      comments: { a: none, b: { ...none, detached: [" whose\n? "] } },
    },
    {
      title: "inside a declaration belong to nothing",
      body: "int32 /* x */ a = 1 // y\n [deprecated = true]; // z",
      comments: { a: { ...none, trailing: " z" } },
    },
    {
      title: "before a closing brace lead nothing",
      body: "int32 a = 1;\n\n// Nothing.",
      comments: { a: none },
    },
    {
      title: "before a closing brace trail the last declaration where they are right below it",
      body: "int32 a = 1;\n// Of a.",
      comments: { a: { ...none, trailing: " Of a." } },
    },
    {
      title: "keep carriage returns and blanks",
      body: "//  a \r\nint32 a = 1;",
      comments: { a: { ...none, leading: "  a \r" } },
    },
    {
      title: "that hold nothing are nothing",
      body: "//\nint32 a = 1;/**/",
      comments: { a: none },
    },
  ];
  it.each(cases)("$title", ({ body, comments }) => {
    expect(commentsOf(body)).toEqual(comments);
  });
});
