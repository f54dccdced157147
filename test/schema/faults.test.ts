import { describe, expect, it } from "vitest";
import { faultsOf, loadText } from "./support/load-text.js";

const proto2 = (body: string): string => `syntax = "proto2";\npackage p;\n${body}`;
const proto3 = (body: string): string => `syntax = "proto3";\npackage p;\n${body}`;
const edition = (body: string): string => `edition = "2023";\npackage p;\n${body}`;

interface Case {
  readonly title: string;
  readonly files: Readonly<Record<string, string>>;
  readonly faults: readonly string[];
}

describe("faults of a text that is no .proto file", () => {
  const cases: readonly Case[] = [
    {
      title: "a statement without its semicolon",
      files: { "a.proto": proto3("message M { int32 a = 1 }") },
      faults: ['a.proto:3:25: expected ";", got "}"'],
    },
    {
      title: "several statements, each of them",
      files: {
        "a.proto": proto3(`message M {
 int32 a 1;
 string b = 2;
 int32 = 3;
}
service { }
enum E { A = x; }
`),
      },
      faults: [
        'a.proto:4:10: expected "=", got "1"',
        'a.proto:6:8: expected the name of a field, got "="',
        'a.proto:8:9: expected the name of a service, got "{"',
        'a.proto:9:14: expected the number of enum value "A", got "x"',
      ],
    },
    {
      title: "a block that the file does not close, once",
      files: { "a.proto": proto3("message M { message N {") },
      faults: ['a.proto:3:24: expected "}", got the end of the file'],
    },
    {
      title: "a brace that closes nothing",
      files: {
        "a.proto": proto3(`}
message M {}`),
      },
      faults: ["a.proto:3:1: the brace closes nothing"],
    },
    {
      title: "a brace that closes nothing before what is no token",
      files: { "a.proto": proto3('} "') },
      faults: [
        "a.proto:3:1: the brace closes nothing",
        "a.proto:3:3: a string is not closed before the end of the line",
      ],
    },
    {
      title: "a syntax that is none",
      files: { "a.proto": 'syntax = "proto4";' },
      faults: ['a.proto:1:10: the syntax "proto4" is neither "proto2" nor "proto3"'],
    },
    {
      title: "an edition that is none",
      files: { "a.proto": 'edition = "2022";' },
      faults: ['a.proto:1:11: the edition "2022" is not one of 2023, 2024, 2026'],
    },
    {
      title: "a syntax that is not at the head",
      files: { "a.proto": 'package p;\nsyntax = "proto3";' },
      faults: ['a.proto:2:1: "syntax" must be the first statement of the file'],
    },
    {
      title: "a second package",
      files: { "a.proto": proto3("package q;") },
      faults: ["a.proto:3:1: the file has two packages"],
    },
    {
      title: "a message in a service",
      files: { "a.proto": proto3("service S { message M {} }") },
      faults: ['a.proto:3:13: expected "rpc", "option" or "}", got "message"'],
    },
    {
      title: "a proto2 field without a label",
      files: { "a.proto": proto2("message M { int32 a = 1; }") },
      faults: ['a.proto:3:13: a field of proto2 needs a label: "optional", "required" or "repeated"'],
    },
    {
      title: "a required field in proto3",
      files: { "a.proto": proto3("message M { required int32 a = 1; }") },
      faults: ["a.proto:3:13: proto3 has no required fields"],
    },
    {
      title: "a group in proto3",
      files: { "a.proto": proto3("message M { optional group A = 1 {} }") },
      faults: ["a.proto:3:22: there are no groups in proto3"],
    },
    {
      title: "a group in an edition",
      files: { "a.proto": edition("message M { repeated group A = 1 {} }") },
      faults: ["a.proto:3:22: there are no groups in editions: use the feature message_encoding"],
    },
    {
      title: "a label that editions do not have",
      files: { "a.proto": edition("message M { optional int32 a = 1; }") },
      faults: ['a.proto:3:13: editions have no label "optional": use the feature field_presence'],
    },
    {
      title: "reserved names in the form of another syntax",
      files: { "a.proto": edition('message M { reserved "a"; }'), "b.proto": proto3("message N { reserved a; }") },
      faults: [
        "a.proto:3:22: reserved names are identifiers in editions",
        "b.proto:3:22: reserved names are strings in proto3",
      ],
    },
    {
      title: "a group that begins with a small letter",
      files: { "a.proto": proto2("message M { optional group a = 1 {} }") },
      faults: ['a.proto:3:28: the name of a group begins with a capital letter, got "a"'],
    },
    {
      title: "a map in a oneof",
      files: { "a.proto": proto3("message M { oneof o { map<int32, int32> a = 1; } }") },
      faults: ["a.proto:3:23: a oneof has no map fields"],
    },
    {
      title: "a label in a oneof",
      files: { "a.proto": proto3("message M { oneof o { repeated int32 a = 1; } }") },
      faults: ["a.proto:3:23: a field of a oneof has no label"],
    },
    {
      title: "numbers beyond 32 bits, or below zero",
      files: {
        "a.proto": proto3(`message M {
 int32 e = 4294967296;
 int32 f = -1;
}
enum E { E0 = 0; E1 = 2147483648; }`),
      },
      faults: [
        'a.proto:4:12: the number of field "e" must be within 0 and 2147483647, got 4294967296',
        'a.proto:5:12: expected the number of field "f", got "-"',
        'a.proto:7:23: the number of enum value "E1" must be within -2147483648 and 2147483647, got 2147483648',
      ],
    },
    {
      title: "a range that ends before it begins",
      files: { "a.proto": proto3("message M { reserved 9 to 5; }") },
      faults: ["a.proto:3:27: a range ends before it begins: 9 to 5"],
    },
    {
      title: "a malformed escape",
      files: { "a.proto": proto3('message M { int32 a = 1 [(x) = "a\\q"]; }') },
      faults: ['a.proto:3:32: the string "\\"a\\\\q\\"" has a malformed escape'],
    },
    {
      title: "messages nested beyond 100 levels",
      files: { "a.proto": proto3("message M {".repeat(120) + "}".repeat(120)) },
      faults: ["a.proto:3:1112: nesting is deeper than 100 levels"],
    },
    {
      title: "options nested beyond 100 levels",
      files: { "a.proto": proto3(`option (x) = ${"{a".repeat(120)}${"}".repeat(120)};`) },
      faults: ["a.proto:3:214: nesting is deeper than 100 levels"],
    },
    {
      title: "an aggregate whose member has no colon, and reads on behind it",
      files: {
        "a.proto": proto3(`service S {
 rpc A(M) returns (M) { option (x) = { get "/a" }; }
 rpc B(M) returns M;
}`),
      },
      faults: ['a.proto:4:44: expected ":", got "\\"/a\\""', 'a.proto:5:19: expected "(", got "M"'],
    },
    {
      title: "a list where the colon before it is missing",
      files: { "a.proto": proto3("option (x) = { a [1] };") },
      faults: ['a.proto:3:19: expected a message, got "1"'],
    },
    {
      title: "json_name that is no string, on an extension, twice",
      files: {
        "a.proto": proto2(`message M {
 optional int32 a = 1 [json_name = 3];
 optional int32 b = 2 [json_name = "x", json_name = "y"];
 extensions 10;
 extend M { optional int32 c = 10 [json_name = "z"]; }
}`),
      },
      faults: [
        "a.proto:4:36: json_name takes a string",
        "a.proto:5:41: json_name is given twice",
        "a.proto:7:13: an extension has no json_name",
      ],
    },
  ];
  it.each(cases)("name $title", ({ files, faults }) => {
    expect(faultsOf(() => loadText(files))).toEqual(faults);
  });
});

