import { describe, expect, it } from "vitest";
import { createCodec, type JsonOptions } from "../../src/codec/index.js";
import { messageOf } from "./support/conformance-schema.js";
import { kindsSchema } from "./support/kinds.js";
import { searching } from "./support/seeds.js";

const kinds = messageOf(kindsSchema, "t.Kinds");

function read(json: string | Uint8Array, options: Partial<JsonOptions> = {}): string {
  const bytes = createCodec(kindsSchema, options).encoder(kinds)(Buffer.from(json));
  return Buffer.from(bytes).toString("hex");
}

describe("JSON becomes wire bytes", () => {
  it.each<[title: string, json: string, wire: string]>([
    ["no member, no bytes", "{}", ""],
    ["white space everywhere", ' \t\r\n{ "int32Value" :\n5 , "boolValue":\ttrue }  ', "18056801"],
    ["members by proto name", '{"int32_value":5}', "1805"],
    ["members in the order of the text", '{"boolValue":true,"int32Value":5}', "68011805"],
    [
      "zero of an implicit field is left out",
      '{"int32Value":0,"stringValue":"","boolValue":false,"doubleValue":0}',
      "",
    ],
    ["-0 is no zero", '{"doubleValue":-0.0,"floatValue":-0}', "0900000000000000801500000080"],
    ["zero of an optional field is written", '{"optionalInt32":0}', "900100"],
    ["null is unset", '{"int32Value":null,"child":null,"numbers":null,"labels":null,"timestamp":null}', ""],
    [
      "an integer as string, with fraction and exponent of zero",
      '{"int32Value":"12","uint32Value":1.20e1}',
      "180c280c",
    ],
    ["int32 at both ends", '{"int32Value":-2147483648,"sint32Value":2147483647}', "1880808080f8ffffffff0138feffffff0f"],
    [
      "int64 at its ends as bare numbers",
      '{"int64Value":9223372036854775807,"sint64Value":-9223372036854775808}',
      "20ffffffffffffffff7f40ffffffffffffffffff01",
    ],
    [
      "a list of integers of every form, between every white space",
      '{"numbers":[ 1,2, 3,4 ,0,-6,7.0,"8",123456789,1234567890,\n9]}',
      "b2011b0102030400faffffffffffffffff010708959aef3ad285d8cc0409",
    ],
    ["a list of one integer", '{"numbers":[ 1 ]}', "b2010101"],
    ["every digit of 2^53 + 1", '{"int64Value":9007199254740993}', "208180808080808010"],
    [
      "int64 in quotes of every length around what a double holds",
      '{"int64Value":"999999999999999","uint64Value":"1000000000000000","sint64Value":"-4294967296","fixed64Value":"4294967296"}',
      "20ffff99a6eaafe3013080809aa6eaafe30140ffffffff1f510000000001000000",
    ],
    ["uint64 at its end", '{"uint64Value":"18446744073709551615"}', "30ffffffffffffffffff01"],
    ["an integer with an exponent, exactly", '{"uint64Value":1.8446744073709551615e19}', "30ffffffffffffffffff01"],
    [
      "fixed widths",
      '{"fixed32Value":1,"fixed64Value":"1","sfixed32Value":-1,"sfixed64Value":-1}',
      "4d010000005101000000000000005dffffffff61ffffffffffffffff",
    ],
    ["doubles", '{"doubleValue":1e-7}', "0948afbc9af2d77a3e"],
    ["NaN and infinities in quotes", '{"doubleValue":"NaN","floatValue":"-Infinity"}', "09000000000000f87f15000080ff"],
    [
      "all escapes",
      '{"stringValue":"\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\ud83d\\ude00\\u0000"}',
      "720f225c2f080c0a0d09c3a9f09f988000",
    ],
    ["UTF-8 as it is", '{"stringValue":"é漢😀"}', "7209c3a9e6bca2f09f9880"],
    ["an escaped member name", '{"int32\\u0056alue":5}', "1805"],
    ["a member name that needs escapes", '{"@odd \\"name\\"":"x"}', "d2020178"],
    ["base64 of both alphabets, with and without padding", '{"bytesValue":"-_+/AA=="}', "7a04fbffbf00"],
    ["base64 without padding", '{"bytesValue":"3q0"}', "7a02dead"],
    ["base64 with escaped slashes", '{"bytesValue":"\\/\\/\\/\\/"}', "7a03ffffff"],
    ["an enum by name", '{"status":"ORDER_STATUS_PENDING"}', "800101"],
    ["an enum by number, known or not", '{"statuses":[1,99,-1,1e1]}', "ca010d0163ffffffffffffffffff010a"],
    ["a packed list", '{"numbers":[1,2,300]}', "b201040102ac02"],
    ["an empty list", '{"numbers":[],"names":[],"children":[]}', ""],
    ["a list of strings", '{"names":["a",""]}', "ba010161ba0100"],
    ["a list of messages", '{"children":[{},{"int32Value":1}]}', "c20100c201021801"],
    ["a map, keys and values written even if zero", '{"labels":{"a":"","":"b"}}', "d201050a01611200d201050a00120162"],
    [
      "map keys of other types",
      '{"byId":{"-1":{}},"byFlag":{"true":"OTHER"}}',
      "da010d08ffffffffffffffffff011200e2010408011003",
    ],
    [
      "keys that are names of Object.prototype",
      '{"labels":{"__proto__":"a","constructor":"b"}}',
      "d2010e0a095f5f70726f746f5f5f120161d201100a0b636f6e7374727563746f72120162",
    ],
    ["one member of a oneof, others null", '{"choiceText":null,"choiceNumber":0}', "a00100"],
    ["null of a NullValue is a value", '{"choiceNull":null}', "a80100"],
    ["NULL_VALUE by name", '{"choiceNull":"NULL_VALUE"}', "a80100"],
    [
      "a timestamp with an offset and nine digits",
      '{"timestamp":"2024-02-29T23:59:59.123456789-01:30"}',
      "ea010b0897df84af0610959aef3a",
    ],
    ["the first and the last timestamp", '{"timestamp":"0001-01-01T00:00:00Z"}', "ea010b088092b8c398feffffff01"],
    ["a duration below zero", '{"duration":"-1.5s"}', "f2011608ffffffffffffffffff011080b6ca91feffffffff01"],
    ["a field mask", '{"mask":"fooBar.baz,x"}', "fa01100a0b666f6f5f6261722e62617a0a0178"],
    ["a wrapper of zero is set", '{"wrappedString":"","wrappedInt64":"0"}', "aa0200b20200"],
    ["a wrapper", '{"wrappedBool":true,"wrappedInt64":5}', "ba02020801b202020805"],
    ["null of a Value", '{"value":null}', "8a02020800"],
    [
      "a Value of each kind",
      '{"values":[null,1.5,"a",true,{"k":[]},[]]}',
      "ca02020800ca020911000000000000f83fca02031a0161ca02022001ca020b2a090a070a016b12023200ca02023200",
    ],
    [
      "a Struct with hostile keys",
      '{"struct":{"__proto__":1}}',
      "8202180a160a095f5f70726f746f5f5f120911000000000000f03f",
    ],
    [
      "an Any with its type last",
      '{"any":{"int32Value":5,"@type":"type.googleapis.com/t.Kinds"}}',
      "9a02210a1b747970652e676f6f676c65617069732e636f6d2f742e4b696e647312021805",
    ],
    [
      "an Any of a well-known type",
      '{"any":{"@type":"x/google.protobuf.BoolValue","value":true}}',
      "9a02210a1b782f676f6f676c652e70726f746f6275662e426f6f6c56616c756512020801",
    ],
    [
      "an Any of Empty, with and without value",
      '{"any":{"@type":"x/google.protobuf.Empty","value":{}}}',
      "9a02190a17782f676f6f676c652e70726f746f6275662e456d707479",
    ],
    ["an empty Any", '{"any":{}}', "9a0200"],
    ["Empty", '{"empty":{}}', "a20200"],
  ])("%s", (_title, json, wire) => {
    expect(read(json)).toBe(wire);
  });

  it("a string of every length around the sizes of its length prefix", () => {
    for (const length of [0, 1, 3, 4, 5, 126, 127, 128, 129, 16383, 16384, 70000]) {
      const text = "x".repeat(length);
      const wire = createCodec(kindsSchema).encoder(kinds)(Buffer.from(JSON.stringify({ names: [text, text] })));
      const [first, ...rest] = createCodec(kindsSchema)
        .decoder(kinds)(wire)
        .toString()
        .split(text.length > 0 ? text : "\0");
      expect(first, String(length)).toBe(length > 0 ? '{"names":["' : '{"names":["",""]}');
      if (length > 0) expect(rest).toEqual(['","', '"]}']);
    }
  });

  it("the same whether or not buffers grow while it is read and printed, wherever they do", () => {
    const rest =
      '"labels":{"a":"b","c":""},"byId":{"1":{"names":["x","y"]}},"timestamp":"2024-03-01T01:29:59.123456789Z",' +
      '"duration":"-1.500s","mask":"aB.cD,e","struct":{"k":[1,"two",{"three":null}]},' +
      '"any":{"@type":"x/t.Kinds","int32Value":5,"bytesValue":"3q2+7w=="},"wrappedInt64":"-1","values":[null,1.25e+300]';
    const tail =
      '"doubleValue":0.1,"int64Value":"-9007199254740993","status":"OTHER","numbers":[1,2,300],"child":{"child":{"boolValue":true}},' +
      '"stringValue":"é\\n\\u0001\\"漢"';
    for (const size of [16 * 1024, 64 * 1024]) {
      for (let pad = size - 900; pad < size + 20; pad += searching ? 3 : 7) {
        const json = `{"names":["${"x".repeat(pad)}"],${tail},${rest}}`;
        const codec = createCodec(kindsSchema);
        const wire = codec.encoder(kinds)(Buffer.from(json));
        expect(codec.decoder(kinds)(wire).toString() === json, String(pad)).toBe(true);
      }
    }
  });

  it("members in another order than last time, so that no guess holds", () => {
    const encode = createCodec(kindsSchema).encoder(kinds);
    const hex = (json: string): string => Buffer.from(encode(Buffer.from(json))).toString("hex");
    expect(hex('{"int32Value":1,"boolValue":true,"names":["a"]}')).toBe("18016801ba010161");
    expect(hex('{"names":["a"],"boolValue":true,"int32Value":1}')).toBe("ba01016168011801");
    expect(hex('{"bool_value":true,"int32_value":1}')).toBe("68011801");
    expect(hex('{"boolValue":true,"int32Value":1}')).toBe("68011801");
  });

  it("a body that fails leaves nothing behind for the next", () => {
    const encode = createCodec(kindsSchema).encoder(kinds);
    expect(() => encode(Buffer.from('{"labels":{"a":"b","a":"c"}}'))).toThrow("stands twice");
    expect(() => encode(Buffer.from('{"statuses":[{"children":['))).toThrow("expected");
    expect(Buffer.from(encode(Buffer.from('{"labels":{"a":"b"}}'))).toString("hex")).toBe("d201060a0161120162");
  });
});

