import { describe, expect, it } from "vitest";
import { statusBody, useStage } from "./support/use-stage.js";

const stage = useStage();
const method = "portico.e2e.v1.Queries/Get";

/** A query that sets these fields of the request. */
type Sets = readonly [query: string, message: unknown];

function sets(rows: readonly Sets[]): void {
  it.each(rows)("%s", async (query, message) => {
    const { status, body } = await stage.ask({ path: `/q?${query}` });
    expect({ status, body }).toEqual({ status: 200, body: {} });
    expect(stage.saw()).toEqual([{ method, message }]);
  });
}

describe("a query sets a scalar", () => {
  sets([
    ["", {}],
    ["&&", {}],
    ["double_value=1e3", { doubleValue: 1000 }],
    ["double_value=-0", { doubleValue: -0 }],
    ["float_value=Infinity", { floatValue: "Infinity" }],
    ["int32_value=-1", { int32Value: -1 }],
    ["int64_value=9007199254740993", { int64Value: "9007199254740993" }],
    ["uint32_value=4294967295", { uint32Value: 4294967295 }],
    ["uint64_value=18446744073709551615", { uint64Value: "18446744073709551615" }],
    ["sint32_value=-1&sint64_value=-2", { sint32Value: -1, sint64Value: "-2" }],
    ["fixed32_value=1&fixed64_value=2", { fixed32Value: 1, fixed64Value: "2" }],
    ["sfixed32_value=-1&sfixed64_value=-2", { sfixed32Value: -1, sfixed64Value: "-2" }],
    ["bool_value=true", { boolValue: true }],
    ["string_value=a", { stringValue: "a" }],
    ["bytes_value=AP8%3D", { bytesValue: "AP8=" }],
    ["bytes_value=_-8", { bytesValue: "/+8=" }],
    ["color=BLUE", { color: "BLUE" }],
    ["color=3", { color: "BLUE" }],
    ["null_value=null", {}],
  ]);
});

describe("a query names fields", () => {
  sets([
    ["stringValue=a", { stringValue: "a" }],
    ["string_value=a", { stringValue: "a" }],
    ["string%5Fvalue=a", { stringValue: "a" }],
    ["renamed=a", { calledOtherwise: "a" }],
    ["calledOtherwise=a", { calledOtherwise: "a" }],
    ["note.text=a&note.weight=2", { note: { text: "a", weight: 2 } }],
    ["note.reply.reply.text=deep&note.text=a", { note: { text: "a", reply: { reply: { text: "deep" } } } }],
    ["kinds.kinds.note.text=a", { kinds: { kinds: { note: { text: "a" } } } }],
    [
      "kinds.string_to_string%5Ba.b%5D=1&kinds.string_to_string[c]=2",
      { kinds: { stringToString: { "a.b": "1", c: "2" } } },
    ],
  ]);

  it("100 levels deep, and no deeper", async () => {
    const deepest = `${"kinds.".repeat(99)}int32_value`;
    expect((await stage.ask({ path: `/q?${deepest}=7` })).status).toBe(200);
    const [call] = stage.saw();
    expect(JSON.stringify(call?.message).match(/kinds/g)).toHaveLength(99);

    const why = "it is nested more than 100 levels deep";
    const name = `${"kinds.".repeat(99).slice(0, 79)}…`;
    for (const deeper of [`kinds.${deepest}`, `${"kinds.".repeat(2_000)}int32_value`]) {
      const { status, body } = await stage.ask({ path: `/q?${deeper}=7` });
      expect({ status, body }).toEqual({
        status: 400,
        body: statusBody(3, `unknown query parameter "${name}": ${why}`, "GW_QUERY_UNKNOWN", {
          field: name,
          description: why,
        }),
      });
      expect(await stage.sawAfterAll()).toEqual([]);
    }
  });
});

describe("a query decodes values", () => {
  sets([
    ["string_value=a+b", { stringValue: "a b" }],
    ["string_value=a%2Bb", { stringValue: "a+b" }],
    ["string_value=a%20b%26c%3Dd", { stringValue: "a b&c=d" }],
    ["string_value=a=b=c", { stringValue: "a=b=c" }],
    ["string_value=", {}],
    ["string_value", {}],
    ["optional_string=", { optionalString: "" }],
    ["optional_int32=0", { optionalInt32: 0 }],
    ["bytes_value=", {}],
    ["string_value=%F0%9F%90%99", { stringValue: "🐙" }],
    ["string_value=%25zz", { stringValue: "%zz" }],
    ["string_value=a?b/c", { stringValue: "a?b/c" }],
    ["string_value=__proto__", { stringValue: "__proto__" }],
    ["int32_value=1#int32_value=2", { int32Value: 1 }],
  ]);
});

