import { describe, expect, it } from "vitest";
import { createCodec } from "../../src/codec/index.js";
import { GatewayError } from "../../src/core/index.js";
import { compileProto } from "./support/compile-proto.js";
import { messageOf } from "./support/conformance-schema.js";
import { kindsSchema } from "./support/kinds.js";

const codec = createCodec(kindsSchema);
const encode = codec.encoder(messageOf(kindsSchema, "t.Kinds"));

function refusal(run: () => unknown): GatewayError {
  try {
    run();
  } catch (error) {
    if (error instanceof GatewayError) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}

const refused = (json: string | Uint8Array): GatewayError => refusal(() => encode(Buffer.from(json)));

describe("a text that is no JSON is refused with the place of its first fault", () => {
  it.each<[title: string, json: string | Uint8Array, message: string]>([
    ["nothing", "", "expected a value, but the text ends at line 1, column 1 (offset 0)"],
    ["white space alone", " \n ", "expected a value, but the text ends at line 2, column 2 (offset 3)"],
    ["two values", "{} {}", "expected the end of the text at line 1, column 4 (offset 3)"],
    [
      "a missing comma",
      '{"int32Value":1\n\n  "boolValue":true}',
      "expected ',' or '}' at line 3, column 3 (offset 19)",
    ],
    ["a trailing comma", '{"int32Value":1,}', "expected a member name in quotes at line 1, column 17 (offset 16)"],
    ["a trailing comma in a list", '{"numbers":[1,]}', "expected a value at line 1, column 15 (offset 14)"],
    ["a missing colon", '{"int32Value" 1}', "expected ':' at line 1, column 15 (offset 14)"],
    ["an unquoted name", "{int32Value:1}", "expected a member name in quotes at line 1, column 2 (offset 1)"],
    ["single quotes", "{'a':1}", "expected a member name in quotes at line 1, column 2 (offset 1)"],
    [
      "an open string",
      '{"stringValue":"abc',
      "expected the end of the string, but the text ends at line 1, column 20 (offset 19)",
    ],
    [
      "an open object",
      '{"child":{',
      "expected a member name in quotes, but the text ends at line 1, column 11 (offset 10)",
    ],
    ["an open list", '{"numbers":[1', "expected ',' or ']', but the text ends at line 1, column 14 (offset 13)"],
    [
      "a control character in a string",
      '{"stringValue":"a\u0001"}',
      "expected an escape in place of a control character at line 1, column 18 (offset 17)",
    ],
    [
      "an escape that JSON has not",
      '{"stringValue":"\\x41"}',
      "expected an escape that JSON has at line 1, column 17 (offset 16)",
    ],
    [
      "a short \\u escape",
      '{"stringValue":"\\u12"}',
      "expected four hexadecimal digits at line 1, column 17 (offset 16)",
    ],
    [
      "a lone high surrogate",
      '{"stringValue":"é\\ud800x"}',
      "expected a pair of surrogates in place of a lone one at line 1, column 18 (offset 18)",
    ],
    [
      "a lone low surrogate",
      '{"stringValue":"\\udc00"}',
      "expected a pair of surrogates in place of a lone one at line 1, column 17 (offset 16)",
    ],
    [
      "invalid UTF-8 in a value",
      Buffer.from('{"stringValue":"a\xff"}', "latin1"),
      "expected valid UTF-8 at line 1, column 18 (offset 17)",
    ],
    [
      "a surrogate in UTF-8",
      Buffer.from('{"stringValue":"\xed\xa0\x80"}', "latin1"),
      "expected valid UTF-8 at line 1, column 17 (offset 16)",
    ],
    ["a number with a plus", '{"int32Value":+1}', "expected a value at line 1, column 15 (offset 14)"],
    ["a number with a leading zero", '{"int32Value":01}', "expected ',' or '}' at line 1, column 16 (offset 15)"],
    [
      "a number without digits behind the dot",
      '{"doubleValue":1.}',
      "expected a value at line 1, column 16 (offset 15)",
    ],
    ["NaN without quotes", '{"doubleValue":NaN}', "expected a value at line 1, column 16 (offset 15)"],
    ["a word that only begins like null", '{"int32Value":nul}', "expected a value at line 1, column 15 (offset 14)"],
    ["a NUL byte behind the value", "{}\0", "expected the end of the text at line 1, column 3 (offset 2)"],
  ])("%s", (_title, json, message) => {
    const error = refused(json);
    expect({ id: error.id, message: error.message }).toEqual({
      id: "GW_BODY_NOT_JSON",
      message: `cannot read the body as JSON: ${message}`,
    });
  });
});

describe("a value that does not fit its field is refused with its path", () => {
  it.each<[title: string, json: string, message: string, field: string]>([
    [
      "a string for an integer",
      '{"children":[{},{"int32Value":"abc"}]}',
      't.Kinds.int32_value from JSON: expected int32, got "abc" (at $.children[1].int32Value)',
      "children[1].int32_value",
    ],
    [
      "an integer out of range",
      '{"int32Value":2147483648}',
      "t.Kinds.int32_value from JSON: expected int32, got 2147483648 (at $.int32Value)",
      "int32_value",
    ],
    [
      "a negative unsigned integer",
      '{"uint64Value":-1}',
      "t.Kinds.uint64_value from JSON: expected uint64, got -1 (at $.uint64Value)",
      "uint64_value",
    ],
    [
      "uint64 beyond its end",
      '{"uint64Value":18446744073709551616}',
      "t.Kinds.uint64_value from JSON: expected uint64, got 18446744073709551616 (at $.uint64Value)",
      "uint64_value",
    ],
    [
      "int64 beyond its end",
      '{"int64Value":"9223372036854775808"}',
      't.Kinds.int64_value from JSON: expected int64, got "9223372036854775808" (at $.int64Value)',
      "int64_value",
    ],
    [
      "a fraction",
      '{"int32Value":1.5}',
      "t.Kinds.int32_value from JSON: expected int32, got 1.5 (at $.int32Value)",
      "int32_value",
    ],
    [
      "white space in a quoted number",
      '{"int32Value":" 1"}',
      't.Kinds.int32_value from JSON: expected int32, got " 1" (at $.int32Value)',
      "int32_value",
    ],
    [
      "a float that is too large",
      '{"floatValue":3.5e38}',
      "t.Kinds.float_value from JSON: expected float, got 3.5e38 (at $.floatValue)",
      "float_value",
    ],
    [
      "a double that is too large",
      '{"doubleValue":"1e400"}',
      't.Kinds.double_value from JSON: expected double, got "1e400" (at $.doubleValue)',
      "double_value",
    ],
    [
      "a string for a bool",
      '{"boolValue":"true"}',
      't.Kinds.bool_value from JSON: expected bool, got "true" (at $.boolValue)',
      "bool_value",
    ],
    [
      "a number for a string",
      '{"stringValue":5}',
      "t.Kinds.string_value from JSON: expected string, got 5 (at $.stringValue)",
      "string_value",
    ],
    [
      "an object for a string",
      '{"stringValue":{"a":1}}',
      "t.Kinds.string_value from JSON: expected string, got an object (at $.stringValue)",
      "string_value",
    ],
    [
      "no base64",
      '{"bytesValue":"a*=="}',
      't.Kinds.bytes_value from JSON: expected bytes, got "a*==" (at $.bytesValue)',
      "bytes_value",
    ],
    [
      "a list for a message",
      '{"child":[]}',
      "t.Kinds.child from JSON: expected an object, got an array (at $.child)",
      "child",
    ],
    [
      "an object for a list",
      '{"numbers":{}}',
      "t.Kinds.numbers from JSON: expected a list of int32, got an object (at $.numbers)",
      "numbers",
    ],
    [
      "null in a list",
      '{"names":["a",null]}',
      "t.Kinds.names from JSON: expected string, got null (at $.names[1])",
      "names[1]",
    ],
    [
      "null in a map",
      '{"labels":{"a":null}}',
      "t.Kinds.labels from JSON: expected string, got null (at $.labels.a)",
      "labels[a]",
    ],
    [
      "a map key that is no integer",
      '{"byId":{"x y":{}}}',
      't.Kinds.by_id from JSON: expected a key that is int32, got "x y" (at $.byId["x y"])',
      "by_id[x y]",
    ],
    [
      "a map key that is an integer, but not plain",
      '{"byId":{"1e0":{}}}',
      't.Kinds.by_id from JSON: expected a key that is int32, got "1e0" (at $.byId["1e0"])',
      "by_id[1e0]",
    ],
    [
      "a map key that is no bool",
      '{"byFlag":{"1":0}}',
      't.Kinds.by_flag from JSON: expected a key that is bool, got "1" (at $.byFlag["1"])',
      "by_flag[1]",
    ],
    [
      "a key that stands twice",
      '{"labels":{"a":"1","\\u0061":"2"}}',
      't.Kinds.labels from JSON: the key "a" stands twice (at $.labels.a)',
      "labels[a]",
    ],
    [
      "an integer key that stands twice",
      '{"byId":{"0":{},"-0":{}}}',
      't.Kinds.by_id from JSON: the key "-0" stands twice (at $.byId["-0"])',
      "by_id[-0]",
    ],
    [
      "a field twice",
      '{"int32Value":1,"int32Value":1}',
      "t.Kinds.int32_value from JSON: the field is set twice (at $.int32Value)",
      "int32_value",
    ],
    [
      "a field by both of its names",
      '{"int32Value":1,"int32_value":null}',
      "t.Kinds.int32_value from JSON: the field is set twice (at $.int32_value)",
      "int32_value",
    ],
    [
      "two members of a oneof",
      '{"choiceText":"a","choiceNumber":1}',
      "t.Kinds.choice_number from JSON: another field of oneof choice is set already (at $.choiceNumber)",
      "choice_number",
    ],
    [
      "a timestamp that is none",
      '{"timestamp":"2023-02-29T00:00:00Z"}',
      't.Kinds.timestamp from JSON: expected a timestamp as RFC 3339 has it, from year 1 to 9999, got "2023-02-29T00:00:00Z" (at $.timestamp)',
      "timestamp",
    ],
    [
      "a duration that is none",
      '{"duration":"1.s"}',
      't.Kinds.duration from JSON: expected seconds such as "1.5s", up to 315576000000, got "1.s" (at $.duration)',
      "duration",
    ],
    [
      "a mask in snake_case",
      '{"mask":"a_b"}',
      't.Kinds.mask from JSON: expected paths in lowerCamelCase separated by commas, got "a_b" (at $.mask)',
      "mask",
    ],
    [
      "an unknown Any",
      '{"any":{"@type":"x/y.Z"}}',
      't.Kinds.any from JSON: the type "x/y.Z" is not known (at $.any)',
      "any",
    ],
    [
      "an Any without a type",
      '{"any":{"a":1}}',
      't.Kinds.any from JSON: the member "@type" is missing (at $.any)',
      "any",
    ],
    [
      "a Struct that is none",
      '{"struct":5}',
      "t.Kinds.struct from JSON: expected an object, got 5 (at $.struct)",
      "struct",
    ],
    [
      "a Struct key twice",
      '{"struct":{"a":{"b":1,"b":1}}}',
      't.Kinds.struct from JSON: the key "b" stands twice (at $.struct.a.b)',
      "struct.a.b",
    ],
    [
      "a long value, clipped",
      `{"int32Value":"${"9".repeat(200)}"}`,
      `t.Kinds.int32_value from JSON: expected int32, got "${"9".repeat(79)}…" (at $.int32Value)`,
      "int32_value",
    ],
  ])("%s", (_title, json, message, field) => {
    const error = refused(json);
    const description = message.slice(message.indexOf(" from JSON: ") + 12, message.lastIndexOf(" (at "));
    expect({ id: error.id, message: error.message, violation: error.violation }).toEqual({
      id: "GW_FIELD_INVALID",
      message: `cannot read field ${message}`,
      violation: { field, description },
    });
  });

  it("an unknown member, with the nearest name", () => {
    const error = refused('{"child":{"stringValu":"a"}}');
    expect({ id: error.id, message: error.message, violation: error.violation }).toEqual({
      id: "GW_FIELD_UNKNOWN",
      message:
        'cannot read message t.Kinds from JSON: it has no field "stringValu"; did you mean "stringValue"? (at $.child.stringValu)',
      violation: {
        field: "child.stringValu",
        description: 'it has no field "stringValu"; did you mean "stringValue"?',
      },
    });
  });

  it("a missing required field, of the message or only of those inside it", () => {
    const schema = compileProto(
      'syntax = "proto2"; package r; message M { required string name = 1; optional M inner = 2; }',
    );
    const type = messageOf(schema, "r.M");
    const whole = createCodec(schema).encoder(type);
    const partial = createCodec(schema).encoder(type, true);
    expect(refusal(() => whole(Buffer.from("{}"))).message).toBe(
      "cannot read field r.M.name from JSON: the required field is missing (at $)",
    );
    expect(Buffer.from(partial(Buffer.from("{}"))).toString("hex")).toBe("");
    expect(refusal(() => partial(Buffer.from('{"inner":{}}'))).message).toBe(
      "cannot read field r.M.name from JSON: the required field is missing (at $.inner)",
    );
  });
});

describe("depth", () => {
  const nested = (open: string, close: string, levels: number, inner = ""): string =>
    open.repeat(levels) + inner + close.repeat(levels);

  it.each<[title: string, json: (levels: number) => string, most: number]>([
    ["messages", (levels) => nested('{"child":', "}", levels - 1, "{}"), 100],
    ["messages in lists", (levels) => nested('{"children":[', "]}", levels - 1, "{}"), 100],
    ["objects in a Struct", (levels) => `{"struct":${nested('{"a":', "}", levels, "1")}}`, 99],
    ["lists in a Value", (levels) => `{"value":${nested("[", "]", levels)}}`, 99],
    [
      "Anys in an Any",
      (levels) => `{"any":${nested('{"@type":"x/google.protobuf.Any","value":', "}", levels - 1, "{}")}}`,
      99,
    ],
  ])("of %s is limited to 100", (_title, json, most) => {
    const print = codec.decoder(messageOf(kindsSchema, "t.Kinds"));
    expect(print(encode(Buffer.from(json(most)))).length).toBeGreaterThan(most);
    expect(refused(json(most + 1)).id).toBe("GW_BODY_TOO_DEEP");
    expect(refused(json(100_000)).id).toBe("GW_BODY_TOO_DEEP");
  });

  it("of members that are ignored is limited too", () => {
    const ignoring = createCodec(kindsSchema, { unknownFields: "ignore" }).encoder(messageOf(kindsSchema, "t.Kinds"));
    expect(ignoring(Buffer.from(`{"x":${nested("[", "]", 99)}}`)).length).toBe(0);
    const error = refusal(() => ignoring(Buffer.from(`{"x":${nested("[", "]", 100)}}`)));
    expect({ id: error.id, message: error.message }).toEqual({
      id: "GW_BODY_TOO_DEEP",
      message: "cannot read the body: it is nested more than 100 levels deep (at line 1, column 105 (offset 104))",
    });
  });
});
