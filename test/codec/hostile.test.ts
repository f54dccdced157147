import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { createCodec, createWriter } from "../../src/codec/index.js";
import { GatewayError } from "../../src/core/index.js";
import { compileProto } from "./support/compile-proto.js";
import { messageOf } from "./support/conformance-schema.js";
import { kindsSchema } from "./support/kinds.js";

setFlagsFromString("--expose-gc");
const gc = runInNewContext("gc") as () => void;

const SIZE = 300_000;
const KEYS = SIZE / 12;
const kinds = messageOf(kindsSchema, "t.Kinds");
const hex = (text: string): Buffer => Buffer.from(text.replaceAll(" ", ""), "hex");
const repeated = (text: string): string => text.repeat(Math.floor(SIZE / text.length));

/** What a run takes: bytes allocated, as far as they are not collected before its end, and milliseconds of CPU. It may be refused. */
function cost(run: () => unknown): { memory: number; time: number } {
  gc();
  const before = process.memoryUsage();
  const start = process.cpuUsage();
  try {
    run();
  } catch (error) {
    expect(error).toBeInstanceOf(GatewayError);
  }
  const { user, system } = process.cpuUsage(start);
  const after = process.memoryUsage();
  const memory = after.heapUsed - before.heapUsed + after.arrayBuffers - before.arrayBuffers;
  return { memory, time: (user + system) / 1000 };
}

describe("300 KB of text take a small multiple of that and less than a second, whatever they hold", () => {
  it.each<[title: string, json: string]>([
    ["white space", " ".repeat(SIZE)],
    ["open brackets", "[".repeat(SIZE)],
    ["one number of a double", `{"doubleValue":${"7".repeat(SIZE)}}`],
    ["one number of an int64", `{"int64Value":1${"0".repeat(SIZE)}}`],
    ["a fraction of zeros", `{"doubleValue":0.${"0".repeat(SIZE)}1}`],
    ["an exponent", `{"doubleValue":1e${"9".repeat(SIZE)}}`],
    ["escapes", `{"stringValue":"${repeated("\\u00e9")}"}`],
    ["a string that does not end", `{"stringValue":"${repeated("é")}`],
    ["empty messages", `{"children":[${repeated("{},")}{}]}`],
    ["empty maps, one inside the other", `{"children":[${repeated('{"labels":{"":""}},')}{}]}`],
    ["keys of a map", `{"labels":{${Array.from({ length: KEYS }, (_, i) => `"key ${i}":""`).join()}}}`],
    ["keys of a Struct", `{"struct":{${Array.from({ length: KEYS }, (_, i) => `"${i}":0`).join()}}}`],
    ["members that nobody knows", `{${Array.from({ length: KEYS }, (_, i) => `"${i}":0`).join()}}`],
    ["a FieldMask", `{"mask":"${repeated("a.bC,")}a"}`],
    ["a timestamp", `{"timestamp":"${repeated("2024-")}"}`],
    ["a duration", `{"duration":"${"1".repeat(SIZE)}s"}`],
    ["base64", `{"bytesValue":"${"A".repeat(SIZE)}"}`],
    ["an Any that tells its type last", `{"any":{"value":[${repeated("0,")}0],"@type":"x/google.protobuf.ListValue"}}`],
    ["the name of an enum", `{"status":"${"A".repeat(SIZE)}"}`],
  ])("%s", (_title, json) => {
    const encode = createCodec(kindsSchema, { unknownFields: "ignore" }).encoder(kinds);
    const bytes = Buffer.from(json);
    const { memory, time } = cost(() => encode(bytes));
    expect(memory).toBeLessThan(24 * SIZE);
    expect(time).toBeLessThan(1000);
  });
});