describe("a query sets lists", () => {
  sets([
    ["repeated_string=a&repeated_string=&repeatedString=a", { repeatedString: ["a", "", "a"] }],
    ["repeated_int32=1&repeated_int32=0&repeated_int32=-1", { repeatedInt32: [1, 0, -1] }],
    ["unpacked_int32=1&unpacked_int32=2", { unpackedInt32: [1, 2] }],
    ["repeated_int64=1&repeated_uint64=2", { repeatedInt64: ["1"], repeatedUint64: ["2"] }],
    ["repeated_bool=true&repeated_bool=0", { repeatedBool: [true, false] }],
    ["repeated_double=1.5&repeated_double=NaN", { repeatedDouble: [1.5, "NaN"] }],
    ["repeated_bytes=AA&repeated_bytes=_w", { repeatedBytes: ["AA==", "/w=="] }],
    ["repeated_color=RED&repeated_color=2", { repeatedColor: ["RED", "GREEN"] }],
    [
      "repeated_timestamp=2024-01-01T00:00:00Z&repeated_timestamp=2024-01-02T00:00:00Z",
      { repeatedTimestamp: ["2024-01-01T00:00:00Z", "2024-01-02T00:00:00Z"] },
    ],
    ["repeated_note=%7B%22text%22:%22a%22%7D&repeated_note=%7B%7D", { repeatedNote: [{ text: "a" }, {}] }],
  ]);
});

describe("a query sets map entries", () => {
  sets([
    ["int32_to_string[-1]=a", { int32ToString: { "-1": "a" } }],
    ["int64_to_string[9007199254740993]=a", { int64ToString: { "9007199254740993": "a" } }],
    ["uint32_to_string[4294967295]=a", { uint32ToString: { "4294967295": "a" } }],
    ["uint64_to_string[18446744073709551615]=a", { uint64ToString: { "18446744073709551615": "a" } }],
    ["sint32_to_string[-2]=a&sint64_to_string[-3]=b", { sint32ToString: { "-2": "a" }, sint64ToString: { "-3": "b" } }],
    ["fixed32_to_string[1]=a&fixed64_to_string[2]=b", { fixed32ToString: { "1": "a" }, fixed64ToString: { "2": "b" } }],
    [
      "sfixed32_to_string[-1]=a&sfixed64_to_string[-2]=b",
      { sfixed32ToString: { "-1": "a" }, sfixed64ToString: { "-2": "b" } },
    ],
    ["bool_to_string[true]=a&bool_to_string[0]=b", { boolToString: { true: "a", false: "b" } }],
    ["string_to_string[a]=1&stringToString[b]=2", { stringToString: { a: "1", b: "2" } }],
    ["string_to_string%5Ba%20b%5D=1", { stringToString: { "a b": "1" } }],
    ["string_to_string[]=empty", { stringToString: { "": "empty" } }],
    ["string_to_string[a]]=1", { stringToString: { "a]": "1" } }],
    ["string_to_string[constructor]=1", { stringToString: { constructor: "1" } }],
    ["string_to_int64[a]=5&string_to_bool[a]=1", { stringToInt64: { a: "5" }, stringToBool: { a: true } }],
    ["string_to_bytes[a]=_w&string_to_color[a]=RED", { stringToBytes: { a: "/w==" }, stringToColor: { a: "RED" } }],
    ["string_to_double[a]=-Infinity", { stringToDouble: { a: "-Infinity" } }],
    ["string_to_message[a]=%7B%22text%22:%22b%22%7D", { stringToMessage: { a: { text: "b" } } }],
    ["string_to_value[a]=%5B1,null%5D", { stringToValue: { a: [1, null] } }],
  ]);

  it("__proto__ is a key like any other", async () => {
    const { status } = await stage.ask({ path: "/q?string_to_string[__proto__]=polluted" });
    expect(status).toBe(200);
    // protobuf-es gives a plain object, whose __proto__ is no member; so the bytes are looked at.
    const [bytes] = stage.upstream.calls[0]?.messages ?? [];
    expect(Buffer.from(bytes ?? [])).toEqual(
      Buffer.concat([
        Buffer.from([0xa2, 3, 21, 10, 9]),
        Buffer.from("__proto__"),
        Buffer.from([18, 8]),
        Buffer.from("polluted"),
      ]),
    );
    expect(Object.keys(Object.prototype)).toEqual([]);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });
});

