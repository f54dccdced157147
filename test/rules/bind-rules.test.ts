import { describe, expect, it } from "vitest";
import { printFault } from "../../src/core/index.js";
import { type Binding, type BoundRules, bindRules, parseRuleFile, printBinding } from "../../src/rules/index.js";
import type { Schema } from "../../src/schema/index.js";
import { compileProto } from "./support/compile-proto.js";

const HEAD =
  'syntax = "proto3"; package harbor.v1; import "google/api/annotations.proto"; ' +
  ["field_mask", "struct", "timestamp", "wrappers"].map((name) => `import "google/protobuf/${name}.proto";`).join(" ");

const MESSAGES = `
message Boat {
  string name = 1;
  string title = 2;
  int32 length = 3;
  Crew crew = 4;
  repeated string tags = 5;
  map<string, string> labels = 6;
  repeated Crew crews = 7;
  oneof owner {
    string person = 8;
    Company company = 9;
  }
  google.protobuf.Timestamp launched = 10;
  google.protobuf.StringValue nick = 11;
  google.protobuf.FieldMask mask = 12;
  google.protobuf.Struct extra = 13;
  optional string two_words = 14;
}
message Crew { string captain = 1; Boat boat = 2; }
message Company { string name = 1; }
message Ack { string note = 1; repeated Boat boats = 2; Crew crew = 3; }
`;

/** Line 4 is the first one of `methods`. */
function harbor(methods: string): Schema {
  return compileProto({ "harbor/v1/boats.proto": `${HEAD}\n\nservice Boats {\n${methods}\n}\n${MESSAGES}` });
}

/** An rpc on one line whose rule is `rule`. */
function rpc(name: string, rule: string, signature = "(Boat) returns (Ack)"): string {
  return `  rpc ${name}${signature} { option (google.api.http) = { ${rule} }; }`;
}

function bind(methods: string, options: Partial<Parameters<typeof bindRules>[1]> = {}): BoundRules {
  return bindRules(harbor(methods), { ruleFiles: [], unboundMethods: "off", ...options });
}

function faultsOf(bound: BoundRules): readonly string[] {
  return bound.faults.map(printFault);
}

/** A binding in one line with all that it binds. */
function describeBinding(binding: Binding): string {
  const parts = [printBinding(binding)];
  if (binding.index > 0) parts.push(`#${binding.index}`);
  for (const variable of binding.variables) {
    parts.push(`${variable.fieldPath}=${variable.path.map((field) => field.fullName).join(">")}`);
  }
  if (binding.body.kind !== "none")
    parts.push(`body ${binding.body.kind === "whole" ? "*" : binding.body.field.fullName}`);
  if (binding.responseBody !== null) parts.push(`reply ${binding.responseBody.fullName}`);
  return parts.join(" | ");
}

/** Without faults, the bindings in one line each. */
function bindingsOf(bound: BoundRules): readonly string[] {
  expect(faultsOf(bound)).toEqual([]);
  return bound.bindings.map(describeBinding);
}

