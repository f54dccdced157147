import { describe, expect, it } from "vitest";
import type { FieldType, Options, Schema } from "../../src/schema/index.js";
import { fixtures, messageSet } from "./support/fixtures.js";
import { loadText } from "./support/load-text.js";

const schema = loadText({ ...fixtures, "fix/message_set.proto": messageSet });

function field(fullName: string): FieldType {
  const dot = fullName.lastIndexOf(".");
  const found =
    schema.extensions.get(fullName) ??
    schema.messages.get(fullName.slice(0, dot))?.fieldsByName.get(fullName.slice(dot + 1));
  if (found === undefined) throw new Error(`there is no field ${fullName}`);
  return found;
}

/** What labels, types and features make of a field, in a line. */
function shape({ type, cardinality, verifyUtf8 }: FieldType): string {
  const parts: string[] = [];
  if (cardinality.kind === "singular") parts.push(cardinality.presence);
  else if (cardinality.kind === "repeated") parts.push(cardinality.packed ? "packed" : "repeated");
  else parts.push(`map by ${cardinality.key} of`);
  if (type.kind === "message" && type.delimited) parts.push("delimited");
  parts.push(type.kind === "scalar" ? type.scalar : type.kind === "enum" ? type.enum.fullName : type.message.fullName);
  if (verifyUtf8) parts.push("checked");
  return parts.join(" ");
}

describe("a field", () => {
  const cases: readonly (readonly [name: string, shape: string])[] = [
    ["fix.proto2.Everything.a_int32", "explicit int32"],
    ["fix.proto2.Everything.a_bool", "required bool"],
    ["fix.proto2.Everything.a_string", "explicit string"],
    ["fix.proto2.Everything.unpacked", "repeated int32"],
    ["fix.proto2.Everything.packed", "packed int32"],
    ["fix.proto2.Everything.colors", "packed fix.proto2.Everything.Color"],
    ["fix.proto2.Everything.strings", "repeated string"],
    ["fix.proto2.Everything.by_name", "map by string of fix.proto2.Everything"],
    ["fix.proto2.Everything.by_number", "map by int64 of fix.proto2.Everything.Color"],
    ["fix.proto2.Everything.point", "explicit delimited fix.proto2.Everything.Point"],
    ["fix.proto2.Everything.Point.deep", "repeated delimited fix.proto2.Everything.Point.Deep"],
    ["fix.proto2.Everything.middle", "explicit delimited fix.proto2.Everything.Middle"],
    ["fix.proto2.Everything.kind", "explicit fix.common.Kind"],
    ["fix.proto2.Everything.Nested.packed_extension", "packed fixed32"],
    ["fix.proto2.top_level", "explicit int32"],
    ["fix.proto3.M.implicit", "implicit int32"],
    ["fix.proto3.M.explicit", "explicit int32"],
    ["fix.proto3.M.message", "explicit fix.proto3.M"],
    ["fix.proto3.M.packed", "packed int32"],
    ["fix.proto3.M.unpacked", "repeated int32"],
    ["fix.proto3.M.text", "implicit string checked"],
    ["fix.proto3.M.in_oneof", "explicit int32"],
    ["fix.proto3.M.labels", "map by string of string checked"],
    ["fix.proto3.M.blobs", "map by uint32 of bytes"],
    ["fix.common.on_value", "explicit uint32"],
    ["fix.e2023.M.implicit", "implicit int32"],
    ["fix.e2023.M.explicit", "explicit int32"],
    ["fix.e2023.M.required", "required int32"],
    ["fix.e2023.M.packed", "packed int32"],
    ["fix.e2023.M.expanded", "repeated int32"],
    ["fix.e2023.M.unchecked", "implicit string"],
    ["fix.e2023.M.checked", "implicit string checked"],
    ["fix.e2023.M.prefixed", "explicit fix.e2023.M"],
    ["fix.e2023.M.delimited", "explicit delimited fix.e2023.M"],
    ["fix.e2023.M.delimited_list", "repeated delimited fix.e2023.M"],
    ["fix.e2023.M.map", "map by string of fix.e2023.M checked"],
    ["fix.e2023.M.in_oneof", "explicit int32"],
    ["fix.delimited.M.delimited", "explicit delimited fix.delimited.M"],
    ["fix.delimited.M.map", "map by int32 of fix.delimited.M"],
    ["fix.delimited.M.list", "repeated delimited fix.delimited.M"],
    ["fix.delimited.M.text", "explicit string checked"],
  ];
  it.each(cases)("%s is %s", (name, expected) => {
    expect(shape(field(name))).toBe(expected);
  });

  const defaults: readonly (readonly [name: string, value: FieldType["defaultValue"]])[] = [
    ["a_double", 1.5],
    ["a_float", 0.1],
    ["a_huge_float", 3.4028235e38],
    ["minus_inf", "-Infinity"],
    ["nan", "NaN"],
    ["octal", 8],
    ["a_int64", "-9223372036854775808"],
    ["a_uint32", 4294967295],
    ["a_uint64", "18446744073709551615"],
    ["a_sint32", 15],
    ["a_sint64", "9007199254740993"],
    ["a_bool", true],
    ["a_string", 'a\tbéAéc"'],
    ["a_bytes", "AP9cJyLDqQ=="],
    ["color", "ROSE"],
    ["kind", "KIND_B"],
    ["a_fixed32", null],
  ];
  it.each(defaults)("%s has the default %j", (name, value) => {
    expect(field(`fix.proto2.Everything.${name}`).defaultValue).toBe(value);
  });

  it("has a JSON name of its own where json_name gives one", () => {
    const names = ["with_json_name", "snake_case_2_name", "__proto__", "constructor"];
    expect(names.map((name) => field(`fix.proto2.Everything.${name}`).jsonName)).toEqual([
      "theJsonName",
      "snakeCase2Name",
      "Proto",
      "constructor",
    ]);
    expect(field("fix.proto2.top_level").jsonName).toBe("[fix.proto2.top_level]");
  });
});

