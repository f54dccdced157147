import { describe, expect, it } from "vitest";
import { statusBody, useStage } from "./support/use-stage.js";

const stage = useStage();
const method = "portico.e2e.v1.Paths/Get";

describe("a value in the path becomes its field", () => {
  it.each<[path: string, message: unknown]>([
    ["/p/double/1.5", { doubleValue: 1.5 }],
    ["/p/double/-1e-7", { doubleValue: -1e-7 }],
    ["/p/double/NaN", { doubleValue: "NaN" }],
    ["/p/double/-Infinity", { doubleValue: "-Infinity" }],
    ["/p/float/0.5", { floatValue: 0.5 }],
    ["/p/int32/-2147483648", { int32Value: -2147483648 }],
    ["/p/int32/2147483647", { int32Value: 2147483647 }],
    ["/p/int32/0", {}],
    ["/p/int64/9007199254740993", { int64Value: "9007199254740993" }],
    ["/p/int64/-9223372036854775808", { int64Value: "-9223372036854775808" }],
    ["/p/uint32/4294967295", { uint32Value: 4294967295 }],
    ["/p/uint64/18446744073709551615", { uint64Value: "18446744073709551615" }],
    ["/p/sint32/-5", { sint32Value: -5 }],
    ["/p/sint64/-9223372036854775808", { sint64Value: "-9223372036854775808" }],
    ["/p/fixed32/4294967295", { fixed32Value: 4294967295 }],
    ["/p/fixed64/18446744073709551615", { fixed64Value: "18446744073709551615" }],
    ["/p/sfixed32/-1", { sfixed32Value: -1 }],
    ["/p/sfixed64/-1", { sfixed64Value: "-1" }],
    ["/p/bool/true", { boolValue: true }],
    ["/p/bool/1", { boolValue: true }],
    ["/p/bool/false", {}],
    ["/p/string/walnut", { stringValue: "walnut" }],
    ["/p/bytes/AAECAwT-", { bytesValue: "AAECAwT+" }],
    ["/p/bytes/AAECAwT%2B", { bytesValue: "AAECAwT+" }],
    ["/p/bytes/AA", { bytesValue: "AA==" }],
    ["/p/enum/GREEN", { color: "GREEN" }],
    ["/p/enum/AZURE", { color: "BLUE" }],
    ["/p/enum/2", { color: "GREEN" }],
    ["/p/enum/-1", { color: "ULTRAVIOLET" }],
    ["/p/enum/77", { color: 77 }],
    ["/p/optional/0", { optionalInt32: 0 }],
    ["/p/timestamp/2024-06-01T12:00:00.5Z", { timestamp: "2024-06-01T12:00:00.500Z" }],
    ["/p/timestamp/2024-06-01T14:00:00%2B02:00", { timestamp: "2024-06-01T12:00:00Z" }],
    ["/p/duration/-1.5s", { duration: "-1.500s" }],
    ["/p/mask/stringValue,note.text", { fieldMask: "stringValue,note.text" }],
    ["/p/wrapped/0", { wrappedInt64: "0" }],
    ["/p/nested/deep", { note: { reply: { text: "deep" } } }],
    ["/p/two/a/7:verb", { stringValue: "a", int32Value: 7 }],
    ["/p/many/a/b/c", { stringValue: "a/b/c" }],
    ["/p/many", {}],
  ])("%s", async (path, message) => {
    const { status, body } = await stage.ask({ path });
    expect({ status, body }).toEqual({ status: 200, body: {} });
    expect(stage.saw()).toEqual([{ method, message }]);
  });
});

describe("a path is decoded after it is split", () => {
  it.each<[path: string, value: string]>([
    ["/p/string/a%2Fb%3fc", "a/b?c"],
    ["/p/string/%25zz", "%zz"],
    ["/p/string/%2525", "%25"],
    ["/p/string/a+b", "a+b"],
    ["/p/string/%C3%A9%E2%82%AC", "é€"],
    ["/p/string/%F0%9F%90%99", "🐙"],
    ["/p/string/;a=1", ";a=1"],
    ["/p/string/..", ".."],
    ["/p/string/a:b", "a:b"],
    ["/p/string/a%3Averb", "a:verb"],
    ["/p/string/__proto__", "__proto__"],
    ["/p/string/constructor", "constructor"],
    ["/p/string/%0A%7F", "\n\u007f"],
    ["/p/many/a%2Fb/c%20d", "a%2Fb/c d"],
    ["/p/many/a%2fb", "a%2fb"],
    ["/p/many/%23/%2523", "#/%23"],
  ])("%s is %j", async (path, value) => {
    expect((await stage.ask({ path })).status).toBe(200);
    expect(stage.saw()).toEqual([{ method, message: { stringValue: value } }]);
  });
});

