import { describe, expect, it } from "vitest";
import { createCodec, createWriter, type JsonOptions } from "../../src/codec/index.js";
import { GatewayError } from "../../src/core/index.js";
import { compileProto } from "./support/compile-proto.js";
import { conformanceSchema, messageOf } from "./support/conformance-schema.js";
import { kindsSchema } from "./support/kinds.js";

const kinds = messageOf(kindsSchema, "t.Kinds");
const hex = (text: string): Buffer => Buffer.from(text.replaceAll(" ", ""), "hex");

function print(wire: string, options: Partial<JsonOptions> = {}): string {
  return createCodec(kindsSchema, options).decoder(kinds)(hex(wire)).toString();
}

describe("wire bytes become JSON", () => {
  it.each<[title: string, wire: string, json: string]>([
    ["no bytes", "", "{}"],
    ["fields in the order of the wire", "6801 1805", '{"boolValue":true,"int32Value":5}'],
    ["zero of an implicit field is left out", "1800 7200 6800 090000000000000000", "{}"],
    ["-0 is no zero", "090000000000000080", '{"doubleValue":-0}'],
    ["zero of an optional field is printed", "900100", '{"optionalInt32":0}'],
    [
      "64-bit integers in quotes",
      "20ffffffffffffffff7f 3080808080808080808001",
      '{"int64Value":"9223372036854775807","uint64Value":"9223372036854775808"}',
    ],
    ["int64 at its other end", "2080808080808080808001", '{"int64Value":"-9223372036854775808"}'],
    ["uint64 at its end", "30ffffffffffffffffff01", '{"uint64Value":"18446744073709551615"}'],
    ["int32 written as ten bytes, as five, and beyond 32 bits", "18ffffffffffffffffff01", '{"int32Value":-1}'],
    ["the shortest text of a float", "15cdcccc3d", '{"floatValue":0.1}'],
    ["the smallest float", "1501000000", '{"floatValue":1e-45}'],
    ["the largest float", "15ffff7f7f", '{"floatValue":3.4028235e+38}'],
    ["NaN and infinities in quotes", "09000000000000f87f 15000080ff", '{"doubleValue":"NaN","floatValue":"-Infinity"}'],
    ["a double with all digits", "09555555555555d53f", '{"doubleValue":0.3333333333333333}'],
    [
      "text with what must be escaped and what need not",
      "720d 225c2f080c0a0d091f7fe280a8",
      '{"stringValue":"\\"\\\\/\\b\\f\\n\\r\\t\\u001f\u007f\u2028"}',
    ],
    ["bytes as base64", "7a04fbffbf00", '{"bytesValue":"+/+/AA=="}'],
    [
      "an enum by name, an unknown number as number",
      "ca0103010263",
      '{"statuses":["ORDER_STATUS_PENDING","ORDER_STATUS_2ND",99]}',
    ],
    ["a packed list that is not packed", "b00101 b00102", '{"numbers":[1,2]}'],
    ["a list in two places", "ba010161 1805 ba010162", '{"int32Value":5,"names":["a","b"]}'],
    ["a list packed and not, mixed", "b00101 b201020203 b00104", '{"numbers":[1,2,3,4]}'],
    ["an empty packed list", "b20100", "{}"],
    ["a scalar twice: the last", "1805 1806", '{"int32Value":6}'],
    ["a scalar twice, the last zero", "1805 1800", "{}"],
    ["messages merged", "8a01021805 8a01026801", '{"child":{"int32Value":5,"boolValue":true}}'],
    [
      "messages merged, deep inside",
      "8a0105 8a01021805 8a0105 8a01026801",
      '{"child":{"child":{"int32Value":5,"boolValue":true}}}',
    ],
    ["a oneof: the last member", "9a010161 a00105", '{"choiceNumber":5}'],
    ["a map, its last entry for a key", "d201060a0161120162 d201060a0161120163", '{"labels":{"a":"c"}}'],
    ["a map entry without key or value", "d20100 da0100", '{"labels":{"":""},"byId":{"0":{}}}'],
    ["a map entry with its value first", "d2010612 01620a0161", '{"labels":{"a":"b"}}'],
    [
      "map keys that only differ by their last byte",
      "d201070a02616112 0162 d201070a026162120162",
      '{"labels":{"aa":"b","ab":"b"}}',
    ],
    ["unknown fields, groups among them", "c03e01 c33e 0801 c43e 1805", '{"int32Value":5}'],
    ["a known number with another wire type", "1a0161 1805", '{"int32Value":5}'],
    ["a timestamp", "ea010b0897df84af0610959aef3a", '{"timestamp":"2024-03-01T01:29:59.123456789Z"}'],
    ["fractions of 3, 6 and 9 digits", "f20108 0801 1080cab5ee01", '{"duration":"1.500s"}'],
    ["a negative duration", "f2010b 1080b6ca91feffffffff01", '{"duration":"-0.500s"}'],
    ["an empty timestamp and duration", "ea0100 f20100", '{"timestamp":"1970-01-01T00:00:00Z","duration":"0s"}'],
    ["a field mask", "fa01100a0b666f6f5f6261722e62617a0a0178", '{"mask":"fooBar.baz,x"}'],
    ["wrappers of zero", "aa0200b20200ba0200", '{"wrappedString":"","wrappedInt64":"0","wrappedBool":false}'],
    [
      "a Value of each kind",
      "ca02020800ca020911000000000000f83fca02031a0161ca02022001ca020b2a090a070a016b12023200ca02023200",
      '{"values":[null,1.5,"a",true,{"k":[]},[]]}',
    ],
    ["NullValue", "a80100", '{"choiceNull":null}'],
    [
      "an Any, its value before its type",
      "9a0221 12021805 0a1b747970652e676f6f676c65617069732e636f6d2f742e4b696e6473",
      '{"any":{"@type":"type.googleapis.com/t.Kinds","int32Value":5}}',
    ],
    [
      "an Any of a well-known type",
      "9a02210a1b782f676f6f676c652e70726f746f6275662e426f6f6c56616c756512020801",
      '{"any":{"@type":"x/google.protobuf.BoolValue","value":true}}',
    ],
    [
      "an Any of an Empty",
      "9a02190a17782f676f6f676c652e70726f746f6275662e456d707479",
      '{"any":{"@type":"x/google.protobuf.Empty"}}',
    ],
    ["an empty Any", "9a0200", '{"any":{}}'],
    ["a name that needs escapes", "d2020178", '{"@odd \\"name\\"":"x"}'],
  ])("%s", (_title, wire, json) => {
    expect(print(wire)).toBe(json);
  });

  it("strings of any length, with text above ASCII anywhere", () => {
    const decode = createCodec(kindsSchema).decoder(kinds);
    const out = createWriter();
    for (let length = 0; length < 80; length++) {
      for (const odd of ["é", "漢", "😀", '"', "\u0001"]) {
        const text = "a".repeat(length) + odd + "b".repeat(80 - length);
        out.reset();
        out.stringField(14, text);
        expect(decode(out.view()).toString()).toBe(`{"stringValue":${JSON.stringify(text)}}`);
      }
    }
  });

  it("each text where the one before it stood", () => {
    const decode = createCodec(kindsSchema).decoder(kinds);
    const write = (text: string): Uint8Array => {
      const out = createWriter();
      out.stringField(14, text);
      return out.view();
    };
    const first = decode(write("one"));
    expect(first.toString()).toBe('{"stringValue":"one"}');
    const second = decode(write("two"));
    expect(second.toString()).toBe('{"stringValue":"two"}');
    expect(first.toString()).toBe('{"stringValue":"two"}');
  });

  it("items of a message set as extensions", () => {
    const schema = conformanceSchema();
    const type = messageOf(schema, "protobuf_test_messages.proto2.TestAllTypesProto2");
    const json =
      '{"messageSetCorrect":{"[protobuf_test_messages.proto2.TestAllTypesProto2.MessageSetCorrectExtension1.message_set_extension]":{"str":"a"}}}';
    const codec = createCodec(schema);
    const wire = codec.encoder(type)(Buffer.from(json));
    expect(Buffer.from(wire).toString("hex")).toBe("a21f0c0b10f9bb5e1a04ca0101610c");
    expect(codec.decoder(type)(wire).toString()).toBe(json);
  });
});