describe("rules that fit are bound", () => {
  const table: readonly (readonly [title: string, methods: string, expected: readonly string[]])[] = [
    [
      "each standard method, with variables bound to their fields",
      [
        rpc("Get", 'get: "/v1/{name=boats/*}"'),
        rpc("Create", 'post: "/v1/boats" body: "*"'),
        rpc("Update", 'patch: "/v1/{crew.boat.name}" body: "crew" response_body: "crew"'),
        rpc("Replace", 'put: "/v1/{name}" body: "tags" response_body: "boats"'),
        rpc("Delete", 'delete: "/v1/{length}"'),
      ].join("\n"),
      [
        "GET /v1/{name=boats/*} → harbor.v1.Boats/Get | name=harbor.v1.Boat.name",
        "POST /v1/boats → harbor.v1.Boats/Create | body *",
        "PATCH /v1/{crew.boat.name} → harbor.v1.Boats/Update | crew.boat.name=harbor.v1.Boat.crew>harbor.v1.Crew.boat>harbor.v1.Boat.name | body harbor.v1.Boat.crew | reply harbor.v1.Ack.crew",
        "PUT /v1/{name} → harbor.v1.Boats/Replace | name=harbor.v1.Boat.name | body harbor.v1.Boat.tags | reply harbor.v1.Ack.boats",
        "DELETE /v1/{length} → harbor.v1.Boats/Delete | length=harbor.v1.Boat.length",
      ],
    ],
    [
      "additional_bindings, in their order, as a list or one by one",
      [
        rpc("Get", 'get: "/a" additional_bindings { post: "/b" body: "*" } additional_bindings { get: "/c/{name}" }'),
        rpc("Put", 'put: "/a" additional_bindings: [{ put: "/b" }, { put: "/c" response_body: "note" }]'),
        rpc("One", 'put: "/d" additional_bindings { put: "/e" }'),
      ].join("\n"),
      [
        "GET /a → harbor.v1.Boats/Get",
        "POST /b → harbor.v1.Boats/Get | #1 | body *",
        "GET /c/{name} → harbor.v1.Boats/Get | #2 | name=harbor.v1.Boat.name",
        "PUT /a → harbor.v1.Boats/Put",
        "PUT /b → harbor.v1.Boats/Put | #1",
        "PUT /c → harbor.v1.Boats/Put | #2 | reply harbor.v1.Ack.note",
        "PUT /d → harbor.v1.Boats/One",
        "PUT /e → harbor.v1.Boats/One | #1",
      ],
    ],
    [
      "custom kinds: any token, and * for any method",
      ["HEAD", "OPTIONS", "*", "PURGE", "TRACE", "M-SEARCH", "x!y"]
        .map((kind, i) => rpc(`M${i}`, `custom { kind: "${kind}" path: "/a" }`))
        .join("\n"),
      ["HEAD", "OPTIONS", "*", "PURGE", "TRACE", "M-SEARCH", "x!y"].map(
        (kind, i) => `${kind} /a → harbor.v1.Boats/M${i}`,
      ),
    ],
    [
      "messages that ProtoJSON writes as one value, and fields within messages of a oneof",
      rpc("Get", 'get: "/{launched}/{nick}/{mask}/{company.name}/{two_words}"'),
      [
        "GET /{launched}/{nick}/{mask}/{company.name}/{two_words} → harbor.v1.Boats/Get | launched=harbor.v1.Boat.launched | nick=harbor.v1.Boat.nick | mask=harbor.v1.Boat.mask | company.name=harbor.v1.Boat.company>harbor.v1.Company.name | two_words=harbor.v1.Boat.two_words",
      ],
    ],
    [
      "a body with GET and DELETE",
      [rpc("Get", 'get: "/a" body: "*"'), rpc("Delete", 'delete: "/a" body: "crew"')].join("\n"),
      ["GET /a → harbor.v1.Boats/Get | body *", "DELETE /a → harbor.v1.Boats/Delete | body harbor.v1.Boat.crew"],
    ],
    [
      "an empty body or response_body as none",
      rpc("Get", 'get: "/a" body: "" response_body: ""'),
      ["GET /a → harbor.v1.Boats/Get"],
    ],
    [
      "streams: a body carries the client's messages, and GET leaves them to WebSocket",
      [
        rpc("Up", 'post: "/a" body: "*"', "(stream Boat) returns (Ack)"),
        rpc("UpField", 'post: "/b/{name}" body: "crew"', "(stream Boat) returns (stream Ack)"),
        rpc("Down", 'post: "/c" response_body: "boats"', "(Boat) returns (stream Ack)"),
        rpc("Socket", 'get: "/d/{name}"', "(stream Boat) returns (stream Ack)"),
        rpc("Any", 'custom { kind: "*" path: "/e" }', "(stream Boat) returns (Ack)"),
      ].join("\n"),
      [
        "POST /a → harbor.v1.Boats/Up | body *",
        "POST /b/{name} → harbor.v1.Boats/UpField | name=harbor.v1.Boat.name | body harbor.v1.Boat.crew",
        "POST /c → harbor.v1.Boats/Down | reply harbor.v1.Ack.boats",
        "GET /d/{name} → harbor.v1.Boats/Socket | name=harbor.v1.Boat.name",
        "* /e → harbor.v1.Boats/Any",
      ],
    ],
    ["no rule: not served", "  rpc Get(Boat) returns (Ack);", []],
  ];
  for (const [title, methods, expected] of table) {
    it(title, () => {
      expect(bindingsOf(bind(methods))).toEqual(expected);
    });
  }

  it("methods without a rule at the path of gRPC, if so configured", () => {
    const methods = `  rpc Bare(Boat) returns (Ack);\n${rpc("Get", 'get: "/a"')}\n  rpc Up(stream Boat) returns (Ack);`;
    const bound = bind(methods, { unboundMethods: "post" });
    expect(bindingsOf(bound)).toEqual([
      "POST /harbor.v1.Boats/Bare → harbor.v1.Boats/Bare | body *",
      "GET /a → harbor.v1.Boats/Get",
      "POST /harbor.v1.Boats/Up → harbor.v1.Boats/Up | body *",
    ]);
    expect(bound.bindings.map((binding) => binding.origin)).toEqual([
      { kind: "unbound", place: { file: "harbor/v1/boats.proto", line: 4, column: 3 } },
      { kind: "annotation", place: { file: "harbor/v1/boats.proto", line: 5, column: 3 } },
      { kind: "unbound", place: { file: "harbor/v1/boats.proto", line: 6, column: 3 } },
    ]);
  });

  it("only the services that are asked for, so that others cannot be at fault", () => {
    const bound = bind(rpc("Get", 'get: "nonsense"'), { services: (service) => service.name !== "Boats" });
    expect(bound).toEqual({ bindings: [], faults: [], multiSegment: null });
  });
});