describe("faults of imports", () => {
  const cases: readonly Case[] = [
    {
      title: "a missing import, with the places that were looked in",
      files: { "a.proto": proto3('import "b/c.proto";') },
      faults: ['a.proto:3:1: cannot find the import "b/c.proto": looked in ., google-proto-files'],
    },
    {
      title: "imports that lead out of their root",
      files: {
        "a.proto": proto3(`import "../b.proto";
import "/etc/passwd";
import "./a.proto";`),
      },
      faults: [
        'a.proto:3:1: cannot find the import "../b.proto": looked in ., google-proto-files',
        'a.proto:4:1: cannot find the import "/etc/passwd": looked in ., google-proto-files',
        'a.proto:5:1: cannot find the import "./a.proto": looked in ., google-proto-files',
      ],
    },
    {
      title: "a circle of imports",
      files: {
        "a.proto": proto3('import "b.proto";'),
        "b.proto": proto3('import "c.proto";'),
        "c.proto": proto3('  import "a.proto";'),
      },
      faults: ["c.proto:3:3: the imports run in a circle: a.proto -> b.proto -> c.proto -> a.proto"],
    },
    {
      title: "an import that stands twice",
      files: {
        "a.proto": proto3(`import "b.proto";
import "b.proto";`),
        "b.proto": proto3(""),
      },
      faults: ['a.proto:4:1: the import "b.proto" stands twice'],
    },
  ];
  it.each(cases)("name $title", ({ files, faults }) => {
    expect(faultsOf(() => loadText(files))).toEqual(faults);
  });
});