describe("options of printing", () => {
  const schema = compileProto(`
    syntax = "proto3"; package d; import "google/protobuf/timestamp.proto";
    enum Size { SIZE_UNSPECIFIED = 0; SIZE_SMALL = 1; SIZE_2XL = 2; }
    message M {
      string name_text = 3; int64 count = 1; Size size = 2; repeated int32 list = 4; map<string, string> map = 5;
      M inner = 6; optional bool flag = 7; oneof o { string a = 8; M b = 9; } google.protobuf.Timestamp time = 10;
    }`);
  const type = messageOf(schema, "d.M");

  it.each<[title: string, options: Partial<JsonOptions>, wire: string, json: string]>([
    [
      "scalars: all without presence, in order of numbers",
      { emitDefaults: "scalars" },
      "",
      '{"count":"0","size":"SIZE_UNSPECIFIED","nameText":"","list":[],"map":{}}',
    ],
    [
      "scalars: between those that are set",
      { emitDefaults: "scalars" },
      "1001 3800 42 00",
      '{"count":"0","size":"SIZE_SMALL","nameText":"","list":[],"map":{},"flag":false,"a":""}',
    ],
    [
      "scalars: fields in another order than their numbers",
      { emitDefaults: "scalars" },
      "1a0161 0805",
      '{"count":"5","size":"SIZE_UNSPECIFIED","nameText":"a","list":[],"map":{}}',
    ],
    [
      "scalars: a zero that is sent",
      { emitDefaults: "scalars" },
      "0800 1a00",
      '{"count":"0","size":"SIZE_UNSPECIFIED","nameText":"","list":[],"map":{}}',
    ],
    [
      "all: null for messages outside of oneofs",
      { emitDefaults: "all" },
      "",
      '{"count":"0","size":"SIZE_UNSPECIFIED","nameText":"","list":[],"map":{},"inner":null,"time":null}',
    ],
    [
      "all, with a message inside",
      { emitDefaults: "all" },
      "4a00",
      '{"count":"0","size":"SIZE_UNSPECIFIED","nameText":"","list":[],"map":{},"inner":null,"b":{"count":"0","size":"SIZE_UNSPECIFIED","nameText":"","list":[],"map":{},"inner":null,"time":null},"time":null}',
    ],
    [
      "64-bit integers as numbers",
      { int64: "number", emitDefaults: "scalars" },
      "",
      '{"count":0,"size":"SIZE_UNSPECIFIED","nameText":"","list":[],"map":{}}',
    ],
    [
      "64-bit integers as numbers, every digit",
      { int64: "number" },
      "08ffffffffffffffff7f",
      '{"count":9223372036854775807}',
    ],
    ["proto names", { protoNames: true }, "1a0161", '{"name_text":"a"}'],
    ["enums as numbers", { enumsAsNumbers: true }, "1002", '{"size":2}'],
    ["enums without their prefix", { stripEnumPrefix: true }, "1001", '{"size":"SMALL"}'],
    ["but not where a digit would come first", { stripEnumPrefix: true }, "1002", '{"size":"SIZE_2XL"}'],
  ])("%s", (_title, options, wire, json) => {
    expect(createCodec(schema, options).decoder(type)(hex(wire)).toString()).toBe(json);
  });

  it("an Any of an unknown type as base64", () => {
    expect(print("9a02080a03782f791201ff", { unknownAny: "base64" })).toBe('{"any":{"@type":"x/y","value":"/w=="}}');
  });
});

