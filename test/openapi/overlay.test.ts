import { describe, expect, it } from "vitest";
import { printFault } from "../../src/core/index.js";
import { applyOverlays, type JsonValue, readOverlay } from "../../src/openapi/index.js";

/** An overlay with these actions, in YAML. */
function overlayOf(actions: string, version = "1.0.0"): string {
  return `overlay: ${version}\ninfo: { title: Changes, version: 1.0.0 }\nactions:\n${actions}`;
}

/** What becomes of a document under an overlay, and the faults as they are printed. */
async function applied(document: JsonValue, text: string) {
  const { overlay, faults } = await readOverlay(text, "o.yaml");
  expect(faults).toEqual([]);
  const before = JSON.stringify(document);
  const outcome = applyOverlays(document as { readonly [name: string]: JsonValue }, [overlay]);
  expect(JSON.stringify(document)).toBe(before);
  return { document: outcome.document, faults: outcome.faults.map(printFault) };
}

interface Case {
  readonly title: string;
  readonly version?: string;
  readonly document: JsonValue;
  readonly actions: string;
  readonly gives: JsonValue;
}

const cases: readonly Case[] = [
  {
    title: "an update is merged into an object: members are added, objects merged, lists joined, plain values replaced",
    document: { info: { title: "A", contact: { name: "n" } }, tags: ["a"], paths: {} },
    actions:
      "  - target: $\n    update: { info: { title: B, contact: { url: u } }, tags: [b], servers: [{ url: / }] }\n",
    gives: {
      info: { title: "B", contact: { name: "n", url: "u" } },
      tags: ["a", "b"],
      paths: {},
      servers: [{ url: "/" }],
    },
  },
  {
    title: "an update of a list is an entry of it",
    document: { tags: [{ name: "a" }] },
    actions: "  - target: $.tags\n    update: { name: b }\n",
    gives: { tags: [{ name: "a" }, { name: "b" }] },
  },
  {
    title: "in 1.0 whatever the entry is, a list too",
    document: { tags: [] },
    actions: "  - target: $.tags\n    update: [a, b]\n",
    gives: { tags: [["a", "b"]] },
  },
  {
    title: "in 1.1 a list is joined to a list",
    version: "1.1.0",
    document: { tags: ["a"] },
    actions: "  - target: $.tags\n    update: [b]\n  - target: $.tags\n    update: c\n",
    gives: { tags: ["a", "b", "c"] },
  },
  {
    title: "in 1.1 a plain value is replaced",
    version: "1.1.0",
    document: { info: { title: "A", description: "d" } },
    actions: "  - target: $.info.title\n    update: B\n",
    gives: { info: { title: "B", description: "d" } },
  },
  {
    title: "in 1.1 a node is copied",
    version: "1.1.0",
    document: { paths: { "/a": { get: { tags: ["t"] } }, "/b": {} } },
    actions:
      "  - target: $.paths['/b']\n    copy: $.paths['/a']\n  - target: $.paths['/b'].get.tags\n    update: own\n",
    gives: { paths: { "/a": { get: { tags: ["t"] } }, "/b": { get: { tags: ["t", "own"] } } } },
  },
  {
    title: "every node that a target selects is changed, each by a value of its own",
    document: { paths: { "/a": { get: {}, post: {} }, "/b": { get: {} } } },
    actions:
      "  - target: $.paths.*.get\n    update: { tags: [x] }\n  - target: $.paths['/a'].get.tags\n    update: y\n",
    gives: { paths: { "/a": { get: { tags: ["x", "y"] }, post: {} }, "/b": { get: { tags: ["x"] } } } },
  },
  {
    title:
      "nodes are removed from objects and lists, also several of one list, also one twice, also one inside of another",
    document: { a: [{ n: 1 }, { n: 2 }, { n: 3 }, { n: 4 }], b: { x: 1, y: { z: {} } } },
    actions:
      "  - target: $.a[?@.n > 1 && @.n < 4]\n    remove: true\n  - target: $.a[0,0]\n    remove: true\n  - target: $.b..*\n    remove: true\n",
    gives: { a: [{ n: 4 }], b: {} },
  },
  {
    title: "plain values are removed as well",
    document: { info: { title: "A", description: "d" } },
    actions: "  - target: $.info.description\n    remove: true\n",
    gives: { info: { title: "A" } },
  },
  {
    title: "remove counts where there is an update as well",
    document: { a: { b: {} } },
    actions: "  - target: $.a.b\n    update: { c: 1 }\n    remove: true\n",
    gives: { a: {} },
  },
  {
    title: "actions see what those before them have done",
    document: { a: {} },
    actions:
      "  - target: $.a\n    remove: true\n  - target: $\n    update: { a: { b: 1 } }\n  - target: $.a\n    update: { c: 2 }\n",
    gives: { a: { b: 1, c: 2 } },
  },
  {
    title: "a target that selects nothing, an action that asks for nothing, and extensions change nothing",
    document: { a: 1 },
    actions: "  - target: $.b\n    update: 1\n  - target: $.a\n    description: Why.\n    x-note: { any: thing }\n",
    gives: { a: 1 },
  },
  {
    title: "names may be those of Object.prototype",
    document: JSON.parse('{"a":{"__proto__":{"b":1}},"constructor":{}}'),
    actions:
      "  - target: $.a\n    update: { __proto__: { c: 2 }, toString: { d: 3 } }\n  - target: $.constructor\n    remove: true\n",
    gives: JSON.parse('{"a":{"__proto__":{"b":1,"c":2},"toString":{"d":3}}}'),
  },
];