describe("options of reading", () => {
  it.each<[title: string, json: string, options: Partial<JsonOptions>, wire: string]>([
    [
      "unknown members are ignored, whatever they hold",
      '{"x":{"y":[1,{"z":null}],"@":"\\u0041"},"int32Value":5}',
      { unknownFields: "ignore" },
      "1805",
    ],
    [
      "unknown enum names drop field, element and entry",
      '{"status":"X","statuses":["X","OTHER"],"byFlag":{"true":"X","false":"OTHER"}}',
      { unknownEnumNames: "ignore" },
      "ca010103e2010408001003",
    ],
    [
      "names without the enum's prefix beside full names",
      '{"statuses":["PENDING","ORDER_STATUS_PENDING","OTHER"]}',
      { stripEnumPrefix: true },
      "ca0103010103",
    ],
    [
      "names in any case",
      '{"statuses":["order_status_pending","Other"]}',
      { caseInsensitiveEnums: true },
      "ca01020103",
    ],
    ["both", '{"status":"pending"}', { stripEnumPrefix: true, caseInsensitiveEnums: true }, "800101"],
  ])("%s", (_title, json, options, wire) => {
    expect(read(json, options)).toBe(wire);
  });

  it.each<[title: string, json: string, options: Partial<JsonOptions>, message: string]>([
    [
      "an unknown enum name stays an error though unknown members are ignored",
      '{"status":"X"}',
      { unknownFields: "ignore" },
      'cannot read field t.Kinds.status from JSON: expected a value of enum t.OrderStatus, got "X" (at $.status)',
    ],
    [
      "a stripped name that would start with a digit is none",
      '{"status":"2ND"}',
      { stripEnumPrefix: true },
      'cannot read field t.Kinds.status from JSON: expected a value of enum t.OrderStatus, got "2ND" (at $.status)',
    ],
    [
      "an unknown member that stands twice",
      '{"x":1,"x":2}',
      { unknownFields: "ignore" },
      'cannot read message t.Kinds from JSON: the member "x" stands twice (at $.x)',
    ],
    [
      "a member that stands twice inside an unknown one",
      '{"x":{"y":1,"y":2}}',
      { unknownFields: "ignore" },
      'cannot read the body from JSON: the member "y" stands twice (at $.x.y)',
    ],
  ])("%s", (_title, json, options, message) => {
    expect(() => read(json, options)).toThrow(expect.objectContaining({ message }));
  });
});
