import { describe, expect, it } from "vitest";
import { createCodec, createWriter } from "../../src/codec/index.js";
import { GatewayError } from "../../src/core/index.js";
import { fieldPath } from "./support/compile-proto.js";
import { messageOf } from "./support/conformance-schema.js";
import { kindsSchema } from "./support/kinds.js";

const codec = createCodec(kindsSchema);
const kinds = messageOf(kindsSchema, "t.Kinds");

function write(path: string, text: string): string {
  const out = createWriter();
  codec.textToField(fieldPath(kinds, ...path.split(".")))(text, out);
  return Buffer.from(out.view()).toString("hex");
}

function refusal(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    if (error instanceof GatewayError) return { id: error.id, message: error.message, field: error.violation?.field };
    throw error;
  }
  return null;
}

describe("text becomes a field", () => {
  it.each<[path: string, text: string, wire: string]>([
    ["int32_value", "5", "1805"],
    ["int32_value", "0", "1800"],
    ["int32_value", "-2147483648", "1880808080f8ffffffff01"],
    ["int32_value", "007", "1807"],
    ["int64_value", "9007199254740993", "208180808080808010"],
    ["uint64_value", "18446744073709551615", "30ffffffffffffffffff01"],
    ["sint32_value", "-1", "3801"],
    ["sint64_value", "-1", "4001"],
    ["fixed32_value", "4294967295", "4dffffffff"],
    ["sfixed64_value", "-1", "61ffffffffffffffff"],
    ["double_value", "1e-7", "0948afbc9af2d77a3e"],
    ["double_value", "-0", "090000000000000080"],
    ["double_value", "NaN", "09000000000000f87f"],
    ["float_value", "-Infinity", "15000080ff"],
    ["bool_value", "true", "6801"],
    ["bool_value", "1", "6801"],
    ["bool_value", "false", "6800"],
    ["bool_value", "0", "6800"],
    ["string_value", "", "7200"],
    ["string_value", "é\u0001", "7203c3a901"],
    ["bytes_value", "-_8=", "7a02fbff"],
    ["bytes_value", "+/8", "7a02fbff"],
    ["status", "ORDER_STATUS_PENDING", "800101"],
    ["status", "99", "800163"],
    ["status", "-1", "8001ffffffffffffffffff01"],
    ["numbers", "5", "b00105"],
    ["names", "a", "ba010161"],
    ["optional_int32", "0", "900100"],
    ["choice_text", "", "9a0100"],
    ["choice_null", "null", "a80100"],
    ["choice_null", "NULL_VALUE", "a80100"],
    ["choice_null", "0", "a80100"],
    ["timestamp", "1970-01-01T00:00:01Z", "ea01020801"],
    ["timestamp", "1970-01-01T00:00:00Z", "ea0100"],
    ["duration", "1.5s", "f2010808011080cab5ee01"],
    ["mask", "fooBar,baz_qux.x", "fa01140a07666f6f5f6261720a0962617a5f7175782e78"],
    ["mask", "", "fa0100"],
    ["wrapped_string", "a", "aa02030a0161"],
    ["wrapped_int64", "0", "b202020800"],
    ["wrapped_bool", "false", "ba02020800"],
    ["struct", '{"a":1}', "8202100a0e0a0161120911000000000000f03f"],
    ["value", '"a"', "8a02031a0161"],
    ["value", "null", "8a02020800"],
    ["list", "[true]", "9202040a022001"],
    ["empty", "{}", "a20200"],
    ["child", '{"int32Value":5}', "8a01021805"],
    [
      "any",
      '{"@type":"x/google.protobuf.BoolValue","value":true}',
      "9a02210a1b782f676f6f676c652e70726f746f6275662e426f6f6c56616c756512020801",
    ],
    ["child.int32_value", "5", "8a01021805"],
    ["child.child.names", "a", "8a01078a0104ba010161"],
  ])("%s from %j", (path, text, wire) => {
    expect(write(path, text)).toBe(wire);
  });

  it("is appended to what the writer holds, and lengths of more than one byte are right", () => {
    const out = createWriter();
    const toField = codec.textToField(fieldPath(kinds, "child", "string_value"));
    toField("a", out);
    toField("x".repeat(200), out);
    expect(Buffer.from(out.view()).toString("hex")).toBe(`8a01037201618a01cb0172c801${"78".repeat(200)}`);
  });
});

