import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { printFault } from "../../src/core/index.js";
import { loadRuleFile, parseRuleFile, printTemplate } from "../../src/rules/index.js";
import { createRandom } from "./support/random.js";

function faultsOf(text: string): readonly string[] {
  return parseRuleFile(text, "rules.yaml").faults.map(printFault);
}

/** Lines of one rule under http.rules, with a selector. */
function rule(...lines: readonly string[]): string {
  return ["http:", "  rules:", "  - selector: a.B.C", ...lines.map((line) => `    ${line}`), ""].join("\n");
}

describe("a rule file is read", () => {
  it("with its rules in order, their selectors split at commas", () => {
    const { faults, rules } = parseRuleFile(
      `http:
  rules:
  - selector: a.B.C, a.B.D,a.E.*
    get: /v1/{x}
    additionalBindings: { put: /v2, body: "*" }
  - { "selector": "*", "custom": { "kind": "*", "path": "/v3:go" }, "response_body": "y" }
`,
      "rules.yaml",
    );
    expect(faults).toEqual([]);
    expect(
      rules.map((fileRule) => ({
        selectors: fileRule.selectors.map(({ text, place }) => `${text} at ${place.line}:${place.column}`),
        rules: fileRule.rules.map((http) =>
          [http.index, http.httpMethod, printTemplate(http.template), http.body?.text, http.responseBody?.text].join(
            " ",
          ),
        ),
      })),
    ).toEqual([
      { selectors: ["a.B.C at 3:15", "a.B.D at 3:22", "a.E.* at 3:28"], rules: ["0 GET /v1/{x}  ", "1 PUT /v2 * "] },
      { selectors: ["* at 6:20"], rules: ["0 * /v3:go  y"] },
    ]);
  });

  it("with anchors, and other members of google.api.Service beside", () => {
    const file = parseRuleFile(
      `type: google.api.Service
name: library.example.com
apis: [{ name: a.B }]
documentation: { summary: *nothing }
`.replace("*nothing", "none") +
        `http:
  rules:
  - &first { selector: a.B.C, get: /v1 }
  - *first
`,
      "rules.yaml",
    );
    expect(file.faults).toEqual([]);
    expect(file.rules).toHaveLength(2);
  });

  it("from disk", () => {
    const folder = mkdtempSync(join(tmpdir(), "portico-rules-"));
    try {
      const path = join(folder, "rules.yaml");
      writeFileSync(path, rule("get: /a"));
      expect(loadRuleFile(path)).toMatchObject({ file: path, faults: [], rules: [{ rules: [{ httpMethod: "GET" }] }] });
      const missing = join(folder, "no.yaml");
      expect(loadRuleFile(missing).faults.map(printFault)).toEqual([`${missing}: cannot read rule file: no such file`]);
      expect(loadRuleFile(folder).faults.map(printFault)).toEqual([`${folder}: cannot read rule file: EISDIR`]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe("what is wrong with a rule file is told with its place", () => {
  const table: readonly (readonly [title: string, text: string, expected: readonly string[]])[] = [
    [
      "an empty file",
      "",
      ["rules.yaml:1:1: cannot read rule file: expected a google.api.Service with http.rules, got nothing"],
    ],
    [
      "a list",
      "- a",
      ["rules.yaml:1:1: cannot read rule file: expected a google.api.Service with http.rules, got a list"],
    ],
    ["no http", "type: google.api.Service\n", ["rules.yaml:1:1: cannot read rule file: it has no http.rules"]],
    [
      "a misspelt http",
      "type: x\nhtpp: {}\n",
      ['rules.yaml:2:1: cannot read rule file: it has no http.rules, but "htpp"'],
    ],
    ["http without content", "http:\n", ["rules.yaml:1:6: cannot read http: expected a map, got nothing"]],
    [
      "an unknown key of http",
      "http:\n  rulez: []\n",
      ['rules.yaml:2:3: cannot read http: unknown key "rulez"; did you mean "rules"?'],
    ],
    [
      "rules that are no list",
      "http:\n  rules: 3\n",
      ["rules.yaml:2:10: cannot read http.rules: expected a list, got a number"],
    ],
    [
      "a flag that is none",
      "http: { fully_decode_reserved_expansion: 1 }",
      ["rules.yaml:1:42: cannot read http.fully_decode_reserved_expansion: expected true or false, got a number"],
    ],
    [
      "a rule that is no map",
      "http:\n  rules:\n  - /v1\n",
      [
        "rules.yaml:3:5: cannot read http.rules[0]: it needs a selector, the full name of a method, and has none",
        "rules.yaml:3:5: http.rules[0]: cannot read rule: expected a map, got text",
      ],
    ],
    [
      "no selector",
      "http:\n  rules:\n  - get: /v1\n",
      ["rules.yaml:3:5: cannot read http.rules[0]: it needs a selector, the full name of a method, and has none"],
    ],
    [
      "a selector that is a list",
      "http:\n  rules:\n  - get: /v1\n    selector: [a]\n",
      ["rules.yaml:4:15: cannot read http.rules[0]: it needs a selector, the full name of a method, and has a list"],
    ],
    [
      "an unknown key of a rule",
      rule("gett: /v1"),
      [
        'rules.yaml:4:5: a.B.C: cannot read rule: unknown key "gett"; did you mean "get"?',
        "rules.yaml:3:5: a.B.C: cannot read rule: it has no pattern; one of get, put, post, delete, patch, custom gives its HTTP method and path",
      ],
    ],
    [
      "an unknown key far from any",
      rule("get: /v1", "summary: x"),
      [
        'rules.yaml:5:5: a.B.C: cannot read rule: unknown key "summary"; known are selector, get, put, post, delete, patch, custom, body, response_body, additional_bindings',
      ],
    ],
    [
      "an unknown key of a custom pattern",
      rule("custom: { kind: GET, path: /v1, paht: /v2 }"),
      ['rules.yaml:4:37: a.B.C: cannot read rule: unknown key "paht"; did you mean "path"?'],
    ],
    [
      "both names of a field",
      rule("get: /v1", "responseBody: x", "response_body: y"),
      ["rules.yaml:6:5: a.B.C: cannot read rule: it has response_body twice"],
    ],
    [
      "two patterns",
      rule("get: /v1", "custom: { kind: POST, path: /v2 }"),
      [
        "rules.yaml:3:5: a.B.C: cannot read rule: it has get and custom, but takes one pattern; additional_bindings hold further ones",
      ],
    ],
    [
      "a path that is a number",
      rule("get: 1"),
      ["rules.yaml:4:10: a.B.C: cannot read rule: expected text for get, got a number"],
    ],
    [
      "a path without a value",
      rule("get:"),
      ["rules.yaml:4:9: a.B.C: cannot read rule: expected text for get, got nothing"],
    ],
    [
      "a body that is a flag",
      rule("get: /v1", "body: true"),
      ["rules.yaml:5:11: a.B.C: cannot read rule: expected text for body, got true"],
    ],
    [
      "a template, the column counted along",
      rule('get: "/v1/{x"', "additional_bindings: [{ put: '/v1/{' }]"),
      [
        'rules.yaml:4:17: a.B.C: cannot parse template "/v1/{x": expected "}", got the end at column 7',
        'rules.yaml:5:40: a.B.C: cannot parse template "/v1/{": expected a field name, got the end at column 6',
      ],
    ],
    [
      "an asterisk without quotes",
      rule("post: /v1", "body: *"),
      [
        'rules.yaml:5:11: cannot read YAML: Alias cannot be an empty string; a value that is an asterisk is written "*", in quotes',
      ],
    ],
    ["a key twice", rule("get: /v1", "get: /v2"), ["rules.yaml:5:5: cannot read YAML: Map keys must be unique"]],
    ["a tab", "http:\n\trules: []\n", ["rules.yaml:2:1: cannot read YAML: Tabs are not allowed as indentation"]],
    [
      "an alias of nothing",
      "http: *x\n",
      ["rules.yaml:1:7: cannot read http: expected a map, got an alias without its anchor &x"],
    ],
    [
      "several faults at once",
      `http:
  rules:
  - get: /v1
  - selector: a.B.C
    get: v1
  - selector: a.B.D
    post: /v1
    bdoy: "*"
  rule: []
`,
      [
        "rules.yaml:3:5: cannot read http.rules[0]: it needs a selector, the full name of a method, and has none",
        'rules.yaml:5:10: a.B.C: cannot parse template "v1": expected "/", got "v" at column 1',
        'rules.yaml:8:5: a.B.D: cannot read rule: unknown key "bdoy"; did you mean "body"?',
        'rules.yaml:9:3: cannot read http: unknown key "rule"; did you mean "rules"?',
      ],
    ],
  ];
  for (const [title, text, expected] of table) {
    it(title, () => {
      expect(faultsOf(text)).toEqual(expected);
    });
  }

  it("aliases that grow without end, and nesting without end, are faults and nothing else", () => {
    const laughs = Array.from(
      { length: 9 },
      (_, i) =>
        `a${i + 1}: &a${i + 1} [${Array(10)
          .fill(i === 0 ? "x" : `*a${i}`)
          .join(", ")}]`,
    );
    expect(faultsOf(`${laughs.join("\n")}\nhttp: *a9\n`).length).toBeGreaterThan(0);
    expect(faultsOf("http: &a { rules: *a }\n").length).toBeGreaterThan(0);
    expect(faultsOf(`http: ${"[".repeat(100_000)}`).length).toBeGreaterThan(0);
    expect(faultsOf(`http: ${"[".repeat(5_000)}${"]".repeat(5_000)}`).length).toBeGreaterThan(0);
  });

  it("1,500 damaged copies of a file are read or refused with faults, never anything else", () => {
    const random = createRandom(3);
    const text = rule(
      'get: "/v1/{x=a/*}:go"',
      "body: '*'",
      "additional_bindings:",
      "- custom: { kind: HEAD, path: /x }",
    );
    const pieces = [
      "*",
      "&a",
      ":",
      "{",
      "}",
      "[",
      "- ",
      "\n",
      "\t",
      '"',
      "'",
      "|",
      "? ",
      "!!str",
      "%",
      "\u0000",
      "__proto__: 1",
      "\ud800",
    ];
    let damaged = 0;
    for (let i = 0; i < 1_500; i++) {
      const at = random.below(text.length);
      const changed = text.slice(0, at) + random.pick(pieces) + text.slice(at + random.below(3));
      if (parseRuleFile(changed, "rules.yaml").faults.length > 0) damaged++;
    }
    expect(damaged).toBeGreaterThan(500);
    expect(Object.prototype).not.toHaveProperty("1");
  });
});