describe("rules that do not fit are refused", () => {
  const at = "harbor/v1/boats.proto:4:3: harbor.v1.Boats.Get:";
  const variable = (name: string, column: number, pattern: string, reason: string) =>
    `${at} cannot bind variable ${name} (column ${column} of "${pattern}"): ${reason}`;
  const table: readonly (readonly [title: string, rule: string, expected: readonly string[]])[] = [
    [
      "no pattern",
      'body: "*"',
      [
        `${at} cannot read rule: it has no pattern; one of get, put, post, delete, patch, custom gives its HTTP method and path`,
      ],
    ],
    ["an empty path", 'get: ""', [`${at} cannot read rule: its path get is empty`]],
    [
      "a template that does not parse",
      'get: "/v1/{name"',
      [`${at} cannot parse template "/v1/{name": expected "}", got the end at column 10`],
    ],
    [
      "an additional binding within an additional binding",
      'get: "/a" additional_bindings { get: "/b" additional_bindings { get: "/c" } }',
      [`${at} cannot read additional_bindings[0]: it has additional_bindings of its own, and they do not nest`],
    ],
    [
      "additional bindings with faults, all of them",
      'get: "/a" additional_bindings { body: "*" } additional_bindings { put: "b" } additional_bindings { put: "/{nope}" }',
      [
        `${at} cannot read additional_bindings[0]: it has no pattern; one of get, put, post, delete, patch, custom gives its HTTP method and path`,
        `${at} cannot parse template "b": expected "/", got "b" at column 1`,
        variable("nope", 3, "/{nope}", 'harbor.v1.Boat has no field "nope"'),
      ],
    ],
    [
      "a custom pattern without kind and path",
      "custom { }",
      [
        `${at} cannot read rule: its custom pattern has no kind`,
        `${at} cannot read rule: its custom pattern has no path`,
      ],
    ],
    [
      "a custom kind that is no token",
      'custom { kind: "A B" path: "/a" }',
      [`${at} cannot read rule: its custom kind "A B" is no HTTP method`],
    ],
    [
      "a standard method in another case",
      'custom { kind: "head" path: "/a" }',
      [`${at} cannot read rule: its custom kind "head" is no HTTP method: case matters, so write "HEAD"`],
    ],
    [
      "CONNECT",
      'custom { kind: "CONNECT" path: "/a" }',
      [
        `${at} cannot read rule: its custom kind "CONNECT" cannot be served: its request has no path (RFC 9110 section 9.3.6)`,
      ],
    ],
    [
      "an unknown field, with the nearest name",
      'get: "/v1/{nmae}"',
      [variable("nmae", 6, "/v1/{nmae}", 'harbor.v1.Boat has no field "nmae"; did you mean "name"?')],
    ],
    [
      "an unknown field far from any",
      'get: "/v1/{zzzzzz}"',
      [variable("zzzzzz", 6, "/v1/{zzzzzz}", 'harbor.v1.Boat has no field "zzzzzz"')],
    ],
    [
      "a JSON name",
      'get: "/v1/{twoWords}"',
      [variable("twoWords", 6, "/v1/{twoWords}", 'harbor.v1.Boat has no field "twoWords"; did you mean "two_words"?')],
    ],
    [
      "an unknown field of a nested message",
      'get: "/{crew.boot}"',
      [variable("crew.boot", 3, "/{crew.boot}", 'harbor.v1.Crew has no field "boot"; did you mean "boat"?')],
    ],
    [
      "a path through a scalar",
      'get: "/{name.x}"',
      [variable("name.x", 3, "/{name.x}", 'field harbor.v1.Boat.name is no message, so it has no field "x"')],
    ],
    [
      "a repeated field",
      'get: "/{tags}"',
      [variable("tags", 3, "/{tags}", "field harbor.v1.Boat.tags is repeated, and no path can say that")],
    ],
    [
      "a map",
      'get: "/{labels}"',
      [variable("labels", 3, "/{labels}", "field harbor.v1.Boat.labels is a map, and no path can say that")],
    ],
    [
      "a path through a repeated field",
      'get: "/{crews.captain}"',
      [
        variable(
          "crews.captain",
          3,
          "/{crews.captain}",
          "field harbor.v1.Boat.crews is repeated, and no path can say that",
        ),
      ],
    ],
    [
      "a message",
      'get: "/{crew}"',
      [
        variable(
          "crew",
          3,
          "/{crew}",
          "field harbor.v1.Boat.crew is a harbor.v1.Crew, and a path segment holds no message",
        ),
      ],
    ],
    [
      "a message of JSON of any shape",
      'get: "/{extra}"',
      [
        variable(
          "extra",
          3,
          "/{extra}",
          "field harbor.v1.Boat.extra is a google.protobuf.Struct, and a path segment holds no message",
        ),
      ],
    ],
    [
      "the same variable twice",
      'get: "/{name}/x/{name}"',
      [variable("name", 12, "/{name}/x/{name}", "the template has it twice")],
    ],
    [
      "a field and one within it",
      'get: "/{nick}/{nick.value}"',
      [variable("nick.value", 10, "/{nick}/{nick.value}", "variable nick sets the same field")],
    ],
    [
      "two members of a oneof",
      'get: "/{person}/{company.name}"',
      [
        variable(
          "company.name",
          12,
          "/{person}/{company.name}",
          "variable person sets another member of oneof harbor.v1.Boat.owner",
        ),
      ],
    ],
    [
      "an unknown body field",
      'post: "/a" body: "crow"',
      [`${at} cannot bind body "crow" of POST "/a": harbor.v1.Boat has no field "crow"; did you mean "crew"?`],
    ],
    [
      "a body field within a field",
      'post: "/a" body: "crew.boat"',
      [`${at} cannot bind body "crew.boat" of POST "/a": it takes a top-level field of harbor.v1.Boat`],
    ],
    [
      "a body field that the path sets",
      'post: "/{name}" body: "name"',
      [`${at} cannot bind body "name" of POST "/{name}": path variable name sets the same field`],
    ],
    [
      "a body field whose oneof the path sets",
      'post: "/{person}" body: "company"',
      [
        `${at} cannot bind body "company" of POST "/{person}": path variable person sets another member of oneof harbor.v1.Boat.owner`,
      ],
    ],
    [
      "an unknown response field",
      'get: "/a" response_body: "nota"',
      [`${at} cannot bind response_body "nota" of GET "/a": harbor.v1.Ack has no field "nota"; did you mean "note"?`],
    ],
    [
      "a response field within a field",
      'get: "/a" response_body: "crew.boat"',
      [`${at} cannot bind response_body "crew.boat" of GET "/a": it takes a top-level field of harbor.v1.Ack`],
    ],
    [
      "an asterisk as response field",
      'get: "/a" response_body: "*"',
      [`${at} cannot bind response_body "*" of GET "/a": "*" is no field; without response_body it is the whole reply`],
    ],
    [
      "everything at once",
      'post: "/{nmae}/{tags}" body: "crow" response_body: "nota"',
      [
        variable("nmae", 3, "/{nmae}/{tags}", 'harbor.v1.Boat has no field "nmae"; did you mean "name"?'),
        variable("tags", 10, "/{nmae}/{tags}", "field harbor.v1.Boat.tags is repeated, and no path can say that"),
        `${at} cannot bind body "crow" of POST "/{nmae}/{tags}": harbor.v1.Boat has no field "crow"; did you mean "crew"?`,
        `${at} cannot bind response_body "nota" of POST "/{nmae}/{tags}": harbor.v1.Ack has no field "nota"; did you mean "note"?`,
      ],
    ],
  ];
  for (const [title, rule, expected] of table) {
    it(title, () => {
      expect(faultsOf(bind(rpc("Get", rule)))).toEqual(expected);
    });
  }

  it("a client stream without a body, for its messages have no way", () => {
    expect(faultsOf(bind(rpc("Get", 'post: "/a/{name}"', "(stream Boat) returns (Ack)")))).toEqual([
      `${at} cannot bind POST "/a/{name}": the method takes a stream of messages, and the rule has no body to carry them; set body: "*" or a field, or use get for WebSocket alone`,
    ]);
  });

  it("the same method and shape twice, naming both methods and files", () => {
    const imports = 'import "google/api/annotations.proto";';
    const schema = compileProto({
      "a.proto": `syntax = "proto3"; ${imports}\npackage a;\nmessage M { string x = 1; string y = 2; }\nservice A {\n${rpc("One", 'get: "/v1/{x}/z"', "(M) returns (M)")}\n${rpc("Two", 'get: "/v2" additional_bindings { get: "/v1/{y=*}/z" }', "(M) returns (M)")}\n}`,
      "b.proto": `syntax = "proto3"; ${imports}\npackage b;\nmessage M { string x = 1; string y = 2; }\nservice B {\n${rpc("Three", 'get: "/v2"', "(M) returns (M)")}\n}`,
    });
    expect(faultsOf(bindRules(schema, { ruleFiles: [], unboundMethods: "off" }))).toEqual([
      "a.proto:6:3: a.A.Two: cannot serve GET /v1/{y=*}/z: GET /v1/{x}/z of a.A.One (a.proto:5) matches the same requests",
      "b.proto:5:3: b.B.Three: cannot serve GET /v2: GET /v2 of a.A.Two (a.proto:6) matches the same requests",
    ]);
  });
});