describe("faults of names", () => {
  const cases: readonly Case[] = [
    {
      title: "types that are not defined, and types that are none",
      files: {
        "a.proto": proto3(`message M {
 N n = 1;
 q.N m = 2;
 p.N o = 3;
 .p.N x = 4;
 map<string, N> y = 5;
}
service S {
 rpc A(M) returns (N);
 rpc B(E) returns (S);
}
enum E { Z = 0; }`),
      },
      faults: [
        'a.proto:4:2: p.M.n: its type is "N", which is not defined',
        'a.proto:5:2: p.M.m: its type is "q.N", which is not defined',
        'a.proto:6:2: p.M.o: its type is "p.N", which is not defined',
        'a.proto:7:2: p.M.x: its type is ".p.N", which is not defined',
        'a.proto:8:2: p.M.y: its type is "N", which is not defined',
        'a.proto:11:2: p.S.A: its output is "N", which is not defined',
        'a.proto:12:2: p.S.B: its input is "E", which is no message but an enum',
        'a.proto:12:2: p.S.B: its output is "S", which is not defined',
      ],
    },
    {
      title: "types of files that are not imported",
      files: {
        "a.proto": proto3(`import "c.proto";
message M { N n = 1; p.N x = 2; }`),
        "b.proto": proto3("message N {}"),
        "c.proto": proto3('import "b.proto";'),
      },
      faults: [
        'a.proto:4:13: p.M.n: its type is "N", which is defined in b.proto, and that file is not imported',
        'a.proto:4:22: p.M.x: its type is "p.N", which is defined in b.proto, and that file is not imported',
      ],
    },
    {
      title: "a name whose first part an inner scope has",
      files: {
        "a.proto": proto3(`import "b.proto";
message q { }
message M { q.N n = 1; }`),
        "b.proto": 'syntax = "proto3"; package q; message N {}',
      },
      faults: ['a.proto:5:13: p.M.n: its type is "q.N", which stands for p.q.N here, and that is not defined'],
    },
    {
      title: "names that are taken, with what has them",
      files: {
        "a.proto": proto3(`message M {
 int32 a = 1;
 string a = 2;
 message a {}
}
enum M { A = 0; }
enum F { A = 0; }
service M {}`),
        "b.proto": proto3("message M {}"),
      },
      faults: [
        "a.proto:5:2: p.M.a: the name is already taken, as a field in a.proto",
        "a.proto:6:2: p.M.a: the name is already taken, as a field in a.proto",
        "a.proto:8:1: p.M: the name is already taken, as a message in a.proto",
        "a.proto:9:10: p.A: the name is already taken, as an enum value in a.proto",
        "a.proto:10:1: p.M: the name is already taken, as a message in a.proto",
        "b.proto:3:1: p.M: the name is already taken, as a message in a.proto",
      ],
    },
    {
      title: "a message and a package of one name",
      files: { "a.proto": proto3("message q {}"), "b.proto": 'syntax = "proto3"; package p.q;' },
      faults: ["b.proto:1:20: p.q: the name is already taken, as a message in a.proto"],
    },
    {
      title: "extensions of what cannot be extended",
      files: {
        "a.proto": proto2(`extend N { optional int32 z = 1; }
extend E { optional int32 y = 1; }
enum E { Q = 1; }`),
      },
      faults: [
        'a.proto:3:12: p.z: it extends "N", which is not defined',
        'a.proto:4:12: p.y: it extends "E", which is no message but an enum',
      ],
    },
  ];
  it.each(cases)("name $title", ({ files, faults }) => {
    expect(faultsOf(() => loadText(files))).toEqual(faults);
  });
});

