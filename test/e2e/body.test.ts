import { describe, expect, it } from "vitest";
import { statusBody, useStage } from "./support/use-stage.js";

const stage = useStage();
const method = "portico.e2e.v1.Bodies/Set";
const kinds = "portico.examples.v1.Kinds";
const note = "portico.examples.v1.Note";

type Headers = Readonly<Record<string, string>>;

describe("a body becomes the message or the field that its rule names", () => {
  it.each<[request: string, body: string | undefined, message: unknown]>([
    ["POST /b", undefined, {}],
    ["POST /b", "{}", {}],
    ["POST /b", ' \n{ "int32Value" : 1 }\t\r\n', { int32Value: 1 }],
    ["POST /b", '{"int32_value":"7","int64Value":9007199254740993}', { int32Value: 7, int64Value: "9007199254740993" }],
    ["POST /b", '{"int32Value":1e2,"uint32Value":"2.0"}', { int32Value: 100, uint32Value: 2 }],
    ["POST /b", '{"note":null,"stringValue":null,"optionalInt32":0}', { optionalInt32: 0 }],
    [
      "POST /b",
      '{"stringToString":{"__proto__x":"1","constructor":"2","toString":"3"}}',
      {
        stringToString: { __proto__x: "1", constructor: "2", toString: "3" },
      },
    ],
    ["POST /b", '{"stringValue":"\\ud83d\\udc19é\\u0000"}', { stringValue: "🐙é\0" }],
    ["PUT /b/5", '{"int32Value":7,"stringValue":"a"}', { int32Value: 5, stringValue: "a" }],
    ["PUT /b/5", undefined, { int32Value: 5 }],
    ["PUT /b/0", '{"int32Value":7}', {}],
    [
      "PUT /b/nested/path",
      '{"note":{"text":"a","reply":{"text":"body","weight":3}}}',
      { note: { text: "a", reply: { text: "path", weight: 3 } } },
    ],
    [
      "PUT /b/note/path?int32_value=1",
      '{"text":"a","reply":{"weight":3}}',
      {
        int32Value: 1,
        note: { text: "a", reply: { text: "path", weight: 3 } },
      },
    ],
    ["POST /b/note", '{"text":"a"}', { note: { text: "a" } }],
    ["POST /b/note", "{}", { note: {} }],
    ["POST /b/note", "null", {}],
    ["POST /b/note", undefined, {}],
    ["POST /b/list", '[{"text":"a"},{}]', { repeatedNote: [{ text: "a" }, {}] }],
    ["POST /b/list", "[]", {}],
    ["POST /b/map", '{"a":{"text":"b"},"constructor":{}}', { stringToMessage: { a: { text: "b" }, constructor: {} } }],
    ["POST /b/int64", '"9007199254740993"', { int64Value: "9007199254740993" }],
    ["POST /b/int64", "null", {}],
    ["POST /b/struct", '{"a":[1,{"b":null}]}', { struct: { a: [1, { b: null }] } }],
    ["POST /b/value", "null", { value: null }],
    ["POST /b/value", "[1]", { value: [1] }],
    ["DELETE /b/none/a", undefined, { stringValue: "a" }],
    ["POST /b/none", undefined, {}],
  ])("%s %s", async (request, body, message) => {
    const [httpMethod = "", path = ""] = request.split(" ");
    const answer = await stage.ask({ method: httpMethod, path, ...(body === undefined ? {} : { body }) });
    expect({ status: answer.status, body: answer.body }).toEqual({ status: 200, body: {} });
    expect(stage.saw()).toEqual([{ method, message }]);
  });

  it("of 100 levels, one for each message and one for the value", async () => {
    const { status } = await stage.ask({ method: "POST", path: "/b", body: nested(99, "{}") });
    expect(status).toBe(200);
    expect(JSON.stringify(stage.saw()[0]?.message).match(/kinds/g)).toHaveLength(99);
  });

  it("that arrives in chunks, whatever their sizes", async () => {
    const json = '{"stringValue":"é🐙","int32Value":12}';
    const bytes = Buffer.from(json);
    const chunks = [...bytes].map((byte) => Buffer.concat([Buffer.from("1;x=y\r\n"), Buffer.from([byte, 13, 10])]));
    const { status } = await stage.ask({
      method: "POST",
      path: "/b",
      headers: { "Transfer-Encoding": "chunked" },
      body: Buffer.concat([...chunks, Buffer.from("0\r\nX-Trailer: 1\r\n\r\n")]),
    });
    expect(status).toBe(200);
    expect(stage.saw()).toEqual([{ method, message: { stringValue: "é🐙", int32Value: 12 } }]);
  });

  it("that is empty, though it is sent in chunks", async () => {
    for (const [httpMethod, path, message] of [
      ["POST", "/b", {}],
      ["POST", "/b/none", {}],
      ["DELETE", "/b/none/a", { stringValue: "a" }],
    ] as const) {
      const headers = { "Transfer-Encoding": "chunked" };
      const { status } = await stage.ask({ method: httpMethod, path, headers, body: "0\r\n\r\n" });
      expect(status).toBe(200);
      expect(stage.saw()).toEqual([{ method, message }]);
    }
  });

  it("__proto__ is a key of a map like any other, and no one's prototype", async () => {
    const body = '{"stringToString":{"__proto__":"polluted"}}';
    expect((await stage.ask({ method: "POST", path: "/b", body })).status).toBe(200);
    const [bytes] = stage.upstream.calls[0]?.messages ?? [];
    const entry = [Buffer.from([0xa2, 3, 21, 10, 9]), "__proto__", Buffer.from([18, 8]), "polluted"];
    expect(Buffer.from(bytes ?? [])).toEqual(Buffer.concat(entry.map((part) => Buffer.from(part))));
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });
});