describe("rule files", () => {
  const METHODS = [
    rpc("Get", 'get: "/annotated"'),
    "  rpc List(Boat) returns (Ack);",
    "  rpc Up(stream Boat) returns (Ack);",
  ].join("\n");

  function bindWith(...texts: readonly string[]): BoundRules {
    const ruleFiles = texts.map((text, i) => parseRuleFile(text, `rules${i + 1}.yaml`));
    return bind(METHODS, { ruleFiles });
  }

  it("replace the annotation of the methods that they select, and bind methods without one", () => {
    const bound = bindWith(`
type: google.api.Service
config_version: 3
http:
  rules:
    - selector: harbor.v1.Boats.Get
      get: /file/{name}
      additional_bindings:
        - post: /file
          body: "*"
    - selector: harbor.v1.Boats.List
      custom: { kind: HEAD, path: "/file" }
      responseBody: note
`);
    expect(bindingsOf(bound)).toEqual([
      "GET /file/{name} → harbor.v1.Boats/Get | name=harbor.v1.Boat.name",
      "POST /file → harbor.v1.Boats/Get | #1 | body *",
      "HEAD /file → harbor.v1.Boats/List | reply harbor.v1.Ack.note",
    ]);
    expect(bound.bindings.map((binding) => binding.origin)).toEqual([
      { kind: "ruleFile", place: { file: "rules1.yaml", line: 7, column: 12 } },
      { kind: "ruleFile", place: { file: "rules1.yaml", line: 9, column: 17 } },
      { kind: "ruleFile", place: { file: "rules1.yaml", line: 12, column: 36 } },
    ]);
  });

  it("count in their order: of several rules for a method the last one holds, across files", () => {
    const rule = (selector: string, path: string) => `{ "selector": "${selector}", "get": "${path}" }`;
    const file = (...rules: readonly string[]) => `{ "http": { "rules": [${rules.join(", ")}] } }`;
    expect(
      bindingsOf(
        bindWith(
          file(rule("harbor.v1.Boats.Get", "/one"), rule("harbor.v1.Boats.Get, harbor.v1.Boats.List", "/two")),
          file(rule("harbor.v1.Boats.List", "/three")),
        ),
      ),
    ).toEqual(["GET /two → harbor.v1.Boats/Get", "GET /three → harbor.v1.Boats/List"]);
  });

  it("select by wildcard at the end, for one component or more", () => {
    for (const selector of ["harbor.v1.Boats.*", "harbor.v1.*", "harbor.*", "*"]) {
      const bound = bindWith(
        `http: { rules: [{ selector: "${selector}", post: "/all", body: "*" }, { selector: harbor.v1.Boats.Up, post: /up, body: "*" }, { selector: harbor.v1.Boats.List, post: /list } ] }`,
      );
      expect(bindingsOf(bound)).toEqual([
        "POST /all → harbor.v1.Boats/Get | body *",
        "POST /list → harbor.v1.Boats/List",
        "POST /up → harbor.v1.Boats/Up | body *",
      ]);
    }
  });

  it("say how multi-segment variables are decoded", () => {
    expect(bindWith("http: { rules: [], fully_decode_reserved_expansion: true }").multiSegment).toBe("all-but-slash");
    expect(bindWith("http: { rules: [], fullyDecodeReservedExpansion: false }").multiSegment).toBe("all-but-reserved");
    expect(bindWith("http: { rules: [] }").multiSegment).toBeNull();
    const clash = bindWith(
      "http: { fully_decode_reserved_expansion: true }",
      "http: { rules: [] }",
      "http: { fully_decode_reserved_expansion: false }",
    );
    expect(faultsOf(clash)).toEqual([
      "rules3.yaml: cannot take http.fully_decode_reserved_expansion: rules1.yaml says the opposite",
    ]);
  });

  it("that do not fit are refused where the rule stands, the column in the template counted along", () => {
    const bound = bindWith(`http:
  rules:
    - selector: harbor.v1.Boats.Gett
      get: /a
    - selector: harbor.v1.Boots.*
      get: /a
    - selector: harbor.v1.Boats
      get: /a
    - selector: harbor.v1.Boats.G*
      get: /a
    - selector: harbor.v1.Boats.Get, nothing.like.It
      get: /a/{nmae}
      body: crow
    - selector: harbor.v1.Boats.List
      get: '/a/{name'
    - selector: harbor.v1.Boats.Up
      post: "/up/{title}"
      response_body: nota
`);
    expect(faultsOf(bound)).toEqual([
      'rules1.yaml:15:21: harbor.v1.Boats.List: cannot parse template "/a/{name": expected "}", got the end at column 9',
      'rules1.yaml:3:17: cannot apply the rule for selector "harbor.v1.Boats.Gett": it selects no method; did you mean "harbor.v1.Boats.Get"?',
      'rules1.yaml:5:17: cannot apply the rule for selector "harbor.v1.Boots.*": it selects no method; did you mean "harbor.v1.Boats.*"?',
      'rules1.yaml:7:17: cannot apply the rule for selector "harbor.v1.Boats": it selects no method; did you mean "harbor.v1.Boats.*"?',
      'rules1.yaml:9:17: cannot apply the rule for selector "harbor.v1.Boats.G*": a selector is a full name, a full name that ends in ".*", or "*"',
      'rules1.yaml:11:38: cannot apply the rule for selector "nothing.like.It": it selects no method',
      'rules1.yaml:12:16: harbor.v1.Boats.Get: cannot bind variable nmae (column 5 of "/a/{nmae}"): harbor.v1.Boat has no field "nmae"; did you mean "name"?',
      'rules1.yaml:13:13: harbor.v1.Boats.Get: cannot bind body "crow" of GET "/a/{nmae}": harbor.v1.Boat has no field "crow"; did you mean "crew"?',
      'rules1.yaml:18:22: harbor.v1.Boats.Up: cannot bind response_body "nota" of POST "/up/{title}": harbor.v1.Ack has no field "nota"; did you mean "note"?',
      'rules1.yaml:17:14: harbor.v1.Boats.Up: cannot bind POST "/up/{title}": the method takes a stream of messages, and the rule has no body to carry them; set body: "*" or a field, or use get for WebSocket alone',
    ]);
  });
});
