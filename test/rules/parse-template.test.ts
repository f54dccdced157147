import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parseTemplate, printTemplate, type Template, TemplateError } from "../../src/rules/index.js";
import { createRandom, type Random } from "./support/random.js";

interface TemplateCase {
  readonly template: string;
  readonly valid: boolean;
  readonly segments?: readonly string[];
  readonly verb?: string;
  readonly variables?: readonly { field_path: readonly string[]; template: string; multi_segment: boolean }[];
}

const cases: readonly TemplateCase[] = JSON.parse(
  readFileSync(new URL("../cases/templates.json", import.meta.url), "utf8"),
);

function errorOf(text: string): string {
  try {
    return `parsed as ${printTemplate(parseTemplate(text))}`;
  } catch (reason) {
    if (reason instanceof TemplateError) return reason.message;
    throw reason;
  }
}

/** A template as test/cases/templates.json describes it. */
function describeTemplate(template: Template) {
  const texts = template.segments.map((segment) =>
    segment.kind === "literal" ? segment.text : segment.kind === "single" ? "*" : "**",
  );
  return {
    segments: texts,
    verb: template.verb ?? "",
    variables: template.variables.map((variable) => ({
      field_path: variable.fieldPath.split("."),
      template: texts.slice(variable.start, variable.end).join("/"),
      multi_segment: variable.multiSegment,
    })),
  };
}

describe("the cases of templates.json", () => {
  for (const { template, valid, segments, verb, variables } of cases) {
    it(`${JSON.stringify(template)} ${valid ? "parses into its segments, verb and variables" : "is refused"}`, () => {
      if (valid) expect(describeTemplate(parseTemplate(template))).toEqual({ segments, verb, variables });
      else expect(() => parseTemplate(template)).toThrow(TemplateError);
    });
  }
});