describe("bytes that are no message, or that JSON cannot say, are the upstream's fault", () => {
  it.each<[title: string, wire: string, reason: string]>([
    ["a value cut off", "18", "the bytes end inside of a value"],
    ["a varint cut off", "1880", "the bytes end inside of a value"],
    ["a length beyond the end", "720561", "the bytes end inside of a value"],
    ["a length of 2^32 - 1", "72ffffffff0f61", "the bytes end inside of a value"],
    ["a length beyond its message's end", "8a0103720561 1805", "the bytes end inside of a value"],
    ["a value beyond its message's end", "8a010315000000 1805", "the bytes end inside of a value"],
    ["fixed widths cut off", "0900000000", "the bytes end inside of a value"],
    ["a packed list that ends inside of a value", "b2010180", "the bytes end inside of a value"],
    ["field number 0", "0001", "a field has number 0"],
    ["a wire type that does not exist", "1e", "a tag has a wire type that does not exist"],
    ["a group that does not end", "c33e 0801", "the bytes end inside of a value"],
    ["a group that ends otherwise", "c33e cc3e", "a group ends that was not begun"],
    ["an end without a group", "c43e", "a group ends that was not begun"],
    ["a varint of eleven bytes", "20ffffffffffffffffffff01", "a varint is longer than ten bytes"],
    ["invalid UTF-8", "7202c328", "field t.Kinds.string_value holds invalid UTF-8"],
    ["a surrogate in UTF-8", "7203eda080", "field t.Kinds.string_value holds invalid UTF-8"],
    ["nanos out of range", "ea0106 1080 94ebdc03", "message google.protobuf.Timestamp is out of range"],
    [
      "a duration with two signs",
      "f2010d 0801 10ffffffffffffffffff01",
      "message google.protobuf.Duration is out of range, or its parts have different signs",
    ],
    [
      "a mask that would not come back",
      "fa01050a0341 5f62",
      "message google.protobuf.FieldMask has a path that JSON cannot carry",
    ],
    ["a Value without a kind", "8a0200", "message google.protobuf.Value holds no value"],
    [
      "a Value that is not finite",
      "8a020911000000000000f07f",
      "field google.protobuf.Value.number_value is not finite",
    ],
    ["an Any of an unknown type", "9a02080a03782f791201ff", 'the type "x/y" is not known'],
    ["an Any with a value and no type", "9a02031201ff", "message google.protobuf.Any has a value but no type_url"],
  ])("%s", (_title, wire, reason) => {
    let caught: unknown = null;
    try {
      print(wire);
    } catch (error) {
      caught = error;
    }
    expect(caught).toBeInstanceOf(GatewayError);
    expect(caught).toMatchObject({
      id: "GW_UPSTREAM_INVALID",
      message: `cannot print message t.Kinds as JSON: ${reason}`,
    });
  });

  it("nesting beyond 100 levels, also of groups that no one knows", () => {
    const nest = (levels: number): Buffer => {
      let bytes = Buffer.alloc(0);
      for (let i = 0; i < levels; i++) {
        const out = createWriter();
        out.bytesField(17, bytes);
        bytes = Buffer.from(out.view());
      }
      return bytes;
    };
    const decode = createCodec(kindsSchema).decoder(kinds);
    expect(decode(nest(99)).toString()).toBe('{"child":'.repeat(99) + "{}" + "}".repeat(99));
    expect(() => decode(nest(100))).toThrow("they are nested more than 100 levels deep");
    expect(() => decode(Buffer.alloc(1_000_000, hex("c33e")))).toThrow("they are nested more than 100 levels deep");
  });

  it("a missing required field", () => {
    const schema = compileProto('syntax = "proto2"; package r; message M { required string name = 1; }');
    const type = messageOf(schema, "r.M");
    expect(() => createCodec(schema).decoder(type)(hex(""))).toThrow(
      "cannot print message r.M as JSON: the required field r.M.name is missing",
    );
  });
});
