import { createWriter, type WireWriter } from "../../../src/codec/index.js";
import { normaliseWire } from "../../../src/codec/wire/normalise-wire.js";
import type { FieldType, MessageType, ScalarType, Schema, ValueType } from "../../../src/schema/index.js";
import type { Random } from "./random.js";

/** The message types that an Any of a random message holds. */
const anyTypes = [
  "google.protobuf.Duration",
  "google.protobuf.Int64Value",
  "google.protobuf.Struct",
  "google.protobuf.Empty",
];

/** The wire bytes of a random message that ProtoJSON can say: fields in order, values at their limits more often than not. */
export function randomWire(random: Random, schema: Schema, type: MessageType, depth: number = 0): Uint8Array {
  const out = createWriter();
  if (!writeSpecial(random, schema, out, type, depth)) {
    // Items of message sets are left out: neither protobuf-es nor protobufjs has JSON for them.
    const fields = type.messageSet ? [] : [...type.fields, ...type.extensions.values()];
    fields.sort((a, b) => a.number - b.number);
    const share = depth === 0 ? Math.min(1, 12 / (fields.length + 1)) : Math.min(0.6, 4 / (fields.length + 1));
    const oneofs = new Set<string>();
    for (const field of fields) {
      const required = field.cardinality.kind === "singular" && field.cardinality.presence === "required";
      if (!required && (!random.chance(share) || (depth > 3 && field.type.kind === "message"))) continue;
      if (field.oneof !== null) {
        if (oneofs.has(field.oneof.fullName)) continue;
        oneofs.add(field.oneof.fullName);
      }
      writeField(random, schema, out, field, depth);
    }
  }
  return Uint8Array.from(out.view());
}

function writeField(random: Random, schema: Schema, out: WireWriter, field: FieldType, depth: number): void {
  const { cardinality } = field;
  switch (cardinality.kind) {
    case "singular":
      writeValue(random, schema, out, field.number, field.type, depth);
      break;
    case "repeated": {
      const count = 1 + random.below(depth === 0 ? 4 : 2);
      const values = Array.from({ length: count }, () => {
        const one = createWriter();
        writeValue(random, schema, one, field.number, field.type, depth);
        return Uint8Array.from(one.view());
      });
      if (cardinality.packed) {
        const tag = createWriter();
        tag.tag(field.number, 0);
        out.bytesField(field.number, Buffer.concat(values.map((value) => value.subarray(tag.length))));
      } else {
        for (const value of values) out.raw(value);
      }
      break;
    }
    default: {
      const keys = new Set<string>();
      for (let i = random.below(4); i >= 0; i--) {
        const entry = createWriter();
        writeValue(random, schema, entry, 1, { kind: "scalar", scalar: cardinality.key }, depth);
        const key = Buffer.from(entry.view()).toString("latin1");
        if (keys.has(key)) continue;
        keys.add(key);
        writeValue(random, schema, entry, 2, field.type, depth);
        out.bytesField(field.number, entry.view());
      }
    }
  }
}

function writeValue(
  random: Random,
  schema: Schema,
  out: WireWriter,
  number: number,
  type: ValueType,
  depth: number,
): void {
  switch (type.kind) {
    case "scalar":
      writeScalar(random, out, number, type.scalar);
      break;
    case "enum":
      out.tag(number, 0);
      if (type.enum.closed || random.chance(0.9)) writeVarint(out, BigInt(random.pick(type.enum.values).number));
      else writeVarint(out, type.enum.fullName === "google.protobuf.NullValue" ? 0n : 12345n);
      break;
    default: {
      const bytes = randomWire(random, schema, type.message, depth + 1);
      if (type.delimited) {
        out.tag(number, 3);
        out.raw(bytes);
        out.tag(number, 4);
      } else {
        out.bytesField(number, bytes);
      }
    }
  }
}