describe("a template that cannot be parsed is refused with its column", () => {
  const table: readonly (readonly [template: string, message: string])[] = [
    ["", 'cannot parse template "": expected "/", got the end at column 1'],
    ["v1/x", 'cannot parse template "v1/x": expected "/", got "v" at column 1'],
    [" /v1", 'cannot parse template " /v1": expected "/", got " " at column 1'],
    ["//", 'cannot parse template "//": expected a segment, got "/" at column 2'],
    ["/v1/", 'cannot parse template "/v1/": expected a segment, got the end at column 5'],
    ["/v1//x", 'cannot parse template "/v1//x": expected a segment, got "/" at column 5'],
    ["/v1/:get", 'cannot parse template "/v1/:get": expected a segment, got ":" at column 5'],
    ["/:get", 'cannot parse template "/:get": expected a segment, got ":" at column 2'],
    ["/v1:", 'cannot parse template "/v1:": expected a verb behind ":", got the end at column 5'],
    ["/{a}:", 'cannot parse template "/{a}:": expected a verb behind ":", got the end at column 6'],
    ["/v1:get it", 'cannot parse template "/v1:get it": expected a verb, got " " at column 8'],
    ["/v1:get}", 'cannot parse template "/v1:get}": expected "/", got "}" at column 8'],
    ["/v1/{", 'cannot parse template "/v1/{": expected a field name, got the end at column 6'],
    ["/v1/{a", 'cannot parse template "/v1/{a": expected "}", got the end at column 7'],
    ["/v1/{a/b", 'cannot parse template "/v1/{a/b": expected "}", got "/" at column 7'],
    ["/v1/{a=b", 'cannot parse template "/v1/{a=b": expected "}", got the end at column 9'],
    ["/v1/{a=b/", 'cannot parse template "/v1/{a=b/": expected a segment, got the end at column 10'],
    ["/v1/{a=}", 'cannot parse template "/v1/{a=}": expected a segment, got "}" at column 8'],
    ["/v1/{a=/b}", 'cannot parse template "/v1/{a=/b}": expected a segment, got "/" at column 8'],
    ["/v1/{a=b/}", 'cannot parse template "/v1/{a=b/}": expected a segment, got "}" at column 10'],
    ["/v1/{}", 'cannot parse template "/v1/{}": expected a field name, got "}" at column 6'],
    ["/v1/{1a}", 'cannot parse template "/v1/{1a}": expected a field name, got "1" at column 6'],
    ["/v1/{a.}", 'cannot parse template "/v1/{a.}": expected a field name, got "}" at column 8'],
    ["/v1/{a..b}", 'cannot parse template "/v1/{a..b}": expected a field name, got "." at column 8'],
    ["/v1/{a-b}", 'cannot parse template "/v1/{a-b}": expected "}", got "-" at column 7'],
    ["/v1/{ a}", 'cannot parse template "/v1/{ a}": expected a field name, got " " at column 6'],
    ["/v1/{a={b}}", 'cannot parse template "/v1/{a={b}}": a variable within a variable at column 8'],
    ["/v1/{a=b:get}", 'cannot parse template "/v1/{a=b:get}": a verb within a variable at column 9'],
    ["/v1/{a=*:get}", 'cannot parse template "/v1/{a=*:get}": a wildcard is a whole segment, got ":" at column 9'],
    ["/v1/{a}x", 'cannot parse template "/v1/{a}x": a variable is a whole segment, got "x" at column 8'],
    ["/v1/x{a}", 'cannot parse template "/v1/x{a}": a variable is a whole segment, got text before it at column 6'],
    ["/v1/{a}{b}", 'cannot parse template "/v1/{a}{b}": a variable is a whole segment, got "{" at column 8'],
    ["/v1/x*", 'cannot parse template "/v1/x*": a wildcard is a whole segment, got text before it at column 6'],
    ["/v1/*x", 'cannot parse template "/v1/*x": a wildcard is a whole segment, got "x" at column 6'],
    ["/v1/***", 'cannot parse template "/v1/***": a wildcard is a whole segment, got "*" at column 7'],
    ["/v1/a}", 'cannot parse template "/v1/a}": expected "/", got "}" at column 6'],
    ["/v1/a?b", 'cannot parse template "/v1/a?b": expected a literal, got "?" at column 6'],
    ["/v1/a#b", 'cannot parse template "/v1/a#b": expected a literal, got "#" at column 6'],
    ["/v1/a b", 'cannot parse template "/v1/a b": expected a literal, got " " at column 6'],
    ["/v1/a\tb", 'cannot parse template "/v1/a\\tb": expected a literal, got "\\t" at column 6'],
    ["/v1/a\u0000", 'cannot parse template "/v1/a\\u0000": expected a literal, got "\\u0000" at column 6'],
    ["/v1/a\u00a0", 'cannot parse template "/v1/a\u00a0": expected a literal, got "\u00a0" at column 6'],
    ["/v1/100%", 'cannot parse template "/v1/100%": malformed percent escape at column 8'],
    ["/v1/%4", 'cannot parse template "/v1/%4": malformed percent escape at column 5'],
    ["/v1/%zz", 'cannot parse template "/v1/%zz": malformed percent escape at column 5'],
    ["/v1/%00", 'cannot parse template "/v1/%00": a NUL byte at column 5'],
    ["/**/*", 'cannot parse template "/**/*": a wildcard behind "**" at column 5'],
    ["/**/a/{b}", 'cannot parse template "/**/a/{b}": a wildcard behind "**" at column 7'],
    ["/{a=**}/{b=**}", 'cannot parse template "/{a=**}/{b=**}": a wildcard behind "**" at column 12'],
    [`/${"v".repeat(200)}?`, `cannot parse template "/${"v".repeat(78)}…": expected a literal, got "?" at column 202`],
  ];
  for (const [template, message] of table) {
    it(`${JSON.stringify(template.slice(0, 40))} is refused at its column`, () => {
      expect(errorOf(template)).toBe(message);
    });
  }
});

