import { toBinary } from "@bufbuild/protobuf";
import { beforeAll, describe, expect, it } from "vitest";
import { createCodec } from "../../src/codec/index.js";
import type { Schema } from "../../src/schema/index.js";
import { buildDescriptors } from "../support/build-descriptors.js";
import { Oracle } from "../support/oracle.js";
import { comparable, expectSame, floatNames } from "./support/compare-json.js";
import {
  conformanceDescriptors,
  conformanceMessages,
  conformanceSchema,
  messageOf,
} from "./support/conformance-schema.js";
import { Random } from "./support/random.js";
import { randomWire } from "./support/random-wire.js";
import { sampleMessages, sampleSchema } from "./support/sample-schema.js";
import { seedsOf } from "./support/seeds.js";

const seeds = seedsOf(6);

/** A schema as we load it and as protobuf-es has it from another compiler. */
interface Pair {
  readonly schema: Schema;
  readonly oracle: Oracle;
}

/** A function for each type that compares both on the random message of a seed. */
function comparing({ schema, oracle }: Pair, names: readonly string[]): ((seed: number) => void)[] {
  const codec = createCodec(schema);
  const floats = floatNames(schema);
  return names.map((name) => {
    const type = messageOf(schema, name);
    const print = codec.decoder(type);
    const read = codec.encoder(type);
    const oracleType = oracle.type(name);
    return (seed) => {
      const wire = randomWire(new Random(seed), schema, type);
      const theirs = oracle.decode(oracleType, wire);
      const ourText = print(wire).toString();
      const theirJson = oracle.printJson(oracleType, theirs);
      const what = `${name}, seed ${seed}`;
      expectSame(comparable(JSON.parse(ourText), floats), comparable(theirJson, floats), what);
      const ourBytes = Uint8Array.from(read(Buffer.from(ourText)));
      // By bytes and not by `equals`, to which NaN differs from NaN.
      expectSame(toBinary(oracleType, oracle.decode(oracleType, ourBytes)), toBinary(oracleType, theirs), what);
      expectSame(print(ourBytes).toString(), ourText, what);
      const back = oracle.decode(oracleType, read(Buffer.from(textOf(theirJson))));
      expectSame(oracle.printJson(oracleType, back), theirJson, what);
    };
  });
}

/** As JSON.stringify, which prints -0 as 0. */
function textOf(value: unknown): string {
  if (Object.is(value, -0)) return "-0";
  if (Array.isArray(value)) return `[${value.map(textOf).join()}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  return `{${Object.entries(value).map(([key, member]) => `${JSON.stringify(key)}:${textOf(member)}`)}}`;
}

describe("our ProtoJSON and that of protobuf-es", () => {
  let conformance: Pair;
  let samples: Pair;

  beforeAll(() => {
    conformance = { schema: conformanceSchema(), oracle: new Oracle(conformanceDescriptors()) };
    samples = {
      schema: sampleSchema(),
      oracle: new Oracle(buildDescriptors([{ root: "proto", paths: ["portico"] }])),
    };
  });

  it.each(conformanceMessages)("agree on random messages of %s", (name) => {
    const all = comparing(conformance, [name]);
    for (const seed of seeds(100)) for (const compare of all) compare(seed);
  });

  it("agree on random messages of every sample service", () => {
    const all = comparing(samples, sampleMessages(samples.schema));
    expect(all.length).toBeGreaterThan(60);
    for (const seed of seeds(30)) for (const compare of all) compare(seed);
  });
});
