import { toBinary } from "@bufbuild/protobuf";
import { beforeAll, describe, expect, it } from "vitest";
import { createCodec } from "../../src/codec/index.js";
import { loadProtoFiles, type Schema } from "../../src/schema/index.js";
import { buildDescriptors } from "../support/build-descriptors.js";
import { Oracle } from "../support/oracle.js";
import { projectRoot } from "../support/project-root.js";
import { comparable, floatNames } from "./support/compare-json.js";
import {
  conformanceDescriptors,
  conformanceMessages,
  conformanceSchema,
  messageOf,
} from "./support/conformance-schema.js";
import { Random } from "./support/random.js";
import { randomWire } from "./support/random-wire.js";

const ROUNDS = 100;

/** A schema as we load it and as protobuf-es has it from another compiler. */
interface Pair {
  readonly schema: Schema;
  readonly oracle: Oracle;
}

function expectAgreement({ schema, oracle }: Pair, fullName: string, rounds: number): void {
  const type = messageOf(schema, fullName);
  const codec = createCodec(schema);
  const print = codec.decoder(type);
  const read = codec.encoder(type);
  const oracleType = oracle.type(fullName);
  const floats = floatNames(schema);
  for (let seed = 0; seed < rounds; seed++) {
    const wire = randomWire(new Random(seed), schema, type);
    const theirs = oracle.decode(oracleType, wire);
    const ourText = print(wire).toString();
    const theirJson = oracle.printJson(oracleType, theirs);
    expect(comparable(JSON.parse(ourText), floats), `seed ${seed}`).toEqual(comparable(theirJson, floats));
    for (const text of [ourText, textOf(theirJson)]) {
      const back = oracle.decode(oracleType, read(Buffer.from(text)));
      expect(oracle.printJson(oracleType, back), `seed ${seed}`).toEqual(theirJson);
    }
    // By bytes and not by `equals`, to which NaN differs from NaN.
    expect(toBinary(oracleType, oracle.decode(oracleType, read(Buffer.from(ourText)))), `seed ${seed}`).toEqual(
      toBinary(oracleType, theirs),
    );
    expect(print(read(Buffer.from(ourText))).toString(), `seed ${seed}`).toBe(ourText);
  }
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
      schema: loadProtoFiles({
        cwd: projectRoot,
        roots: ["proto", "node_modules/google-proto-files"],
        files: ["proto/portico/examples/v1/*.proto"],
      }),
      oracle: new Oracle(buildDescriptors([{ root: "proto", paths: ["portico"] }])),
    };
  });

  it.each(conformanceMessages)("agree on random messages of %s", (name) => {
    expectAgreement(conformance, name, ROUNDS);
  });

  it("agree on random messages of every sample service", () => {
    for (const { fullName, mapEntry } of samples.schema.messages.values()) {
      if (fullName.startsWith("portico.") && !mapEntry) expectAgreement(samples, fullName, 30);
    }
  });
});