describe("faults of numbers and labels", () => {
  const cases: readonly Case[] = [
    {
      title: "field numbers that are out of range, taken or reserved",
      files: {
        "a.proto": proto3(`message M {
 reserved 5 to 7, 9;
 reserved "x";
 int32 a = 0;
 int32 b = 536870912;
 int32 c = 19000;
 int32 d = 6;
 int32 x = 8;
 int32 e = 10;
 int32 f = 10;
}`),
      },
      faults: [
        "a.proto:6:2: p.M.a: its number 0 is not within 1 and 536870911",
        "a.proto:7:2: p.M.b: its number 536870912 is not within 1 and 536870911",
        "a.proto:8:2: p.M.c: its number 19000 is one of those that protobuf keeps for itself (19000 to 19999)",
        "a.proto:9:2: p.M.d: its number 6 is reserved",
        "a.proto:10:2: p.M.x: its name is reserved",
        'a.proto:12:2: p.M.f: its number 10 is that of "e"',
      ],
    },
    {
      title: "extension numbers that are out of range or taken",
      files: {
        "a.proto": proto2(`message M {
 extensions 10 to 20;
 optional int32 a = 15;
}
extend M {
 optional int32 b = 21;
 optional int32 c = 10;
 optional int32 d = 10;
 required int32 e = 11;
}`),
      },
      faults: [
        "a.proto:5:2: p.M.a: its number 15 is in a range for extensions",
        "a.proto:8:2: p.b: p.M has no extension range with the number 21",
        "a.proto:10:2: p.d: its number 10 is that of p.c",
        "a.proto:11:2: p.e: an extension is not required",
      ],
    },
    {
      title: "a oneof without fields",
      files: { "a.proto": proto3("message M { oneof o { } }") },
      faults: ["a.proto:3:13: p.M.o: the oneof has no field"],
    },
    {
      title: "enums without values, without a zero, with numbers or names that they may not have",
      files: {
        "a.proto": proto3(`enum A { }
enum B { B1 = 1; }
enum C {
 reserved 5, -3 to -1;
 reserved "C9";
 C0 = 0;
 C1 = 1;
 C2 = 1;
 C5 = 5;
 C9 = 6;
 CM = -2;
}`),
      },
      faults: [
        "a.proto:3:1: p.A: the enum has no value",
        "a.proto:4:10: p.B1: the first value of an open enum is 0",
        'a.proto:10:2: p.C2: its number 1 is that of "C1", and allow_alias is not set',
        "a.proto:11:2: p.C5: its number 5 is reserved",
        "a.proto:12:2: p.C9: its name is reserved",
        "a.proto:13:2: p.CM: its number -2 is reserved",
      ],
    },
    {
      title: "JSON names that two fields have",
      files: {
        "a.proto": proto3(`message M {
 int32 a_b = 1;
 int32 aB = 2;
}`),
        "b.proto":
          'syntax = "proto2";\nmessage M {\n optional int32 a_b = 1;\n optional int32 aB = 2;\n}\nmessage N {\n optional int32 a = 1 [json_name = "x"];\n optional int32 b = 2 [json_name = "x"];\n}',
      },
      faults: [
        'a.proto:5:2: p.M.aB: its JSON name "aB" is that of "a_b"',
        'b.proto:8:2: N.b: its JSON name "x" is that of "a"',
      ],
    },
    {
      title: "keys that a map cannot have",
      files: {
        "a.proto": proto3(`message M {
 map<float, int32> a = 1;
 map<E, int32> b = 2;
 map<M, int32> c = 3;
}
enum E { Z = 0; }`),
      },
      faults: [
        "a.proto:4:2: p.M.a: a map has no keys of type float",
        "a.proto:5:2: p.M.b: the key of a map is an integer, a bool or a string",
        "a.proto:6:2: p.M.c: the key of a map is an integer, a bool or a string",
      ],
    },
    {
      title: "fields in a message set",
      files: {
        "a.proto": proto2(`message M {
 option message_set_wire_format = true;
 extensions 4 to max;
 optional int32 a = 1;
}`),
      },
      faults: ["a.proto:6:2: p.M.a: a message set has no fields"],
    },
    {
      title: "a closed enum in a field without presence",
      files: {
        "a.proto": proto3(`import "b.proto";
message M { q.E e = 1; }`),
        "b.proto": 'syntax = "proto2"; package q; enum E { A = 1; }',
      },
      faults: ["a.proto:4:13: p.M.e: the enum q.E is closed, and the field has no presence"],
    },
  ];
  it.each(cases)("name $title", ({ files, faults }) => {
    expect(faultsOf(() => loadText(files))).toEqual(faults);
  });
});