describe("300 KB of wire bytes take a small multiple of that and less than a second, whatever they hold", () => {
  const field = (number: number, bytes: Uint8Array): Buffer => {
    const out = createWriter();
    out.bytesField(number, bytes);
    return Buffer.from(out.view());
  };

  it.each<[title: string, wire: Buffer]>([
    ["empty messages", Buffer.alloc(SIZE, hex("c20100"))],
    ["integers with a tag each", Buffer.alloc(SIZE, hex("b00101"))],
    ["one integer again and again", Buffer.alloc(SIZE, hex("1801"))],
    ["one message again and again", Buffer.alloc(SIZE, hex("8a01021801"))],
    ["one key again and again", Buffer.alloc(SIZE, hex("d201060a0161120162"))],
    ["keys of a map", Buffer.concat(Array.from({ length: KEYS }, (_, i) => field(26, field(1, Buffer.from(`${i}`)))))],
    ["groups that nobody knows", Buffer.alloc(SIZE, hex("c33e"))],
    ["control characters", field(14, Buffer.alloc(SIZE, 1))],
    ["bytes above ASCII", field(14, Buffer.alloc(SIZE, 0x80))],
    ["a length that lies", Buffer.concat([hex("72ffffff7f"), Buffer.alloc(SIZE)])],
    ["lengths that lie", Buffer.alloc(SIZE, hex("8a01ffff03"))],
    ["varints without an end", field(22, Buffer.alloc(SIZE, 0xff))],
    ["Values without a kind", field(34, Buffer.alloc(SIZE, hex("0a00")))],
    ["paths of a FieldMask", field(31, Buffer.alloc(SIZE, hex("0a03615f62")))],
  ])("%s", (_title, wire) => {
    const decode = createCodec(kindsSchema).decoder(kinds);
    const { memory, time } = cost(() => decode(wire));
    // Bytes that repeat fields are brought into canonical form, with an object for each value.
    expect(memory).toBeLessThan(60 * SIZE);
    expect(time).toBeLessThan(1000);
  });
});

describe("depth on the wire is limited to 100", () => {
  const schema = compileProto(`
    edition = "2023";
    package d;
    import "google/protobuf/any.proto";
    import "google/protobuf/struct.proto";
    message M {
      M group = 1 [features.message_encoding = DELIMITED];
      google.protobuf.Any any = 2;
      google.protobuf.Value value = 3;
      map<int32, M> map = 4;
      repeated M list = 5;
    }`);
  const type = messageOf(schema, "d.M");
  const decode = createCodec(schema).decoder(type);
  const encode = createCodec(schema).encoder(type);

  it.each<[title: string, json: (levels: number) => string, most: number]>([
    ["groups", (levels) => `${'{"group":'.repeat(levels - 1)}{}${"}".repeat(levels - 1)}`, 100],
    ["lists", (levels) => `${'{"list":['.repeat(levels - 1)}{}${"]}".repeat(levels - 1)}`, 100],
    ["maps", (levels) => `${'{"map":{"1":'.repeat(levels - 1)}{}${"}}".repeat(levels - 1)}`, 100],
    ["Values", (levels) => `{"value":${"[".repeat(levels)}${"]".repeat(levels)}}`, 99],
    ["Structs", (levels) => `{"value":${'{"a":'.repeat(levels)}1${"}".repeat(levels)}}`, 99],
    [
      "Anys",
      (levels) => {
        const open = '{"@type":"x/google.protobuf.Any","value":'.repeat(levels - 1);
        return `{"any":${open}{"@type":"x/d.M"}${"}".repeat(levels - 1)}}`;
      },
      99,
    ],
  ])("through %s", (_title, json, most) => {
    const wire = Buffer.from(encode(Buffer.from(json(most))));
    expect(decode(wire).toString()).toBe(json(most));
    expect(() => encode(Buffer.from(json(most + 1)))).toThrow("nested more than 100 levels deep");
    // One level more than JSON can give: the same bytes inside of a group.
    const deeper = Buffer.concat([hex("0b"), wire, hex("0c")]);
    expect(() => decode(deeper)).toThrow("they are nested more than 100 levels deep");
  });
});