describe("text that does not fit its field is refused", () => {
  it.each<[path: string, text: string, expected: string]>([
    ["int32_value", "abc", 't.Kinds.int32_value from text: expected int32, got "abc"'],
    ["int32_value", "", 't.Kinds.int32_value from text: expected int32, got ""'],
    ["int32_value", "1.0", 't.Kinds.int32_value from text: expected int32, got "1.0"'],
    ["int32_value", "1e3", 't.Kinds.int32_value from text: expected int32, got "1e3"'],
    ["int32_value", "+1", 't.Kinds.int32_value from text: expected int32, got "+1"'],
    ["int32_value", "2147483648", 't.Kinds.int32_value from text: expected int32, got "2147483648"'],
    ["uint32_value", "-1", 't.Kinds.uint32_value from text: expected uint32, got "-1"'],
    ["int64_value", "9223372036854775808", 't.Kinds.int64_value from text: expected int64, got "9223372036854775808"'],
    ["double_value", "1e400", 't.Kinds.double_value from text: expected double, got "1e400"'],
    ["double_value", "0x1", 't.Kinds.double_value from text: expected double, got "0x1"'],
    ["double_value", "inf", 't.Kinds.double_value from text: expected double, got "inf"'],
    ["bool_value", "True", 't.Kinds.bool_value from text: expected bool, got "True"'],
    ["bytes_value", "a*", 't.Kinds.bytes_value from text: expected bytes, got "a*"'],
    ["status", "NONE", 't.Kinds.status from text: expected a value of enum t.OrderStatus, got "NONE"'],
    [
      "timestamp",
      "yesterday",
      't.Kinds.timestamp from text: expected a timestamp as RFC 3339 has it, from year 1 to 9999, got "yesterday"',
    ],
    ["duration", "1h", 't.Kinds.duration from text: expected seconds such as "1.5s", up to 315576000000, got "1h"'],
    ["mask", "a,,b", 't.Kinds.mask from text: expected paths separated by commas, got "a,,b"'],
    ["wrapped_int64", "x", 't.Kinds.wrapped_int64 from text: expected int64, got "x"'],
    ["value", "hello", 't.Kinds.value from text: expected google.protobuf.Value as JSON, got "hello"'],
    ["struct", "[]", 't.Kinds.struct from text: expected google.protobuf.Struct as JSON, got "[]"'],
    ["child", '{"x":1}', 't.Kinds.child from text: expected t.Kinds as JSON, got "{\\"x\\":1}"'],
    ["child.int32_value", "\u0000", 't.Kinds.int32_value from text: expected int32, got "\\u0000"'],
  ])("%s from %j", (path, text, expected) => {
    expect(refusal(() => write(path, text))).toEqual({
      id: "GW_FIELD_INVALID",
      message: `cannot read field ${expected}`,
      field: path,
    });
  });
});

describe("text becomes a map entry", () => {
  it.each<[path: string, key: string, value: string, wire: string]>([
    ["labels", "__proto__", "", "d2010d0a095f5f70726f746f5f5f1200"],
    ["by_flag", "true", "OTHER", "e2010408011003"],
    ["by_id", "-1", "{}", "da010d08ffffffffffffffffff011200"],
    ["blobs", "5", "3q0=", "da020608051202dead"],
    ["child.labels", "a", "b", "8a0109d201060a0161120162"],
  ])("%s[%s]=%s", (path, key, value, wire) => {
    const out = createWriter();
    codec.textToMapEntry(fieldPath(kinds, ...path.split(".")))(key, value, out);
    expect(Buffer.from(out.view()).toString("hex")).toBe(wire);
  });

  it("unless key or value do not fit", () => {
    const entry = codec.textToMapEntry(fieldPath(kinds, "by_flag"));
    expect(refusal(() => entry("yes", "OTHER", createWriter()))).toEqual({
      id: "GW_FIELD_INVALID",
      message: 'cannot read field t.Kinds.by_flag from text: expected a key that is bool, got "yes"',
      field: "by_flag[yes]",
    });
    expect(refusal(() => entry("true", "NONE", createWriter()))).toEqual({
      id: "GW_FIELD_INVALID",
      message: 'cannot read field t.Kinds.by_flag from text: expected a value of enum t.OrderStatus, got "NONE"',
      field: "by_flag[true]",
    });
  });
});