describe("an enum", () => {
  it("is closed in proto2 and where the feature says so", () => {
    const closed = [...schema.enums.values()].filter((type) => type.closed && type.place.file.startsWith("fix/"));
    expect(closed.map((type) => type.fullName)).toEqual([
      "fix.e2023.Closed",
      "BareEnum",
      "fix.proto2.Everything.Color",
    ]);
  });

  it("has of an aliased number the first name, and values beside it", () => {
    const color = schema.enums.get("fix.proto2.Everything.Color");
    expect(color?.valuesByNumber.get(2)?.fullName).toBe("fix.proto2.Everything.ROSE");
    expect([...(color?.valuesByName.keys() ?? [])]).toEqual(["RED", "ROSE", "PINK", "BELOW"]);
  });
});

describe("the options", () => {
  const cases: readonly (readonly [what: string, get: (from: Schema) => Options | undefined, options: Options])[] = [
    [
      "of a file, with an aggregate that holds every kind of value",
      (from) => from.files.get("fix/proto3.proto")?.options,
      {
        "[fix.common.on_file]": {
          text: "joined text",
          optional_number: 0,
          numbers: [1, 2, -3, 4],
          kind: "KIND_C",
          kinds: ["KIND_A", "KIND_B", "KIND_B"],
          bag: { bag: { text: "deep" }, flag: true },
          bags: [{ text: "angle" }, { number: 1 }, { number: 2 }],
          by_name: JSON.parse('{"__proto__":1,"a":1,"constructor":0,"z":26}'),
          by_number: { "-1": { text: "map" } },
          raw: "Af/DqQ==",
          long: "-9223372036854775808",
          ulong: "18446744073709551615",
          real: "-Infinity",
          single: 0.1,
          any: { "@type": "type.googleapis.com/fix.common.Shared.Inner", number: 3 },
          duration: "-3.500s",
          time: "1970-01-01T00:00:01.120Z",
          struct: { k: [1, null, true] },
          value: { s: "t" },
          wrapped: "w",
          mask: "aB.c,d",
          list: ["l"],
          b: 0,
          zigzag: -5,
          zigzag_long: "-6",
          fixed: 4294967295,
          signed_fixed: -7,
          fixed_long: "8",
          signed_fixed_long: "-9",
          unsigned: 4294967295,
          by_flag: { true: "yes" },
          reals: [1, -0.0025, "NaN", 0.5, -0, "Infinity"],
        },
      },
    ],
    [
      "of a message, from two statements",
      (from) => from.messages.get("fix.proto2.Everything.Nested")?.options,
      { deprecated: true, "[fix.common.on_message]": { text: "two statements, one message", number: 1 } },
    ],
    [
      "of a field, repeated ones as lists",
      () => field("fix.proto3.M.many").options,
      {
        jstype: "JS_STRING",
        "[fix.common.on_field]": { bag: { bag: { number: 3 } } },
        "[fix.common.on_field_kinds]": ["KIND_A", "KIND_C"],
        "[fix.common.on_field_texts]": ["a", ""],
      },
    ],
    ["of a oneof", () => field("fix.proto2.Everything.left").oneof?.options, { "[fix.common.on_oneof]": "oneof" }],
    ["of an enum", (from) => from.enums.get("fix.proto3.E")?.options, { "[fix.common.on_enum]": 0.3 }],
    [
      "of an enum value",
      (from) => from.enums.get("fix.proto2.Everything.Color")?.valuesByName.get("PINK")?.options,
      { deprecated: true, "[fix.common.on_value]": 7 },
    ],
    ["of a service", (from) => from.services.get("fix.proto3.S")?.options, { "[fix.common.on_service]": "/w==" }],
    [
      "of a method",
      (from) => from.services.get("fix.proto3.S")?.methods[0]?.options,
      {
        idempotency_level: "NO_SIDE_EFFECTS",
        "[fix.common.on_method]": [{ number: 1 }, { number: 2 }],
        "[google.api.http]": {
          get: "/v1/{text=things/*}",
          additional_bindings: [{ post: "/v1/things:get", body: "*" }],
        },
      },
    ],
    [
      "of a field of an edition, with features",
      () => field("fix.e2024.Exported.text").options,
      { features: { "[pb.cpp]": { string_type: "VIEW" } }, "[fix.common.on_field]": { text: "2024" } },
    ],
    ["of what has none", () => field("fix.proto3.M.implicit").options, {}],
  ];
  it.each(cases)("%s", (_, get, options) => {
    expect(get(schema)).toEqual(options);
  });
});