describe("what literals and verbs may be", () => {
  const literal = (text: string) => ({ kind: "literal", text });
  const table: readonly (readonly [
    title: string,
    template: string,
    segments: readonly unknown[],
    verb: string | null,
  ])[] = [
    ["the root has no segments", "/", [], null],
    [
      "punctuation of RFC 3986 is text",
      "/a=b&c=d;e,f+g@h!$'()~._-/x",
      [literal("a=b&c=d;e,f+g@h!$'()~._-"), literal("x")],
      null,
    ],
    ["a colon before the last segment is text", "/a:b/c", [literal("a:b"), literal("c")], null],
    ["behind a literal the last colon starts the verb", "/a:b:c", [literal("a:b")], "c"],
    ["behind a variable the first colon starts the verb", "/{a}:b:c", [{ kind: "single" }], "b:c"],
    ["behind a wildcard the first colon starts the verb", "/**:b:c", [{ kind: "rest" }], "b:c"],
    ["an escape is kept as written", "/a%2Fb%7e", [literal("a%2Fb%7e")], null],
    ["text beyond ASCII is kept as written", "/café/€:ü", [literal("café"), literal("€")], "ü"],
    ["a colon before the last segment of a variable is text", "/{a=x:y/*}", [literal("x:y"), { kind: "single" }], null],
  ];
  for (const [title, template, segments, verb] of table) {
    it(title, () => {
      const parsed = parseTemplate(template);
      expect({ segments: parsed.segments, verb: parsed.verb }).toEqual({ segments, verb });
    });
  }

  it("a variable knows its segments, its column and whether it spans several", () => {
    expect(parseTemplate("/v1/{a.b}/{c=d/*}/{e=**}:f").variables).toEqual([
      { fieldPath: "a.b", start: 1, end: 2, multiSegment: false, column: 6 },
      { fieldPath: "c", start: 2, end: 4, multiSegment: true, column: 12 },
      { fieldPath: "e", start: 4, end: 5, multiSegment: true, column: 20 },
    ]);
  });

  it("a million slashes or braces are refused without overflowing the stack", () => {
    expect(() => parseTemplate("/{a=".repeat(250_000))).toThrow(TemplateError);
    expect(() => parseTemplate("/".repeat(1_000_000))).toThrow(TemplateError);
    expect(parseTemplate("/a".repeat(200_000)).segments).toHaveLength(200_000);
  });
});

describe("random templates", () => {
  it("print and parse are inverse over 5,000 random templates", () => {
    const random = createRandom(1);
    for (let i = 0; i < 5_000; i++) {
      const text = randomTemplate(random);
      const parsed = parseTemplate(text);
      expect(printTemplate(parsed), text).toBe(text);
      expect(parseTemplate(printTemplate(parsed)), text).toEqual(parsed);
    }
  });

  it("50,000 random texts are parsed into what prints the same, or refused with a column inside the text", () => {
    const random = createRandom(2);
    const alphabet = [
      "/",
      "{",
      "}",
      "*",
      "**",
      "=",
      ":",
      ".",
      "a",
      "b",
      "%2F",
      "%",
      " ",
      "é",
      "\ud83d\ude00",
      "\ud800",
      "?",
    ];
    let parsedCount = 0;
    for (let i = 0; i < 50_000; i++) {
      const text = `${random.below(8) === 0 ? "" : "/"}${Array.from({ length: random.below(9) }, () => random.pick(alphabet)).join("")}`;
      try {
        const parsed = parseTemplate(text);
        parsedCount++;
        const printed = printTemplate(parsed);
        if (printed.replaceAll(/=\*}/g, "}") !== text.replaceAll(/=\*}/g, "}")) expect(printed).toBe(text);
      } catch (reason) {
        if (!(reason instanceof TemplateError)) throw reason;
        if (reason.column < 1 || reason.column > text.length + 1) expect(reason.column, text).toBe(text.length + 1);
      }
    }
    // Both ways must have been taken often for this to say anything.
    expect(parsedCount).toBeGreaterThan(3_000);
    expect(parsedCount).toBeLessThan(47_000);
  });
});

/** A valid template in the form that printTemplate gives. */
function randomTemplate(random: Random): string {
  const literals = ["v1", "shelves", "a.b", "x:y", "%2F", "$~", "café", "="];
  let rest = false;
  let last = "";
  const wildcard = (): string => {
    if (rest) return "end";
    rest = random.below(4) === 0;
    return rest ? "**" : "*";
  };
  const parts: string[] = [];
  const count = 1 + random.below(5);
  for (let i = 0; i < count; i++) {
    last = "";
    switch (random.below(4)) {
      case 0:
        parts.push(wildcard());
        break;
      case 1: {
        const inner = Array.from({ length: 1 + random.below(3) }, () =>
          random.below(2) === 0 ? wildcard() : random.pick(["n", "m%20", "~"]),
        ).join("/");
        const name = random.pick(["a", "b_1.c", "_x.y.z"]);
        parts.push(inner === "*" ? `{${name}}` : `{${name}=${inner}}`);
        break;
      }
      default:
        last = random.pick(literals);
        parts.push(last);
    }
  }
  // A colon in the last literal would be read as the start of a verb, unless a verb follows.
  const verb = last.includes(":") || random.below(3) === 0 ? `:${random.pick(["get", "x.y", "%20"])}` : "";
  return `/${parts.join("/")}${verb}`;
}