describe("a query sets messages with a text form", () => {
  sets([
    ["timestamp=2024-02-29T23:59:59.123456789Z", { timestamp: "2024-02-29T23:59:59.123456789Z" }],
    ["timestamp=2024-01-01T00:00:00%2B01:00", { timestamp: "2023-12-31T23:00:00Z" }],
    ["duration=-0.5s", { duration: "-0.500s" }],
    ["field_mask=stringValue,note.text", { fieldMask: "stringValue,note.text" }],
    ["field_mask=string_value", { fieldMask: "stringValue" }],
    ["field_mask=", { fieldMask: "" }],
    ["struct=%7B%22a%22:%5B1,true,null,%22x%22%5D%7D", { struct: { a: [1, true, null, "x"] } }],
    ["value=%22text%22", { value: "text" }],
    ["value=null", { value: null }],
    ["value=3.5", { value: 3.5 }],
    ["list_value=%5B1,%5B%5D%5D", { listValue: [1, []] }],
    [
      "any=%7B%22@type%22:%22type.googleapis.com/portico.examples.v1.Note%22,%22text%22:%22a%22%7D",
      {
        any: { "@type": "type.googleapis.com/portico.examples.v1.Note", text: "a" },
      },
    ],
    ["empty=%7B%7D", { empty: {} }],
    ["note=%7B%22text%22:%22a%22,%22reply%22:%7B%7D%7D", { note: { text: "a", reply: {} } }],
    ["wrapped_double=1.5&wrapped_float=2.5", { wrappedDouble: 1.5, wrappedFloat: 2.5 }],
    ["wrapped_int32=0&wrapped_int64=0", { wrappedInt32: 0, wrappedInt64: "0" }],
    ["wrapped_uint32=1&wrapped_uint64=2", { wrappedUint32: 1, wrappedUint64: "2" }],
    ["wrapped_bool=false", { wrappedBool: false }],
    ["wrapped_string=", { wrappedString: "" }],
    ["wrapped_string.value=a", { wrappedString: "a" }],
    ["wrapped_bytes=_w", { wrappedBytes: "/w==" }],
    ["timestamp.seconds=60&duration.nanos=5", { timestamp: "1970-01-01T00:01:00Z", duration: "0.000000005s" }],
  ]);
});

describe("a query sets a oneof", () => {
  sets([
    ["choice_text=a", { choiceText: "a" }],
    ["choice_text=", { choiceText: "" }],
    ["choice_number=0", { choiceNumber: "0" }],
    ["choice_flag=false", { choiceFlag: false }],
    ["choice_color=RED", { choiceColor: "RED" }],
    ["choice_note.text=a&choice_note.weight=1", { choiceNote: { text: "a", weight: 1 } }],
    ["choice_duration=1s", { choiceDuration: "1s" }],
    ["choice_null=NULL_VALUE", { choiceNull: null }],
  ]);
});

describe("parts of one message are joined, for upstreams that keep the last occurrence alone", () => {
  it.each<[path: string, put: { method?: string; body?: string }, message: unknown]>([
    [
      "/q/held/a?note.weight=1&note.reply.text=b&note.reply.weight=2",
      {},
      {
        note: { text: "a", weight: 1, reply: { text: "b", weight: 2 } },
      },
    ],
    [
      "/q?note.reply.text=b&int32_value=1&note.text=a",
      {},
      { int32Value: 1, note: { text: "a", reply: { text: "b" } } },
    ],
    [
      "/q/body?kinds.note.text=c&kinds.int32_value=4",
      { method: "POST", body: '{"text":"a"}' },
      { note: { text: "a" }, kinds: { int32Value: 4, note: { text: "c" } } },
    ],
  ])("%s", async (path, put, message) => {
    expect((await stage.ask({ path, ...put })).status).toBe(200);
    expect(stage.saw()).toEqual([{ method, message }]);
  });
});