describe("a Schema", () => {
  it("has files by name, and what is in them as the source has it, nested behind what holds it", () => {
    expect([...schema.files.keys()].filter((name) => name.startsWith("fix/"))).toEqual([
      "fix/common.proto",
      "fix/delimited.proto",
      "fix/editions2023.proto",
      "fix/editions2024.proto",
      "fix/message_set.proto",
      "fix/no_package.proto",
      "fix/proto2.proto",
      "fix/proto3.proto",
    ]);
    expect([...schema.messages.keys()].filter((name) => name.startsWith("fix.proto2."))).toEqual([
      "fix.proto2.Everything",
      "fix.proto2.Everything.ByNameEntry",
      "fix.proto2.Everything.ByNumberEntry",
      "fix.proto2.Everything.Point",
      "fix.proto2.Everything.Point.Deep",
      "fix.proto2.Everything.Middle",
      "fix.proto2.Everything.Nested",
      "fix.proto2.Everything.Nested.ExtensionGroup",
      "fix.proto2.__proto__",
    ]);
  });

  it("knows the extensions of a message by number", () => {
    const extensions = schema.messages.get("fix.proto2.Everything")?.extensions ?? new Map<number, FieldType>();
    expect(new Map([...extensions].map(([number, extension]) => [number, extension.fullName]))).toEqual(
      new Map([
        [100, "fix.proto2.Everything.Nested.nested_extension"],
        [101, "fix.proto2.Everything.Nested.packed_extension"],
        [102, "fix.proto2.Everything.Nested.extensiongroup"],
        [1000, "fix.proto2.top_level"],
      ]),
    );
    expect(schema.messages.get("fix.set.Set")?.messageSet).toBe(true);
    expect(schema.messages.get("fix.set.Set")?.extensions.get(1234567890)?.fullName).toBe("fix.set.InSet.in_set");
  });

  it("leaves out the synthetic oneofs of proto3 optional fields", () => {
    expect(schema.messages.get("fix.proto3.M")?.oneofs.map((oneof) => oneof.name)).toEqual([
      "one",
      "_explicit_in_name",
    ]);
    expect(field("fix.proto3.M.explicit").oneof).toBeNull();
  });

  it("says of a method what a call needs", () => {
    const methods = schema.services.get("fix.proto3.S")?.methods ?? [];
    expect(
      methods.map((each) => [each.path, each.clientStreaming, each.serverStreaming, each.output.fullName]),
    ).toEqual([
      ["/fix.proto3.S/Get", false, false, "google.protobuf.Empty"],
      ["/fix.proto3.S/Watch", true, true, "fix.proto3.M"],
      ["/fix.proto3.S/Up", true, false, "fix.proto3.M"],
      ["/fix.proto3.S/Down", false, true, "fix.proto3.M"],
    ]);
  });

  it("keeps comments and places", () => {
    const everything = schema.messages.get("fix.proto2.Everything");
    expect(everything?.comments).toEqual({
      leading: " Leads the message.",
      trailing: " Trails the message.",
      detached: [],
    });
    expect(field("fix.proto2.Everything.a_double").comments).toEqual({
      leading: " Leads a_double.",
      trailing: " Trails a_double.",
      detached: [" Detached in it."],
    });
    expect(field("fix.proto2.Everything.a_double").place).toEqual({ file: "fix/proto2.proto", line: 23, column: 3 });
    expect(schema.files.get("fix/proto2.proto")?.syntaxComments).toEqual({
      leading: " Leads the syntax.",
      trailing: " Trails the syntax.",
      detached: [" The licence, of nothing."],
    });
    expect(schema.files.get("fix/proto2.proto")?.packageComments).toEqual({
      leading: " Leads the package,\n in a block. ",
      trailing: "",
      detached: [" Detached from the package."],
    });
  });
});
