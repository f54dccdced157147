import { describe, expect, it } from "vitest";
import { createCodec } from "../../src/codec/index.js";
import { fieldOf } from "./support/compile-proto.js";
import { messageOf } from "./support/conformance-schema.js";
import { kindsSchema } from "./support/kinds.js";

const codec = createCodec(kindsSchema);
const kinds = messageOf(kindsSchema, "t.Kinds");
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

describe("JSON of one field becomes the bytes of the message around it", () => {
  it.each<[field: string, json: string, wire: string]>([
    ["int32_value", " 5 ", "1805"],
    ["string_value", '"a"', "720161"],
    ["string_value", "null", ""],
    ["child", '{"int32Value":5}', "8a01021805"],
    ["child", "null", ""],
    ["numbers", "[1,2]", "b201020102"],
    ["names", "null", ""],
    ["children", "[{},{}]", "c20100c20100"],
    ["labels", '{"a":"b"}', "d201060a0161120162"],
    ["timestamp", '"1970-01-01T00:00:01Z"', "ea01020801"],
    ["value", "null", "8a02020800"],
    ["values", "[null]", "ca02020800"],
    ["values", "null", ""],
    ["wrapped_int64", "5", "b202020805"],
  ])("%s from %s", (field, json, wire) => {
    expect(hex(codec.fieldEncoder(fieldOf(kinds, field))(Buffer.from(json)))).toBe(wire);
  });

  it("faults are told with the path from the message", () => {
    const encode = codec.fieldEncoder(fieldOf(kinds, "children"));
    expect(() => encode(Buffer.from('[{},{"int32Value":true}]'))).toThrow(
      expect.objectContaining({
        message: "cannot read field t.Kinds.int32_value from JSON: expected int32, got true (at $[1].int32Value)",
        violation: { field: "children[1].int32_value", description: "expected int32, got true" },
      }),
    );
    expect(() => encode(Buffer.from("{}"))).toThrow(
      "cannot read field t.Kinds.children from JSON: expected a list of t.Kinds, got an object (at $)",
    );
  });
});

describe("one field of a message's bytes becomes JSON", () => {
  it.each<[field: string, wire: string, json: string]>([
    ["int32_value", "1805", "5"],
    ["int32_value", "", "0"],
    ["int32_value", "1805720161", "5"],
    ["int32_value", "18051806", "6"],
    ["int64_value", "", '"0"'],
    ["string_value", "720161", '"a"'],
    ["string_value", "", '""'],
    ["bool_value", "6801", "true"],
    ["status", "", '"ORDER_STATUS_UNSPECIFIED"'],
    ["child", "8a01021805", '{"int32Value":5}'],
    ["child", "", "{}"],
    ["child", "8a010218058a01026801", '{"int32Value":5,"boolValue":true}'],
    ["numbers", "b201020102", "[1,2]"],
    ["numbers", "", "[]"],
    ["names", "ba0101616801ba010162", '["a","b"]'],
    ["labels", "d201060a0161120162", '{"a":"b"}'],
    ["labels", "", "{}"],
    ["timestamp", "", "null"],
    ["struct", "", "{}"],
    ["list", "", "[]"],
    ["any", "", "{}"],
    ["wrapped_string", "", "null"],
    ["wrapped_string", "aa0200", '""'],
    ["choice_text", "9a010161", '"a"'],
    ["choice_text", "9a010161a00105", '""'],
    ["renamed", "d2020178", '"x"'],
  ])("%s of %s is %s", (field, wire, json) => {
    expect(codec.fieldDecoder(fieldOf(kinds, field))(Buffer.from(wire, "hex")).toString()).toBe(json);
  });
});

describe("a FieldMask is inferred from the members present", () => {
  it.each<[title: string, json: string, paths: string[]]>([
    ["nothing", "{}", []],
    ["null", "null", []],
    ["an empty body", "", []],
    [
      "scalars, by any of their names, sorted by code unit",
      '{"stringValue":"","int32_value":0,"boolValue":false}',
      ["bool_value", "int32_value", "string_value"],
    ],
    ["null clears", '{"stringValue":null,"child":null,"timestamp":null}', ["child", "string_value", "timestamp"]],
    [
      "a message to its leaves",
      '{"child":{"child":{"int32Value":1},"boolValue":true}}',
      ["child.bool_value", "child.child.int32_value"],
    ],
    ["an object without members", '{"child":{}}', ["child"]],
    [
      "lists and maps whole",
      '{"numbers":[1],"children":[{"int32Value":1}],"labels":{"a":"b"},"byId":{}}',
      ["by_id", "children", "labels", "numbers"],
    ],
    [
      "well-known types whole",
      '{"timestamp":"1970-01-01T00:00:00Z","wrappedInt64":"1","mask":"a","empty":{},"any":{"@type":"x/t.Kinds","int32Value":1}}',
      ["any", "empty", "mask", "timestamp", "wrapped_int64"],
    ],
    [
      "Struct and Value by their keys",
      '{"struct":{"a":{"b":1,"__proto__":2},"c":[{"d":1}],"e":{}},"value":{"f":null}}',
      ["struct.a.__proto__", "struct.a.b", "struct.c", "struct.e", "value.f"],
    ],
    ["a Value that is no object, and a list", '{"value":5,"list":[{}]}', ["list", "value"]],
    ["a json_name", '{"@odd \\"name\\"":"x"}', ["renamed"]],
  ])("%s", (_title, json, paths) => {
    expect(codec.maskingFieldEncoder(fieldOf(kinds, "child"))(Buffer.from(json)).paths).toEqual(paths);
  });

  it("with the bytes beside it, and faults as without", () => {
    const encode = codec.maskingFieldEncoder(fieldOf(kinds, "child"));
    expect(hex(encode(Buffer.from('{"int32Value":5}')).bytes)).toBe("8a01021805");
    expect(() => encode(Buffer.from('{"stringValue":{"a":1}}'))).toThrow(
      "cannot read field t.Kinds.string_value from JSON: expected string, got an object (at $.stringValue)",
    );
  });
});