describe("faults of defaults", () => {
  const cases: readonly Case[] = [
    {
      title: "defaults that do not fit",
      files: {
        "a.proto": proto2(`message M {
 optional int32 a = 1 [default = "x"];
 optional E e = 2 [default = GREN];
 optional bool b = 3 [default = 1];
 optional M m = 4 [default = {}];
 repeated int32 r = 5 [default = 1];
 optional uint32 u = 6 [default = -1];
 optional string s = 7 [default = "\\xff"];
 optional int64 l = 8 [default = 9223372036854775808];
 optional double d = 9 [default = "1"];
}
enum E { GREEN = 0; }`),
      },
      faults: [
        'a.proto:4:34: p.M.a: its default does not fit: expected int32, got the string "x"',
        'a.proto:5:30: p.M.e: its default does not fit: enum p.E has no value "GREN" (did you mean GREEN?)',
        'a.proto:6:33: p.M.b: its default does not fit: expected true or false, got "1"',
        "a.proto:7:2: p.M.m: a field of a message has no default",
        "a.proto:8:2: p.M.r: a field of many values has no default",
        "a.proto:9:35: p.M.u: its default does not fit: -1 is out of the range of uint32",
        "a.proto:10:35: p.M.s: its default does not fit: the string is not valid UTF-8",
        "a.proto:11:34: p.M.l: its default does not fit: 9223372036854775808 is out of the range of int64",
        'a.proto:12:35: p.M.d: its default does not fit: expected a number, got the string "1"',
      ],
    },
    {
      title: "a default without presence",
      files: { "a.proto": proto3("message M { int32 a = 1 [default = 3]; }") },
      faults: ["a.proto:3:13: p.M.a: a field without presence has no default"],
    },
  ];
  it.each(cases)("name $title", ({ files, faults }) => {
    expect(faultsOf(() => loadText(files))).toEqual(faults);
  });
});