describe("groups that the body and the path reach into are one", () => {
  it.each<[path: string, body: string, message: unknown]>([
    [
      "/g/path",
      '{"outer":{"inner":{"marks":[1]},"weight":2}}',
      { outer: { inner: { text: "path", marks: [1] }, weight: 2 } },
    ],
    [
      "/g/field/path?outer.weight=2&outer.inner.marks=1",
      '{"text":"a"}',
      {
        outer: { inner: { text: "path", marks: [1] }, weight: 2 },
        other: { text: "a" },
      },
    ],
  ])("PUT %s %s", async (path, body, message) => {
    expect((await stage.ask({ method: "PUT", path, body })).status).toBe(200);
    expect(stage.saw()).toEqual([{ method: "portico.e2e.v1.Groups/Set", message }]);
    // One start tag of field 1 of GroupRequest, and one of field 1 of Outer in it.
    const [bytes] = stage.upstream.calls[0]?.messages ?? [];
    expect([...(bytes ?? [])].filter((byte) => byte === 0x0b)).toHaveLength(2);
  });
});

describe("a JSON body has a content type of JSON", () => {
  it.each<[type: string]>([
    ["application/json"],
    ["application/json; charset=utf-8"],
    ["Application/JSON;charset=UTF-8"],
    ["application/merge-patch+json"],
    ["application/vnd.api+json; version=1"],
    ["application/x-www-form-urlencoded"],
  ])("%s is taken", async (type) => {
    const headers: Headers = { "Content-Type": type };
    expect((await stage.ask({ method: "POST", path: "/b", headers, body: '{"int32Value":1}' })).status).toBe(200);
    expect(stage.saw()).toEqual([{ method, message: { int32Value: 1 } }]);
  });

  it("identity is no encoding", async () => {
    const headers: Headers = { "Content-Encoding": "Identity" };
    expect((await stage.ask({ method: "POST", path: "/b", headers, body: "{}" })).status).toBe(200);
  });

  it.each<[type: string, body: string]>([
    ["text/plain", "{}"],
    ["application/xml", "{}"],
    ["application/jsonp", "{}"],
    ["text/json", "{}"],
    ["garbage", "{}"],
    ["/", "{}"],
    ["multipart/mixed", "{}"],
    ["application/grpc", "{}"],
  ])("%s is not", async (type, body) => {
    const headers: Headers = { "Content-Type": type };
    const answer = await stage.ask({ method: "POST", path: "/b", headers, body });
    const why = `cannot read the body: expected content type application/json, got "${type}"`;
    expect({ status: answer.status, body: answer.body }).toEqual({
      status: 415,
      body: statusBody(3, why, "GW_CONTENT_TYPE"),
    });
    expect(await stage.sawAfterAll()).toEqual([]);
  });

  it.each(["gzip", "br", "gzip, identity", "x-unknown"])("an encoding such as %s is not taken", async (encoding) => {
    const headers: Headers = { "Content-Type": "application/json", "Content-Encoding": encoding };
    const answer = await stage.ask({ method: "POST", path: "/b", headers, body: "{}" });
    expect({ status: answer.status, body: answer.body, taken: answer.header("accept-encoding") }).toEqual({
      status: 415,
      body: statusBody(
        3,
        `cannot read the body: content encoding "${encoding}" is not taken, send it as it is`,
        "GW_CONTENT_TYPE",
      ),
      taken: "identity",
    });
    expect(await stage.sawAfterAll()).toEqual([]);
  });
});