const limits: readonly bigint[] = [
  0n,
  1n,
  -1n,
  127n,
  128n,
  999999999n,
  1000000000n,
  2147483647n,
  -2147483648n,
  4294967295n,
  4294967296n,
  9007199254740991n,
  9007199254740993n,
  -9007199254740993n,
  1000000000000000000n,
  9223372036854775807n,
  -9223372036854775808n,
  18446744073709551615n,
];

function randomInteger(random: Random): bigint {
  if (random.chance(0.5)) return random.pick(limits);
  const bits = BigInt(1 + random.below(64));
  const value = (BigInt(random.below(0x100000000)) << 32n) | BigInt(random.below(0x100000000));
  return BigInt.asIntN(64, value >> (64n - bits)) * (random.chance(0.3) ? -1n : 1n);
}

/** Doubles that take every way of printing: integers, short decimals, limits, what needs all 17 digits. */
export function randomDouble(random: Random): number {
  switch (random.below(6)) {
    case 0:
      return random.pick([
        0,
        -0,
        Number.NaN,
        Infinity,
        -Infinity,
        5e-324,
        1.7976931348623157e308,
        2.2250738585072014e-308,
      ]);
    case 1:
      return (random.below(2000000) - 1000000) / random.pick([1, 10, 100, 1000, 10000, 1000000]);
    case 2:
      return random.below(0x100000000) * random.pick([1, -1, 4096, 1e12]);
    case 3:
      return random.pick([1e21, 1e-7, 123456789012345680000, 0.1, 1 / 3, 1e15, 1e16, 4294967295.5, 0.000001]);
    default: {
      const bytes = Buffer.alloc(8);
      for (let i = 0; i < 8; i++) bytes[i] = random.below(256);
      // NaN has many bit patterns, of which JSON can say one.
      return bytes.readDoubleLE(0) || 1;
    }
  }
}

function randomFloat(random: Random): number {
  switch (random.below(4)) {
    case 0:
      return random.pick([
        0,
        -0,
        Number.NaN,
        Infinity,
        -Infinity,
        1e-45,
        3.4028234663852886e38,
        1.1754943508222875e-38,
      ]);
    case 1:
      return Math.fround((random.below(2000000) - 1000000) / random.pick([1, 10, 100, 1000]));
    default: {
      const bytes = Buffer.alloc(4);
      for (let i = 0; i < 4; i++) bytes[i] = random.below(256);
      return bytes.readFloatLE(0) || 1;
    }
  }
}

const alphabet = [
  "a",
  "Z",
  "0",
  " ",
  '"',
  "\\",
  "/",
  "\b",
  "\n",
  "\u0000",
  "\u001f",
  "\u007f",
  "é",
  "\u2028",
  "漢",
  "\uffff",
  "😀",
];

export function randomText(random: Random): string {
  const length = random.chance(0.05) ? 100 + random.below(300) : random.below(12);
  let text = "";
  for (let i = 0; i < length; i++) text += random.pick(random.chance(0.7) ? ["a", "b", "c"] : alphabet);
  return text;
}

function writeVarint(out: WireWriter, value: bigint): void {
  const bytes: number[] = [];
  for (let rest = BigInt.asUintN(64, value); ; rest >>= 7n) {
    if (rest < 128n) {
      bytes.push(Number(rest));
      break;
    }
    bytes.push(Number(rest & 127n) | 128);
  }
  out.raw(Uint8Array.from(bytes));
}

function zigzag(value: bigint, bits: number): bigint {
  const signed = BigInt.asIntN(bits, value);
  return BigInt.asUintN(bits, (signed << 1n) ^ (signed >> BigInt(bits - 1)));
}

