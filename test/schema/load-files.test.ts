import { writeFileSync } from "node:fs";
import path from "node:path";
import { create, toBinary } from "@bufbuild/protobuf";
import {
  FileDescriptorSetSchema,
  FieldDescriptorProto_Label as Label,
  FieldDescriptorProto_Type as Type,
} from "@bufbuild/protobuf/wkt";
import { describe, expect, it } from "vitest";
import { loadDescriptorSet, loadProtoFiles, loadSchema } from "../../src/schema/index.js";
import { buildSet, inFolder, writeFiles } from "./support/build-set.js";
import { faultsOf } from "./support/load-text.js";

const message = (name: string, body = ""): string => `syntax = "proto3"; message ${name} { ${body} }`;

/** The names of the files that come of `roots` and `files` in a folder with these files. */
function namesOf(
  written: Readonly<Record<string, string>>,
  options: { readonly roots: readonly string[]; readonly files: readonly string[] },
): string[] {
  return inFolder((cwd) => {
    writeFiles(cwd, written);
    return [...loadProtoFiles({ ...options, cwd }).files.keys()];
  });
}

describe("files to load", () => {
  const tree = {
    "proto/a.proto": message("A"),
    "proto/x/b.proto": `import "a.proto"; ${message("B").replace('syntax = "proto3";', "")}`,
    "proto/x/y/c.proto": message("C"),
    "proto/x/y/.hidden/d.proto": message("D"),
    "proto/x/note.txt": "no proto",
    "other/e.proto": message("E"),
  };
  const cases: readonly {
    readonly title: string;
    readonly roots: readonly string[];
    readonly files: readonly string[];
    readonly names: readonly string[];
  }[] = [
    { title: "are paths from the working directory", roots: ["proto"], files: ["proto/a.proto"], names: ["a.proto"] },
    { title: "are paths from a root", roots: ["other", "proto"], files: ["x/y/c.proto"], names: ["x/y/c.proto"] },
    { title: "bring what they import", roots: ["proto"], files: ["x/b.proto"], names: ["a.proto", "x/b.proto"] },
    {
      title: "match ** at any depth, and * in a segment",
      roots: ["proto"],
      files: ["proto/**/*.proto"],
      names: ["a.proto", "x/b.proto", "x/y/c.proto"],
    },
    { title: "match * in one segment only", roots: ["proto"], files: ["proto/*.proto"], names: ["a.proto"] },
    {
      title: "match patterns from a root",
      roots: ["proto"],
      files: ["x/**/[bc]*"],
      names: ["a.proto", "x/b.proto", "x/y/c.proto"],
    },
    {
      title: "match one of several, one character, and folders that are named though hidden",
      roots: ["proto", "other"],
      files: ["{proto,other}/[ae].proto", "proto/x/y/.hidden/?.proto"],
      names: ["a.proto", "e.proto", "x/y/.hidden/d.proto"],
    },
    {
      title: "are loaded once however often they are named",
      roots: ["."],
      files: ["other/e.proto", "other/*"],
      names: ["other/e.proto"],
    },
    {
      title: "come from google-proto-files where no root has them",
      roots: [],
      files: ["google/rpc/status.proto"],
      names: ["google/protobuf/any.proto", "google/rpc/status.proto"],
    },
  ];
  it.each(cases)("$title", ({ roots, files, names }) => {
    expect(namesOf(tree, { roots, files })).toEqual(names);
  });

  it("are taken from the roots before google-proto-files", () => {
    inFolder((cwd) => {
      writeFiles(cwd, {
        "google/protobuf/empty.proto": 'syntax = "proto3"; package google.protobuf; message Empty { int32 own = 1; }',
        "a.proto": 'syntax = "proto3"; import "google/protobuf/empty.proto";',
      });
      const schema = loadProtoFiles({ roots: ["."], files: ["a.proto"], cwd });
      expect(schema.messages.get("google.protobuf.Empty")?.fields.map((field) => field.name)).toEqual(["own"]);
    });
  });

  const faulty: readonly {
    readonly title: string;
    readonly roots: readonly string[];
    readonly files: readonly string[];
    readonly faults: readonly string[];
  }[] = [
    {
      title: "must be there",
      roots: ["proto"],
      files: ["none.proto", "proto/*.prot"],
      faults: [
        'there is no file "none.proto": looked in ., proto, google-proto-files',
        'no file matches "proto/*.prot": looked in ., proto, google-proto-files',
      ],
    },
    {
      title: "must be under a root",
      roots: ["proto"],
      files: ["other/e.proto"],
      faults: ["other/e.proto: the file is under none of the roots: proto, google-proto-files"],
    },
  ];
  it.each(faulty)("$title", ({ roots, files, faults }) => {
    expect(faultsOf(() => namesOf(tree, { roots, files }))).toEqual(faults);
  });

  it("must not be hidden by a file of the same name in an earlier root", () => {
    const written = { "one/a.proto": message("A"), "two/a.proto": message("A") };
    expect(faultsOf(() => namesOf(written, { roots: ["one", "two"], files: ["two/a.proto"] }))).toEqual([
      'two/a.proto: the file cannot be reached: "a.proto" is one/a.proto, in a root before its own',
    ]);
  });

  it("must be UTF-8", () => {
    inFolder((cwd) => {
      writeFileSync(path.join(cwd, "a.proto"), Uint8Array.of(0x2f, 0x2f, 0xff));
      expect(faultsOf(() => loadProtoFiles({ roots: ["."], files: ["a.proto"], cwd }))).toEqual([
        "a.proto: the file is not valid UTF-8",
      ]);
    });
  });
});