describe("an overlay", () => {
  it.each(cases)("$title", async ({ version, document, actions, gives }) => {
    const outcome = await applied(document, overlayOf(actions, version));
    expect(outcome).toEqual({ document: gives, faults: [] });
    expect(JSON.stringify(outcome.document)).toBe(JSON.stringify(gives));
  });

  it("changes no other place that has the same value", async () => {
    const shared = { tags: [] };
    const { document } = await applied({ a: shared, b: shared }, overlayOf("  - target: $.a.tags\n    update: x\n"));
    expect(document).toEqual({ a: { tags: ["x"] }, b: { tags: [] } });
  });

  it("may be JSON", async () => {
    const text = JSON.stringify({
      overlay: "1.0.0",
      info: { title: "t", version: "1" },
      actions: [{ target: "$", update: { a: 1 } }],
    });
    expect(await applied({}, text)).toEqual({ document: { a: 1 }, faults: [] });
  });
});

describe("an action that a document does not allow", () => {
  it.each([
    [
      "  - target: $.info.title\n    update: x\n",
      "1.0.0",
      "the target is a plain value; select the object that it stands in, and update that",
    ],
    ["  - target: $.info\n    update: x\n", "1.0.0", "the target is an object, and the update has a plain value"],
    [
      "  - target: $\n    update: { info: { title: { a: 1 } } }\n",
      "1.0.0",
      ".info.title is a plain value, and the update has an object",
    ],
    [
      "  - target: $.*\n    update: { a: 1 }\n",
      "1.0.0",
      "the target selects an object and a list, and not one kind of them",
    ],
    ["  - target: $\n    remove: true\n", "1.0.0", "the document itself cannot be removed"],
    ["  - target: $.info\n    copy: $.nowhere\n", "1.1.0", "copy selects nothing, and not one"],
    ["  - target: $.info\n    copy: $.*\n", "1.1.0", "copy selects several nodes, and not one"],
  ])("%j of %s is a fault at its place", async (actions, version, reason) => {
    const document = { info: { title: "A" }, tags: [] };
    const outcome = await applied(document, overlayOf(actions, version));
    expect(outcome).toEqual({ document, faults: [`o.yaml:4:5: actions[0]: cannot apply the action: ${reason}`] });
  });

  it("keeps none of the others from being applied", async () => {
    const actions = "  - target: $.a\n    update: x\n  - target: $\n    update: { b: 2 }\n";
    expect((await applied({ a: {} }, overlayOf(actions))).document).toEqual({ a: {}, b: 2 });
  });
});

describe("what is no overlay is refused, all of it at once, with its place", () => {
  it.each([
    [
      "nothing",
      "",
      [
        'o.yaml:1:1: expected the version of the OpenAPI Overlay Specification, such as "1.0.0", got none',
        "o.yaml:1:1: info: expected an object with title and version",
        "o.yaml:1:1: expected actions, at least one",
      ],
    ],
    [
      "no YAML",
      "overlay: [",
      [
        "o.yaml:1:11: cannot read YAML: Flow sequence in block collection must be sufficiently indented and end with a ]",
      ],
    ],
    [
      "another version",
      overlayOf("  - target: $\n", "2.0.0"),
      ['o.yaml:1:10: overlay: expected the version of the OpenAPI Overlay Specification, such as "1.0.0", got "2.0.0"'],
    ],
    [
      "members that there are not",
      `${overlayOf("  - target: $\n    updates: {}\n")}action: []\n`,
      [
        'o.yaml:5:5: actions[0].updates: an overlay has no "updates" here, did you mean "update"?',
        'o.yaml:6:1: action: an overlay has no "action" here, did you mean "actions"?',
      ],
    ],
    [
      "actions that are none",
      overlayOf("  - $.paths\n  - update: {}\n  - { target: 1, remove: yes, description: 2 }\n"),
      [
        "o.yaml:4:5: actions[0]: expected an action with its target",
        'o.yaml:5:5: actions[1].target: expected a JSONPath, such as "$.paths.*.get", got none',
        'o.yaml:6:15: actions[2].target: expected a JSONPath, such as "$.paths.*.get", got "1"',
        "o.yaml:6:26: actions[2].remove: expected true or false",
        "o.yaml:6:44: actions[2].description: expected text",
      ],
    ],
    [
      "an action twice",
      overlayOf("  - target: $.a\n  - target: $.a\n"),
      ["o.yaml:5:5: actions[1]: stands twice among the actions"],
    ],
    ["a list of none", overlayOf("  []\n"), ["o.yaml:4:3: actions: expected actions, at least one"]],
    [
      "a JSONPath that is none, in its column",
      overlayOf('  - target: $.paths[\n  - target: "$.paths[?@.a ==]"\n  - target: paths\n'),
      [
        'o.yaml:4:21: actions[0].target: cannot read the JSONPath "$.paths[": unclosed bracketed selection',
        'o.yaml:5:29: actions[1].target: cannot read the JSONPath "$.paths[?@.a ==]": unexpected end of expression',
        "o.yaml:6:13: actions[2].target: cannot read the JSONPath \"paths\": expected '$', found 'p'",
      ],
    ],
    [
      "a function that RFC 9535 has not",
      overlayOf("  - target: $.paths[?foo(@)]\n"),
      ["o.yaml:4:22: actions[0].target: cannot read the JSONPath \"$.paths[?foo(@)]\": no such function 'foo'"],
    ],
  ])("%s", async (_name, text, faults) => {
    const read = await readOverlay(text, "o.yaml");
    expect(read.faults.map(printFault)).toEqual(faults);
  });
});
