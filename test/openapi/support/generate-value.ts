import type { JsonObject, JsonSchema, JsonValue, OpenApiDocument } from "../../../src/openapi/index.js";
import type { Random } from "../../rules/support/random.js";
import { asList, asObject, resolve } from "./read-document.js";

/** What fits the patterns that documents have, by pattern. */
const samples: Readonly<Record<string, readonly string[]>> = {
  "^[^/]+$": ["ada", "alan", "1001", "cpu", "lobby", "a b", "ü%"],
  "^[^/].*$": ["docs/readme.md", "notes/a b", "x"],
  "^-?[0-9]{1,12}(\\.[0-9]{1,9})?s$": ["0s", "1.5s", "-3.000000001s", "315576000000s"],
  "^-?[0-9]+$": ["0", "-7", "2147483647"],
  "^[0-9]+$": ["0", "7", "4294967295"],
  "^([^,_]+(,[^,_]+)*)?$": ["", "name", "displayName,address.city"],
  "^[0-9]{1,9}(\\.[0-9]{1,9})?$": ["30", "59.5"],
  "^[A-Za-z0-9._:/+=@-]{1,128}$": ["req-1", "00f067aa0ba902b7"],
};

const texts: readonly string[] = [
  "",
  "text",
  "ada@example.com",
  "ü€😀",
  'a"b\\c',
  "line\nline",
  "0",
  "true",
  "users/ada",
];

const formats: Readonly<Record<string, readonly JsonValue[]>> = {
  "date-time": [
    "2024-05-06T07:08:09Z",
    "0001-01-01T00:00:00Z",
    "9999-12-31T23:59:59.999999999Z",
    "2024-01-01T00:00:00+02:00",
  ],
  byte: ["", "AA==", "AAEC", "/+8="],
  int32: [0, 1, -1, 2147483647, -2147483648],
  uint32: [0, 1, 4294967295],
  double: [0, 1.5, -1e300, 5e-324],
  float: [0, 1.5, -3.4e38],
};

const longs: Readonly<Record<string, readonly string[]>> = {
  int64: ["0", "1", "-1", "9223372036854775807", "-9223372036854775808"],
  uint64: ["0", "1", "18446744073709551615"],
};

/** An Any must name a type that the gateway knows, which no schema can say. */
const anys: readonly JsonValue[] = [
  {},
  { "@type": "type.googleapis.com/portico.examples.v1.Note", text: "x" },
  { "@type": "type.googleapis.com/google.protobuf.Duration", value: "1s" },
];

/** Makes values of a document's schemas: what a client that knows nothing but the document may send. */
export function createGenerator(
  document: OpenApiDocument,
  random: Random,
): (schema: JsonSchema, chance: number) => JsonValue {
  /** `chance` in percent is that of a member that need not be there. */
  const generate = (schema: JsonSchema, chance: number, depth: number): JsonValue => {
    if (schema["$ref"] === "#/components/schemas/google.protobuf.Any") return random.pick(anys);
    const resolved = resolve(document, schema);
    const options = asList(resolved["anyOf"]);
    if (options.length > 0) return generate(asObject(random.pick(options)), chance, depth);
    const values = asList(resolved["enum"]);
    if (values.length > 0) return random.pick(values);
    const { type } = resolved;
    const kind = Array.isArray(type) ? random.pick(type as readonly JsonValue[]) : type;
    switch (kind) {
      case undefined:
        return random.pick<JsonValue>(["text", 1.5, true, null, { a: [1] }, []]);
      case "null":
        return null;
      case "boolean":
        return random.below(2) === 0;
      case "string":
        return text(resolved);
      case "integer":
      case "number":
        return number(resolved);
      case "array":
        return depth > 4
          ? []
          : Array.from({ length: random.below(3) }, () => generate(asObject(resolved["items"]), chance, depth + 1));
      default:
        return object(resolved, chance, depth);
    }
  };

  const text = (schema: JsonSchema): JsonValue => {
    const { format, pattern, contentSchema } = schema;
    if (contentSchema !== undefined) return JSON.stringify(generate(asObject(contentSchema), 30, 3));
    if (typeof pattern === "string") {
      const found = samples[pattern];
      if (found === undefined) throw new Error(`no sample fits ${pattern}`);
      return random.pick(found);
    }
    if (typeof format === "string") return random.pick(longs[format] ?? formats[format] ?? texts);
    return random.pick(schema["minLength"] === 1 ? texts.filter((one) => one !== "") : texts);
  };

  const number = ({ format }: JsonSchema): JsonValue => {
    const long = longs[String(format)];
    if (long !== undefined) return Number(random.pick(long.slice(0, format === "int64" ? 3 : 2)));
    return random.pick(formats[String(format)] ?? [0, 1, -1.5]);
  };

  const object = (schema: JsonSchema, chance: number, depth: number): JsonObject => {
    const out: Record<string, JsonValue> = {};
    const required = asList(schema["required"]);
    for (const [name, member] of Object.entries(asObject(schema["properties"]))) {
      if (asObject(member)["readOnly"] === true) continue;
      if (required.includes(name) || (depth < 4 && random.below(100) < chance)) {
        out[name] = generate(asObject(member), chance, depth + 1);
      }
    }
    const { additionalProperties, propertyNames } = schema;
    if (additionalProperties !== undefined && random.below(2) === 0) {
      const keys = asObject(propertyNames);
      const known = asList(keys["enum"]);
      const key = known.length > 0 ? random.pick(known) : keys["pattern"] === undefined ? "key" : text(keys);
      out[String(key)] = generate(asObject(additionalProperties), chance, depth + 1);
    }
    return out;
  };

  return (schema, chance) => generate(schema, chance, 0);
}