describe("faults of options", () => {
  const cases: readonly Case[] = [
    {
      title: "options that there are not",
      files: { "a.proto": proto3("message M { int32 a = 1 [depricated = true, (p.none) = 1, (p.M).x = 2]; }") },
      faults: [
        'a.proto:3:26: p.M.a: cannot set option depricated: google.protobuf.FieldOptions has no field "depricated" (did you mean deprecated?)',
        'a.proto:3:45: p.M.a: cannot set option (p.none): it names the extension "p.none", which is not defined',
        'a.proto:3:59: p.M.a: cannot set option (p.M).x: "p.M" is no extension but a message',
      ],
    },
    {
      title: "values that do not fit, or are there twice",
      files: {
        "a.proto": proto3(`message M {
 int32 a = 1 [deprecated = "x"];
 int32 b = 2 [deprecated = true, deprecated = false];
 int64 c = 3 [jstype = JS_NUM];
 int32 d = 4 [edition_defaults = { edition: 2.5 }];
 int32 e = 5 [deprecated.x = true];
}`),
      },
      faults: [
        'a.proto:4:28: p.M.a: cannot set option deprecated: expected true or false, got the string "x"',
        "a.proto:5:34: p.M.b: cannot set option deprecated: google.protobuf.FieldOptions.deprecated is set twice",
        'a.proto:6:24: p.M.c: cannot set option jstype: enum google.protobuf.FieldOptions.JSType has no value "JS_NUM"',
        'a.proto:7:45: p.M.d: cannot set option edition_defaults: expected a value of enum google.protobuf.Edition, got "2.5"',
        "a.proto:8:15: p.M.e: cannot set option deprecated.x: google.protobuf.FieldOptions.deprecated is no single message, so that nothing in it can be set by name",
      ],
    },
    {
      title: "extensions of another kind of element",
      files: {
        "a.proto": proto3(`import "google/api/annotations.proto";
message M {
 option (google.api.http) = {};
}`),
      },
      faults: [
        "a.proto:5:2: p.M: cannot set option (google.api.http): google.api.http extends google.protobuf.MethodOptions, not google.protobuf.MessageOptions",
      ],
    },
    {
      title: "members of an aggregate that do not fit",
      files: {
        "a.proto": proto3(`import "google/api/annotations.proto";
message M {}
service S {
 rpc A(M) returns (M) { option (google.api.http) = { get: "/a" put: "/b" }; }
 rpc B(M) returns (M) { option (google.api.http) = { body: "a" body: "b" }; }
 rpc C(M) returns (M) { option (google.api.http) = { [x.y]: 1 }; }
 rpc D(M) returns (M) { option (google.api.http) = { custom: "x" }; }
 rpc E(M) returns (M) { option (google.api.http) = "x"; }
 rpc F(M) returns (M) { option (google.api.http).body = 1; }
 rpc G(M) returns (M) { option (google.api.http).additional_bindings.get = "/"; }
 rpc H(M) returns (M) { option (google.api.http) = { bod: "*" }; }
 rpc I(M) returns (M) { option (google.api.http) = { [type.googleapis.com/p.M] {} }; }
}`),
      },
      faults: [
        "a.proto:6:64: p.S.A: cannot set option (google.api.http): google.api.HttpRule.put and google.api.HttpRule.get are of one oneof, and both are set",
        "a.proto:7:64: p.S.B: cannot set option (google.api.http): google.api.HttpRule.body is set twice",
        'a.proto:8:54: p.S.C: cannot set option (google.api.http): it names the extension "x.y", which is not defined',
        'a.proto:9:62: p.S.D: cannot set option (google.api.http): expected a message google.api.CustomHttpPattern, got the string "x"',
        'a.proto:10:52: p.S.E: cannot set option (google.api.http): expected a message google.api.HttpRule, got the string "x"',
        'a.proto:11:57: p.S.F: cannot set option (google.api.http).body: expected a string, got "1"',
        "a.proto:12:25: p.S.G: cannot set option (google.api.http).additional_bindings.get: google.api.HttpRule.additional_bindings is no single message, so that nothing in it can be set by name",
        'a.proto:13:54: p.S.H: cannot set option (google.api.http): google.api.HttpRule has no field "bod" (did you mean body?)',
        "a.proto:14:54: p.S.I: cannot set option (google.api.http): a type URL stands for the content of a google.protobuf.Any, not of google.api.HttpRule",
      ],
    },
  ];
  it.each(cases)("name $title", ({ files, faults }) => {
    expect(faultsOf(() => loadText(files))).toEqual(faults);
  });
});
