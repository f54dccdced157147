import { toBinary } from "@bufbuild/protobuf";
import { beforeAll, describe, expect, it } from "vitest";
import { type Codec, createCodec } from "../../src/codec/index.js";
import { normaliseWire } from "../../src/codec/wire/normalise-wire.js";
import { GatewayError } from "../../src/core/index.js";
import type { MessageType, Schema } from "../../src/schema/index.js";
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
import { seedsOf } from "./support/seeds.js";

const seeds = seedsOf(16);

/** What `run` gives, or null if it refuses its input. Anything thrown but a GatewayError of a client's or upstream's fault fails. */
function attempt<T>(run: () => T, what: string): T | null {
  try {
    return run();
  } catch (error) {
    if (error instanceof GatewayError && error.id !== "GW_INTERNAL") return null;
    throw new Error(`${what} threw ${String(error)}`, { cause: error });
  }
}

/** One to three changes of a kind that a fuzzer makes: bytes flipped, cut, doubled, inserted. */
function mutate(random: Random, bytes: Uint8Array, alphabet: readonly number[]): Uint8Array {
  let result: number[] = [...bytes];
  for (let i = random.below(3); i >= 0; i--) {
    const at = random.below(result.length + 1);
    const length = random.below(8);
    switch (random.below(5)) {
      case 0:
        result[at] = random.pick(alphabet);
        break;
      case 1:
        result.splice(at, length);
        break;
      case 2:
        result.splice(at, 0, ...result.slice(at, at + length));
        break;
      case 3:
        result.splice(at, 0, random.pick(alphabet));
        break;
      default:
        result = result.slice(0, at);
    }
  }
  return Uint8Array.from(result);
}

const anyByte = Array.from({ length: 256 }, (_, byte) => byte);
const jsonBytes = [...Buffer.from('{}[],:"\\u0019.eE-+ntf/ \n\u00e9_@'), 0, 0x1f, 0x80, 0xc3, 0xff];

describe("inputs that no one should send", () => {
  let schema: Schema;
  let oracle: Oracle;
  let codec: Codec;

  beforeAll(() => {
    schema = conformanceSchema();
    oracle = new Oracle(conformanceDescriptors());
    codec = createCodec(schema);
  });

  it.each(conformanceMessages)("broken bytes of %s are refused, or read as protobuf-es reads them", (name) => {
    const type = messageOf(schema, name);
    const oracleType = oracle.type(name);
    const floats = floatNames(schema);
    const print = codec.decoder(type);
    let accepted = 0;
    for (const seed of seeds(300)) {
      const random = new Random(seed);
      const bytes = mutate(random, randomWire(random, schema, type), anyByte);
      const text = attempt(() => print(bytes).toString(), `printing ${Buffer.from(bytes).toString("hex")}`);
      if (text === null) continue;
      accepted++;
      // protobuf-es takes a known number with another wire type for the field; C++ and we for an unknown field.
      if (hasUnknown(type, bytes)) continue;
      const theirs = attemptOracle(() => oracle.toJson(oracleType, bytes));
      const what = `seed ${seed}: ${Buffer.from(bytes).toString("hex")}`;
      expectSame(comparable(JSON.parse(text), floats), comparable(theirs, floats), what);
    }
    expect(accepted).toBeGreaterThan(10);
  });

  it.each(conformanceMessages)("two messages of %s one behind the other are read as merged", (name) => {
    const type = messageOf(schema, name);
    const oracleType = oracle.type(name);
    const floats = floatNames(schema);
    const print = codec.decoder(type);
    const everything = createCodec(schema, { emitDefaults: "all" }).decoder(type);
    for (const seed of seeds(100)) {
      const random = new Random(seed);
      const parts = [
        randomWire(random, schema, type),
        randomWire(random, schema, type),
        randomWire(random, schema, type),
      ];
      const bytes = Buffer.concat(parts);
      const theirs = attemptOracle(() => oracle.toJson(oracleType, bytes));
      const text = attempt(() => print(bytes).toString(), `seed ${seed}`);
      // Merged values may be out of range where neither was, such as a Duration with two signs.
      if (text === null) expect(theirs, `seed ${seed}`).toBeNull();
      else expectSame(comparable(JSON.parse(text), floats), comparable(theirs, floats), `seed ${seed}`);
      if (text !== null) JSON.parse(everything(bytes).toString());
    }
  });

  it.each(conformanceMessages)("broken text of %s is refused, or read as protobuf-es reads it", (name) => {
    const type = messageOf(schema, name);
    const oracleType = oracle.type(name);
    const print = codec.decoder(type);
    const read = codec.encoder(type);
    let accepted = 0;
    for (const seed of seeds(300)) {
      const random = new Random(seed);
      const text = mutate(random, print(randomWire(random, schema, type)), jsonBytes);
      const bytes = attempt(() => Buffer.from(read(text)), `reading ${Buffer.from(text).toString("latin1")}`);
      if (bytes === null) continue;
      accepted++;
      const json = Buffer.from(text).toString();
      // JSON.parse makes a double of a bare 64-bit integer, and with it the oracle loses digits that we keep.
      if (/[:[,]\s*-?[0-9]{16}/.test(json)) continue;
      // protobuf-es puts its own prefix before the type of an Any; we keep the one that was sent.
      if (/"@type":"(?!type\.googleapis\.com\/)/.test(json)) continue;
      const theirs = toBinary(oracleType, oracle.read(oracleType, JSON.parse(json)));
      expectSame(toBinary(oracleType, oracle.decode(oracleType, bytes)), theirs, `seed ${seed}: ${json}`);
    }
    expect(accepted).toBeGreaterThan(10);
  });

  it("random bytes and random JSON tokens never do more than fail", () => {
    const type = messageOf(schema, conformanceMessages[1] ?? "");
    const print = codec.decoder(type);
    const read = codec.encoder(type);
    for (const seed of seeds(3000)) {
      const random = new Random(seed);
      const length = random.below(60);
      const bytes = Uint8Array.from({ length }, () => random.pick(anyByte));
      attempt(() => print(bytes), `printing ${Buffer.from(bytes).toString("hex")}`);
      const text = Uint8Array.from({ length }, () => random.pick(jsonBytes));
      attempt(() => read(text), `reading ${Buffer.from(text).toString("latin1")}`);
    }
    expect(Object.keys(Object.prototype)).toEqual([]);
  });
});

function hasUnknown(type: MessageType, bytes: Uint8Array): boolean {
  const kept = normaliseWire(type, bytes, { keepUnknown: true, typeOf: null });
  const dropped = normaliseWire(type, bytes, { keepUnknown: false, typeOf: null });
  return kept.length !== dropped.length;
}

function attemptOracle(run: () => unknown): unknown {
  try {
    return run();
  } catch {
    // The oracle refuses what ProtoJSON cannot say; then we must refuse it too.
    return null;
  }
}