describe("a body that cannot be read is refused, and nothing is sent", () => {
  const notJson = (why: string) => statusBody(3, `cannot read the body as JSON: ${why}`, "GW_BODY_NOT_JSON");
  const refused = (id: string, name: string, why: string, at: string, field: string) =>
    statusBody(3, `cannot read ${name} from JSON: ${why} (at ${at})`, id, { field, description: why });
  const invalid = (name: string, why: string, at: string, field: string) =>
    refused("GW_FIELD_INVALID", name, why, at, field);
  const value = (name: string, why: string, json: string) => invalid(`field ${kinds}.${name}`, why, `$.${json}`, name);
  const unknown = (message: string, why: string, at: string, field: string) =>
    refused("GW_FIELD_UNKNOWN", `message ${message}`, why, at, field);
  const timestamp = "a timestamp as RFC 3339 has it, from year 1 to 9999";
  const color = "a value of enum portico.examples.v1.Color";

  it.each<[request: string, body: string | Buffer, expected: unknown]>([
    ["POST /b", "{", notJson("expected a member name in quotes, but the text ends at line 1, column 2 (offset 1)")],
    ["POST /b", "  ", notJson("expected a value, but the text ends at line 1, column 3 (offset 2)")],
    ["POST /b", "{}x", notJson("expected the end of the text at line 1, column 3 (offset 2)")],
    ["POST /b", "{} {}", notJson("expected the end of the text at line 1, column 4 (offset 3)")],
    ["POST /b", '{"int32Value":1,}', notJson("expected a member name in quotes at line 1, column 17 (offset 16)")],
    ["POST /b", "{'a':1}", notJson("expected a member name in quotes at line 1, column 2 (offset 1)")],
    ["POST /b", '{"int32Value":\n\n  01}', notJson("expected ',' or '}' at line 3, column 4 (offset 19)")],
    [
      "POST /b",
      '{"stringValue":"\\ud800"}',
      notJson("expected a pair of surrogates in place of a lone one at line 1, column 17 (offset 16)"),
    ],
    [
      "POST /b",
      '{"stringValue":"\\udc19\\ud83d"}',
      notJson("expected a pair of surrogates in place of a lone one at line 1, column 17 (offset 16)"),
    ],
    [
      "POST /b",
      Buffer.from('{"stringValue":"\xff"}', "latin1"),
      notJson("expected valid UTF-8 at line 1, column 17 (offset 16)"),
    ],
    [
      "POST /b",
      Buffer.from('{"stringValue":"\xed\xa0\x80"}', "latin1"),
      notJson("expected valid UTF-8 at line 1, column 17 (offset 16)"),
    ],
    [
      "POST /b",
      '{"stringValue":"\u0001"}',
      notJson("expected an escape in place of a control character at line 1, column 17 (offset 16)"),
    ],
    ["POST /b", "\ufeff{}", notJson("expected a value at line 1, column 1 (offset 0)")],
    [
      "POST /b",
      nested(100, "{}"),
      statusBody(
        3,
        "cannot read the body: it is nested more than 100 levels deep (at line 1, column 901 (offset 900))",
        "GW_BODY_TOO_DEEP",
      ),
    ],
    [
      "POST /b/value",
      "[".repeat(5_000),
      statusBody(
        3,
        "cannot read the body: it is nested more than 100 levels deep (at line 1, column 101 (offset 100))",
        "GW_BODY_TOO_DEEP",
      ),
    ],

    ["POST /b", "[]", invalid(`message ${kinds}`, "expected an object, got an array", "$", "")],
    ["POST /b", "null", invalid(`message ${kinds}`, "expected an object, got null", "$", "")],
    ["POST /b", '{"int32Value":"abc"}', value("int32_value", 'expected int32, got "abc"', "int32Value")],
    ["POST /b", '{"int32Value":2147483648}', value("int32_value", "expected int32, got 2147483648", "int32Value")],
    ["POST /b", '{"int32Value":1.5}', value("int32_value", "expected int32, got 1.5", "int32Value")],
    ["POST /b", '{"int32Value":{}}', value("int32_value", "expected int32, got an object", "int32Value")],
    [
      "POST /b",
      '{"int64Value":9223372036854775808}',
      value("int64_value", "expected int64, got 9223372036854775808", "int64Value"),
    ],
    ["POST /b", '{"uint64Value":"-1"}', value("uint64_value", 'expected uint64, got "-1"', "uint64Value")],
    ["POST /b", '{"doubleValue":1e400}', value("double_value", "expected double, got 1e400", "doubleValue")],
    ["POST /b", '{"floatValue":1e39}', value("float_value", "expected float, got 1e39", "floatValue")],
    ["POST /b", '{"stringValue":1}', value("string_value", "expected string, got 1", "stringValue")],
    ["POST /b", '{"boolValue":"true"}', value("bool_value", 'expected bool, got "true"', "boolValue")],
    ["POST /b", '{"bytesValue":"!"}', value("bytes_value", 'expected bytes, got "!"', "bytesValue")],
    ["POST /b", '{"color":"PINK"}', value("color", `expected ${color}, got "PINK"`, "color")],
    ["POST /b", '{"repeatedInt32":1}', value("repeated_int32", "expected a list of int32, got 1", "repeatedInt32")],
    ["POST /b", '{"timestamp":"never"}', value("timestamp", `expected ${timestamp}, got "never"`, "timestamp")],
    ["POST /b", '{"int32Value":1,"int32Value":1}', value("int32_value", "the field is set twice", "int32Value")],
    ["POST /b", '{"int32Value":1,"int32_value":1}', value("int32_value", "the field is set twice", "int32_value")],
    [
      "POST /b",
      '{"choiceText":"a","choiceNumber":1}',
      value("choice_number", "another field of oneof choice is set already", "choiceNumber"),
    ],
    [
      "POST /b",
      '{"any":{"@type":"type.googleapis.com/a.B"}}',
      value("any", 'the type "type.googleapis.com/a.B" is not known', "any"),
    ],
    [
      "POST /b",
      '{"repeatedNote":[{},{"weight":"x"}]}',
      invalid(`field ${note}.weight`, 'expected int32, got "x"', "$.repeatedNote[1].weight", "repeated_note[1].weight"),
    ],
    [
      "POST /b",
      '{"repeatedInt32":[1,null]}',
      invalid(`field ${kinds}.repeated_int32`, "expected int32, got null", "$.repeatedInt32[1]", "repeated_int32[1]"),
    ],
    [
      "POST /b",
      '{"stringToMessage":{"a":{"weight":[]}}}',
      invalid(
        `field ${note}.weight`,
        "expected int32, got an array",
        "$.stringToMessage.a.weight",
        "string_to_message[a].weight",
      ),
    ],
    [
      "POST /b",
      '{"int32ToString":{"x":""}}',
      invalid(
        `field ${kinds}.int32_to_string`,
        'expected a key that is int32, got "x"',
        "$.int32ToString.x",
        "int32_to_string[x]",
      ),
    ],
    [
      "POST /b",
      '{"stringToString":{"a":"1","a":"2"}}',
      invalid(
        `field ${kinds}.string_to_string`,
        'the key "a" stands twice',
        "$.stringToString.a",
        "string_to_string[a]",
      ),
    ],
    [
      "POST /b/list",
      "{}",
      invalid(`field ${kinds}.repeated_note`, `expected a list of ${note}, got an object`, "$", "repeated_note"),
    ],
    [
      "POST /b/list",
      '[{"weight":"x"}]',
      invalid(`field ${note}.weight`, 'expected int32, got "x"', "$[0].weight", "repeated_note[0].weight"),
    ],
    ["POST /b/int64", '"x"', invalid(`field ${kinds}.int64_value`, 'expected int64, got "x"', "$", "int64_value")],

    ["POST /b", '{"__proto__":{}}', unknown(kinds, 'it has no field "__proto__"', "$.__proto__", "__proto__")],
    ["POST /b", '{"constructor":1}', unknown(kinds, 'it has no field "constructor"', "$.constructor", "constructor")],
    [
      "POST /b",
      '{"note":{"reply":{"textt":1}}}',
      unknown(note, 'it has no field "textt"; did you mean "text"?', "$.note.reply.textt", "note.reply.textt"),
    ],

    [
      "DELETE /b/none/a",
      "{}",
      statusBody(3, "cannot take a body: the rule of this method and path has none", "GW_BODY_UNEXPECTED"),
    ],
    [
      "POST /b/none",
      " ",
      statusBody(3, "cannot take a body: the rule of this method and path has none", "GW_BODY_UNEXPECTED"),
    ],
  ])("%s %s", async (request, body, expected) => {
    const [httpMethod = "", path = ""] = request.split(" ");
    const answer = await stage.ask({ method: httpMethod, path, body });
    expect({ status: answer.status, body: answer.body }).toEqual({ status: 400, body: expected });
    expect(await stage.sawAfterAll()).toEqual([]);
  });
});

function nested(levels: number, innermost: string): string {
  return `${'{"kinds":'.repeat(levels)}${innermost}${"}".repeat(levels)}`;
}