describe("a query that cannot be read is refused, and nothing is sent", () => {
  const kinds = "portico.examples.v1.Kinds";
  const invalid = (field: string, name: string, why: string) =>
    statusBody(3, `cannot read field ${name} from text: expected ${why}`, "GW_FIELD_INVALID", {
      field,
      description: `expected ${why}`,
    });
  const unknown = (name: string, why: string) =>
    statusBody(3, `unknown query parameter ${JSON.stringify(name)}: ${why}`, "GW_QUERY_UNKNOWN", {
      field: name,
      description: why,
    });
  const repeated = (field: string, how: string, why: string) =>
    statusBody(3, `cannot set field ${field} ${how}in the query: ${why}`, "GW_QUERY_REPEATED", {
      field,
      description: why,
    });
  const malformed = (text: string, why: string) =>
    statusBody(3, `cannot read the query at ${JSON.stringify(text)}: ${why}`, "GW_URL_MALFORMED");
  const noText = "a percent escape is malformed or no UTF-8";

  it.each<[path: string, body: unknown]>([
    ["/q?string_value=%", malformed("%", noText)],
    ["/q?string_value=%f", malformed("%f", noText)],
    ["/q?string_value=%zz", malformed("%zz", noText)],
    ["/q?string_value=%ff", malformed("%ff", noText)],
    ["/q?string_value=%ED%A0%80", malformed("%ED%A0%80", noText)],
    ["/q?%zz=1", malformed("%zz", noText)],
    ["/q?string_value=a%00b", malformed("a%00b", "it has a NUL byte")],
    ["/q?string_to_string[%00]=1", malformed("string_to_string[%00]", "it has a NUL byte")],

    ["/q?strin_value=1", unknown("strin_value", `${kinds} has no field "strin_value"; did you mean "string_value"?`)],
    ["/q?note.txet=1", unknown("note.txet", `portico.examples.v1.Note has no field "txet"; did you mean "text"?`)],
    ["/q?zzzzzzzz", unknown("zzzzzzzz", `${kinds} has no field "zzzzzzzz"`)],
    ["/q?=1", unknown("", `${kinds} has no field ""`)],
    ["/q?__proto__=1", unknown("__proto__", `${kinds} has no field "__proto__"`)],
    ["/q?constructor.name=1", unknown("constructor.name", `${kinds} has no field "constructor"`)],
    ["/q?toString=1", unknown("toString", `${kinds} has no field "toString"`)],
    [
      "/q?STRING_VALUE=1",
      unknown("STRING_VALUE", `${kinds} has no field "STRING_VALUE"; did you mean "string_value"?`),
    ],
    ["/q?note.=1", unknown("note.", `portico.examples.v1.Note has no field ""`)],
    ["/q?.note=1", unknown(".note", `${kinds} has no field ""`)],
    [
      "/q?string_value.a=1",
      unknown("string_value.a", `${kinds}.string_value is no message, a path cannot lead through it`),
    ],
    [
      "/q?repeated_note.text=1",
      unknown("repeated_note.text", `${kinds}.repeated_note is repeated, a path cannot lead through it`),
    ],
    [
      "/q?string_to_message.a=1",
      unknown("string_to_message.a", `${kinds}.string_to_message is map, a path cannot lead through it`),
    ],
    [
      "/q?string_to_string=1",
      unknown("string_to_string", `${kinds}.string_to_string is a map: name an entry as string_to_string[key]`),
    ],
    [
      "/q?string_to_string[a=1",
      unknown("string_to_string[a", `an entry of ${kinds}.string_to_string is named as string_to_string[key]`),
    ],
    ["/q?string_value[a]=1", unknown("string_value[a]", `${kinds}.string_value is no map`)],
    [
      "/q?string_to_message[a].text=1",
      unknown("string_to_message[a].text", `an entry of ${kinds}.string_to_message is named as string_to_message[key]`),
    ],
    ["/q/held/a?note.text=b", unknown("note.text", "the path holds note.text")],
    ["/q/held/a?note=%7B%7D", unknown("note", "the path holds note.text")],

    ["/q?int32_value=1&int32_value=1", repeated("int32_value", "twice ", "it takes one value")],
    ["/q?int32_value=1&int32Value=2", repeated("int32_value", "twice ", "it takes one value")],
    ["/q?note.text=1&note.text=2", repeated("note.text", "twice ", "it takes one value")],
    ["/q?string_to_string[a]=1&stringToString[a]=2", repeated("string_to_string[a]", "twice ", "it takes one value")],
    ["/q?note=%7B%7D&note.text=a", repeated("note.text", "", "note is set as a whole")],
    ["/q?note.text=a&note=%7B%7D", repeated("note", "as a whole ", "note.text is set as well")],
    [
      "/q?wrapped_int32=1&wrapped_int32.value=2",
      repeated("wrapped_int32.value", "", "wrapped_int32 is set as a whole"),
    ],
    ["/q?kinds=%7B%7D&kinds.note.text=a", repeated("kinds.note.text", "", "kinds is set as a whole")],
    [
      "/q?choice_text=a&choice_number=1",
      repeated("choice_number", "", `oneof ${kinds}.choice is already set by choice_text`),
    ],
    [
      "/q?choice_text=a&choice_note.text=1",
      repeated("choice_note.text", "", `oneof ${kinds}.choice is already set by choice_text`),
    ],
    [
      "/q/choice/a?choice_number=1",
      repeated("choice_number", "", `oneof ${kinds}.choice is already set by choice_text`),
    ],

    ["/q?int32_value=", invalid("int32_value", `${kinds}.int32_value`, 'int32, got ""')],
    ["/q?int32_value=1.5", invalid("int32_value", `${kinds}.int32_value`, 'int32, got "1.5"')],
    ["/q?bool_value=TRUE", invalid("bool_value", `${kinds}.bool_value`, 'bool, got "TRUE"')],
    ["/q?double_value=1,5", invalid("double_value", `${kinds}.double_value`, 'double, got "1,5"')],
    ["/q?bytes_value=A", invalid("bytes_value", `${kinds}.bytes_value`, 'bytes, got "A"')],
    ["/q?repeated_int32=1&repeated_int32=x", invalid("repeated_int32", `${kinds}.repeated_int32`, 'int32, got "x"')],
    ["/q?note.weight=x", invalid("note.weight", "portico.examples.v1.Note.weight", 'int32, got "x"')],
    [
      "/q?int32_to_string[x]=a",
      invalid("int32_to_string[x]", `${kinds}.int32_to_string`, 'a key that is int32, got "x"'),
    ],
    ["/q?string_to_int64[a]=x", invalid("string_to_int64[a]", `${kinds}.string_to_int64`, 'int64, got "x"')],
    ["/q?color=", invalid("color", `${kinds}.color`, 'a value of enum portico.examples.v1.Color, got ""')],
    ["/q?struct=x", invalid("struct", `${kinds}.struct`, 'google.protobuf.Struct as JSON, got "x"')],
    [
      "/q?note=%7B%22txet%22:1%7D",
      invalid("note", `${kinds}.note`, 'portico.examples.v1.Note as JSON, got "{\\"txet\\":1}"'),
    ],
    [
      "/q?timestamp=0000-01-01T00:00:00Z",
      invalid(
        "timestamp",
        `${kinds}.timestamp`,
        'a timestamp as RFC 3339 has it, from year 1 to 9999, got "0000-01-01T00:00:00Z"',
      ),
    ],
    ["/q?duration=1", invalid("duration", `${kinds}.duration`, 'seconds such as "1.5s", up to 315576000000, got "1"')],
  ])("%s", async (path, body) => {
    const answer = await stage.ask({ path });
    expect({ status: answer.status, body: answer.body }).toEqual({ status: 400, body });
    expect(await stage.sawAfterAll()).toEqual([]);
  });

  it.each<[path: string, sent: string, body: unknown]>([
    ["/q/whole?int32_value=1", "{}", unknown("int32_value", "the body holds the whole request")],
    ["/q/body?note.text=a", "{}", unknown("note.text", "the body holds note")],
    ["/q/body?note=%7B%7D", "{}", unknown("note", "the body holds note")],
    [
      "/q/choice?choice_text=a",
      '{"text":"b"}',
      repeated("choice_text", "", `oneof ${kinds}.choice is already set by choice_note`),
    ],
  ])("POST %s with %s", async (path, sent, body) => {
    const answer = await stage.ask({ method: "POST", path, body: sent });
    expect({ status: answer.status, body: answer.body }).toEqual({ status: 400, body });
    expect(await stage.sawAfterAll()).toEqual([]);
  });
});

describe("a query that goes on for long", () => {
  it("is read as far as the URL may be long", async () => {
    const words = Array.from({ length: 800 }, (_, i) => `w${i}`);
    const { status } = await stage.ask({ path: `/q?${words.map((word) => `repeatedString=${word}`).join("&")}` });
    expect(status).toBe(200);
    expect(stage.saw()).toEqual([{ method, message: { repeatedString: words } }]);
  });

  it("may name more parameters than a route keeps at hand", async () => {
    for (let from = 0; from < 1200; from += 300) {
      const entries = Array.from({ length: 300 }, (_, i) => [`k${from + i}`, "1"] as const);
      const query = entries.map(([key, value]) => `string_to_string[${key}]=${value}`).join("&");
      expect((await stage.ask({ path: `/q?${query}` })).status).toBe(200);
      expect(stage.saw()).toEqual([{ method, message: { stringToString: Object.fromEntries(entries) } }]);
    }
  });
});