describe("a path that cannot be read is refused, and nothing is sent", () => {
  it.each<[path: string, message: string, id: string, field: string | null]>([
    ["/p/string/%", 'cannot read the path: malformed percent escape in segment "%"', "GW_URL_MALFORMED", null],
    ["/p/string/%zz", 'cannot read the path: malformed percent escape in segment "%zz"', "GW_URL_MALFORMED", null],
    ["/p/string/a%2", 'cannot read the path: malformed percent escape in segment "a%2"', "GW_URL_MALFORMED", null],
    ["/p/string/%ff", 'cannot read the path: invalid UTF-8 in segment "%ff"', "GW_URL_MALFORMED", null],
    ["/p/string/%C0%80", 'cannot read the path: invalid UTF-8 in segment "%C0%80"', "GW_URL_MALFORMED", null],
    ["/p/string/%ED%A0%80", 'cannot read the path: invalid UTF-8 in segment "%ED%A0%80"', "GW_URL_MALFORMED", null],
    ["/p/many/a/%zz/b", 'cannot read the path: malformed percent escape in segment "%zz"', "GW_URL_MALFORMED", null],
    ["/nowhere/%zz", 'cannot read the path: malformed percent escape in segment "%zz"', "GW_URL_MALFORMED", null],
    [
      "/p/string/a%00b",
      'cannot read path variable string_value: NUL byte in segment "a%00b"',
      "GW_URL_MALFORMED",
      "string_value",
    ],
    [
      "/p/many/a/%00",
      'cannot read path variable string_value: NUL byte in segment "%00"',
      "GW_URL_MALFORMED",
      "string_value",
    ],
    ["/p/int32/abc", 'int32, got "abc"', "GW_FIELD_INVALID", "int32_value"],
    ["/p/int32/2147483648", 'int32, got "2147483648"', "GW_FIELD_INVALID", "int32_value"],
    ["/p/int32/1.0", 'int32, got "1.0"', "GW_FIELD_INVALID", "int32_value"],
    ["/p/int32/%201", 'int32, got " 1"', "GW_FIELD_INVALID", "int32_value"],
    ["/p/uint32/-1", 'uint32, got "-1"', "GW_FIELD_INVALID", "uint32_value"],
    ["/p/int64/9223372036854775808", 'int64, got "9223372036854775808"', "GW_FIELD_INVALID", "int64_value"],
    ["/p/uint64/18446744073709551616", 'uint64, got "18446744073709551616"', "GW_FIELD_INVALID", "uint64_value"],
    ["/p/float/1e39", 'float, got "1e39"', "GW_FIELD_INVALID", "float_value"],
    ["/p/double/0x1", 'double, got "0x1"', "GW_FIELD_INVALID", "double_value"],
    ["/p/bool/yes", 'bool, got "yes"', "GW_FIELD_INVALID", "bool_value"],
    ["/p/bytes/%21", 'bytes, got "!"', "GW_FIELD_INVALID", "bytes_value"],
    ["/p/enum/PINK", 'a value of enum portico.examples.v1.Color, got "PINK"', "GW_FIELD_INVALID", "color"],
    ["/p/enum/green", 'a value of enum portico.examples.v1.Color, got "green"', "GW_FIELD_INVALID", "color"],
    [
      "/p/timestamp/yesterday",
      'a timestamp as RFC 3339 has it, from year 1 to 9999, got "yesterday"',
      "GW_FIELD_INVALID",
      "timestamp",
    ],
    ["/p/duration/1m", 'seconds such as "1.5s", up to 315576000000, got "1m"', "GW_FIELD_INVALID", "duration"],
    ["/p/wrapped/x", 'int64, got "x"', "GW_FIELD_INVALID", "wrapped_int64"],
  ])("%s", async (path, why, id, field) => {
    const { status, body } = await stage.ask({ path });
    const name = `portico.examples.v1.Kinds.${field}`;
    const expected =
      id === "GW_FIELD_INVALID"
        ? statusBody(3, `cannot read field ${name} from text: expected ${why}`, id, {
            field: String(field),
            description: `expected ${why}`,
          })
        : statusBody(3, why, id, field === null ? undefined : { field, description: "NUL byte in the path" });
    expect({ status, body }).toEqual({ status: 400, body: expected });
    expect(await stage.sawAfterAll()).toEqual([]);
  });

  it("names a field inside of messages by its path, and clips what was sent", async () => {
    const { status, body } = await stage.ask({ path: `/p/int32/${"9".repeat(500)}` });
    const got = `"${"9".repeat(79)}…"`;
    expect({ status, body }).toEqual({
      status: 400,
      body: statusBody(
        3,
        `cannot read field portico.examples.v1.Kinds.int32_value from text: expected int32, got ${got}`,
        "GW_FIELD_INVALID",
        { field: "int32_value", description: `expected int32, got ${got}` },
      ),
    });
    expect(await stage.sawAfterAll()).toEqual([]);
  });
});

describe("a path that no rule has", () => {
  it.each([
    "/nowhere",
    "/p/string",
    "/p/string/",
    "/p/string/a/",
    "//p/string/a",
    "/p/two/a/7",
    "/p/two/a/7%3Averb",
    "/P/string/a",
  ])("%s is 404", async (path) => {
    const { status, body } = await stage.ask({ path });
    expect({ status, body }).toEqual({
      status: 404,
      body: statusBody(5, `no rule has the path "${path}"`, "GW_PATH_NOT_FOUND"),
    });
    expect(await stage.sawAfterAll()).toEqual([]);
  });
});