describe("several sources", () => {
  /** A set of these files; the same in every test. */
  const setOf = (files: Readonly<Record<string, string>>): Uint8Array =>
    inFolder((folder) => {
      writeFiles(folder, files);
      return buildSet(folder, "descriptor set");
    });
  const shared = `syntax = "proto3"; package s; message Shared { string text = 1; }`;
  const user = `syntax = "proto3"; package u; import "s.proto"; message User { s.Shared shared = 1; }`;

  it("make one Schema, in which a file that two have is there once", () => {
    inFolder((directory) => {
      writeFiles(directory, { "s.proto": `// With a comment.\n${shared}` });
      const schema = loadSchema([
        { kind: "protos", roots: ["."], files: ["s.proto"], directory },
        { kind: "descriptorBytes", bytes: setOf({ "s.proto": shared, "u.proto": user }), name: "set" },
      ]);
      expect([...schema.files.keys()]).toEqual(["s.proto", "u.proto"]);
      const field = schema.messages.get("u.User")?.fieldsByName.get("shared");
      expect(field?.type).toEqual({ kind: "message", message: schema.messages.get("s.Shared"), delimited: false });
    });
  });

  it("must have the same file alike", () => {
    inFolder((directory) => {
      writeFiles(directory, { "s.proto": shared.replace("string", "bytes") });
      const load = (): unknown =>
        loadSchema([
          { kind: "protos", roots: ["."], files: ["s.proto"], directory },
          { kind: "descriptorBytes", bytes: setOf({ "s.proto": shared }), name: "users.binpb" },
        ]);
      expect(faultsOf(load)).toEqual([
        'users.binpb: s.proto: "s.proto" is not the same as in s.proto: $.messages[0].fields[0].type: "bytes" or "string"',
      ]);
    });
  });

  const empty = (body: string): string => `syntax = "proto3"; package google.protobuf; message Empty { ${body} }`;

  it("may differ in a file that came with google-proto-files, which gives way", () => {
    const status = 'syntax = "proto3"; package google.rpc; message Status { int32 code = 1; string other = 2; }';
    const schema = loadSchema([
      { kind: "protos", roots: [], files: ["google/rpc/status.proto"], directory: "." },
      { kind: "descriptorBytes", bytes: setOf({ "google/rpc/status.proto": status }), name: "set" },
    ]);
    expect(schema.messages.get("google.rpc.Status")?.fields.map((field) => field.name)).toEqual(["code", "other"]);
  });

  it("may differ in protobuf's own files, of which the first is taken", () => {
    const name = "google/protobuf/empty.proto";
    const schema = loadSchema([
      { kind: "descriptorBytes", bytes: setOf({ [name]: empty("int32 one = 1;") }), name: "one" },
      { kind: "descriptorBytes", bytes: setOf({ [name]: empty("int32 two = 1;") }), name: "two" },
    ]);
    expect(schema.messages.get("google.protobuf.Empty")?.fields.map((field) => field.name)).toEqual(["one"]);
  });

  it("tell all their faults at once", () => {
    const load = (): unknown =>
      loadSchema([
        { kind: "protos", roots: ["proto"], files: ["none.proto"], directory: "/nowhere" },
        { kind: "descriptorBytes", bytes: Uint8Array.of(255), name: "set" },
        { kind: "descriptorSet", file: "/nowhere/none.binpb" },
      ]);
    expect(faultsOf(load)).toEqual([
      'there is no file "none.proto": looked in ., proto, google-proto-files',
      "/nowhere/none.binpb: cannot read the file: ENOENT: no such file or directory, open '/nowhere/none.binpb'",
      "set: the bytes are no FileDescriptorSet: the bytes end inside a value",
    ]);
  });
});

describe("a descriptor set", () => {
  it("must hold what its files import", () => {
    // file { name: "a.proto" dependency: "b.proto" }
    const bytes = Buffer.from("0a120a07612e70726f746f1a07622e70726f746f", "hex");
    expect(faultsOf(() => loadDescriptorSet(bytes, "set.binpb"))).toEqual([
      'set.binpb: a.proto: the import "b.proto" is not among the files',
    ]);
  });

  it("has entries of maps where there are maps alone", () => {
    const field = { name: "name", number: 1, label: Label.OPTIONAL, type: Type.STRING };
    const marked = { name: "Marked", field: [field], options: { mapEntry: true } };
    const set = create(FileDescriptorSetSchema, { file: [{ name: "a.proto", messageType: [marked] }] });
    expect(faultsOf(() => loadDescriptorSet(toBinary(FileDescriptorSetSchema, set), "set.binpb"))).toEqual([
      "set.binpb: a.proto: Marked: it is marked as the entry of a map and is none",
    ]);
  });
});