function writeScalar(random: Random, out: WireWriter, number: number, scalar: ScalarType): void {
  const bytes = Buffer.alloc(8);
  const varint = (value: bigint): void => {
    out.tag(number, 0);
    writeVarint(out, value);
  };
  switch (scalar) {
    case "double":
      bytes.writeDoubleLE(randomDouble(random));
      out.tag(number, 1);
      out.raw(bytes);
      break;
    case "float":
      bytes.writeFloatLE(randomFloat(random));
      out.tag(number, 5);
      out.raw(bytes.subarray(0, 4));
      break;
    case "fixed32":
    case "sfixed32":
      bytes.writeUInt32LE(Number(BigInt.asUintN(32, randomInteger(random))));
      out.tag(number, 5);
      out.raw(bytes.subarray(0, 4));
      break;
    case "fixed64":
    case "sfixed64":
      bytes.writeBigUInt64LE(BigInt.asUintN(64, randomInteger(random)));
      out.tag(number, 1);
      out.raw(bytes);
      break;
    case "int32":
      varint(BigInt.asIntN(32, randomInteger(random)));
      break;
    case "uint32":
      varint(BigInt.asUintN(32, randomInteger(random)));
      break;
    case "sint32":
      varint(zigzag(randomInteger(random), 32));
      break;
    case "sint64":
      varint(zigzag(randomInteger(random), 64));
      break;
    case "int64":
    case "uint64":
      varint(randomInteger(random));
      break;
    case "bool":
      varint(BigInt(random.below(2)));
      break;
    case "string":
      out.stringField(number, randomText(random));
      break;
    case "bytes":
      out.bytesField(
        number,
        Uint8Array.from({ length: random.below(20) }, () => random.below(256)),
      );
      break;
  }
}

/** Well-known types whose values are not all of their fields' values; false for the others. */
function writeSpecial(random: Random, schema: Schema, out: WireWriter, type: MessageType, depth: number): boolean {
  const time = (seconds: number, nanos: number): void => {
    out.tag(1, 0);
    writeVarint(out, BigInt(seconds));
    out.tag(2, 0);
    writeVarint(out, BigInt(nanos));
  };
  const nanos = random.pick([0, 0, 1, 999999999, 500000000, 120000, 123456000, random.below(1000000000)]);
  switch (type.fullName) {
    case "google.protobuf.Timestamp":
      time(random.pick([0, -1, -62135596800, 253402300799, 951782400, random.below(253402300799)]), nanos);
      return true;
    case "google.protobuf.Duration": {
      const sign = random.pick([1, -1]);
      time(sign * random.pick([0, 1, 315576000000, random.below(100000)]), sign * nanos);
      return true;
    }
    case "google.protobuf.FieldMask":
      for (let i = random.below(4); i > 0; i--) out.stringField(1, random.pick(["a", "foo_bar", "a_b_c.d_e", "x1.y"]));
      return true;
    case "google.protobuf.Any": {
      const inner = schema.messages.get(
        depth > 2 ? "google.protobuf.Empty" : random.pick([...anyTypes, type.fullName]),
      );
      if (inner === undefined) return true;
      out.stringField(1, `type.googleapis.com/${inner.fullName}`);
      // Canonical, because oracles compare what an Any holds by its bytes.
      const value = randomWire(random, schema, inner, depth + 1);
      out.bytesField(
        2,
        normaliseWire(inner, value, { keepUnknown: false, typeOf: (name) => schema.messages.get(name) }),
      );
      return true;
    }
    case "google.protobuf.Value":
      writeDynamic(random, schema, out, depth);
      return true;
    default:
      return false;
  }
}

function writeDynamic(random: Random, schema: Schema, out: WireWriter, depth: number): void {
  const kind = random.below(depth > 3 ? 4 : 6);
  const field = schema.messages.get("google.protobuf.Value")?.fields[kind];
  if (kind === 1) {
    const bytes = Buffer.alloc(8);
    const value = randomDouble(random);
    bytes.writeDoubleLE(Number.isFinite(value) ? value : 1.5);
    out.tag(2, 1);
    out.raw(bytes);
  } else if (kind === 0) {
    out.tag(1, 0);
    out.varint(0);
  } else if (field !== undefined) {
    writeValue(random, schema, out, field.number, field.type, depth + 1);
  }
}
