import { describe, expect, it } from "vitest";
import { printDouble, printFloat } from "../../src/codec/print/print-float.js";
import { TextBuffer } from "../../src/codec/print/text-buffer.js";
import { createNumberScan, scanNumber } from "../../src/codec/read/number-scan.js";
import { doubleOf, halves, splitInteger } from "../../src/codec/read/number-value.js";
import { WireCursor } from "../../src/codec/wire/wire-cursor.js";
import { expectSame } from "./support/compare-json.js";
import { Random } from "./support/random.js";
import { randomDouble } from "./support/random-wire.js";
import { seedsOf } from "./support/seeds.js";

const seeds = seedsOf(6);

const scan = createNumberScan();
const cursor = new WireCursor();

function scanned(text: string): Buffer {
  const bytes = Buffer.from(`${text}\0`);
  expectSame(scanNumber(bytes, 0, scan), text.length, text);
  return bytes;
}

function printed(write: (text: TextBuffer) => void): string {
  const text = new TextBuffer();
  write(text);
  return text.bytes.toString("latin1", 0, text.length);
}

function printedFrom(bytes: Buffer, print: (cursor: WireCursor, text: TextBuffer) => void): string {
  cursor.load(bytes);
  return printed((text) => print(cursor, text));
}

/** A double between 10^-6 and 10^16: any one, one next to a power of two, one of few bits, or a decimal of up to 17 digits. */
function ordinaryDouble(random: Random): number {
  const bytes = Buffer.alloc(8);
  const power = (1023 - 20 + random.below(73)) << 20;
  const sign = random.pick([1, -1]);
  switch (random.below(4)) {
    case 0:
      bytes.writeUInt32LE(random.below(0x100000000));
      bytes.writeInt32LE(power | random.below(0x100000), 4);
      break;
    case 1:
      bytes.writeInt32LE(random.below(7) - 3);
      bytes.writeInt32LE(power | random.pick([0, 0xfffff]), 4);
      break;
    case 2:
      bytes.writeInt32LE(power | (random.below(256) << random.below(13)), 4);
      break;
    default:
      return sign * Number(`${randomDigits(random, 1 + random.below(9))}.${randomDigits(random, 1 + random.below(9))}`);
  }
  return sign * bytes.readDoubleLE(0);
}

function randomDigits(random: Random, count: number): string {
  const digits = Array.from({ length: count }, () => random.below(10)).join("");
  return digits.replace(/^0+(?=.)/, "");
}

describe("numbers", () => {
  it("are the doubles that Number makes of the same text", () => {
    for (const seed of seeds(6_000)) {
      const random = new Random(seed);
      let text = randomDigits(random, 1 + random.below(22));
      if (random.chance(0.7))
        text += `.${"0".repeat(random.below(3))}${random.below(10)}${randomDigits(random, 1 + random.below(18))}`;
      if (random.chance(0.3)) text += `e${random.below(60) - 30}`;
      if (random.chance(0.3)) text = `-${text}`;
      expectSame(doubleOf(scan, scanned(text)), Number(text), text);
    }
  });

  it("between two doubles are rounded to even", () => {
    for (const seed of seeds(5_000)) {
      const random = new Random(seed);
      const even = 2 ** 53 + random.below(2 ** 30) * 2 + random.below(2 ** 20) * 2 ** 32;
      for (const text of [String(BigInt(even) + 1n), `${BigInt(even) + 1n}.0`, `${BigInt(even) + 1n}e0`]) {
        expectSame(doubleOf(scan, scanned(text)), Number(text), text);
      }
    }
  });

  it("are split into the halves of the same bigint, or refused beyond the ends", () => {
    const ends = ["9223372036854775807", "9223372036854775808", "18446744073709551615", "18446744073709551616", "0"];
    for (const seed of seeds(6_000)) {
      const random = new Random(seed);
      const digits = seed < ends.length ? (ends[seed] ?? "") : randomDigits(random, 1 + random.below(21));
      for (const text of [digits, `-${digits}`]) {
        const value = BigInt(text);
        for (const signed of [true, false]) {
          const fits = (signed ? BigInt.asIntN(64, value) : BigInt.asUintN(64, value)) === value;
          expectSame(splitInteger(scan, scanned(text), signed), fits, text);
          const made = (BigInt(halves.high) << 32n) | BigInt(halves.low >>> 0);
          if (fits) expectSame(BigInt.asUintN(64, made), BigInt.asUintN(64, value), text);
        }
      }
    }
  });

  it("of 64 bits are printed as BigInt prints them, also next to multiples of 10^8 below 2^53", () => {
    for (const seed of seeds(6_000)) {
      const random = new Random(seed);
      const round = BigInt(90_071_992 - random.below(random.chance(0.5) ? 1000 : 90_071_992)) * 100_000_000n;
      const any = (BigInt(random.below(0x100000000)) << 32n) | BigInt(random.below(0x100000000));
      for (const value of [round - 1n, round, any, BigInt.asIntN(64, any)]) {
        const low = Number(BigInt.asIntN(32, value));
        const high = Number(BigInt.asIntN(32, value >> 32n));
        const signed = value < 2n ** 63n;
        expectSame(
          printed((out) => out.int64(low, high, signed)),
          String(value),
          String(value),
        );
      }
    }
  });

  it("are printed as JavaScript prints doubles, which is the shortest that reads back", () => {
    for (const seed of seeds(20_000)) {
      const random = new Random(seed);
      const value = random.chance(0.3) ? randomDouble(random) : ordinaryDouble(random);
      const text = Object.is(value, -0) ? "-0" : Number.isFinite(value) ? String(value) : `"${value}"`;
      const bytes = Buffer.alloc(8);
      bytes.writeDoubleLE(value);
      expectSame(printedFrom(bytes, printDouble), text, `${text}, seed ${seed}`);
    }
  });

  it("are printed with the fewest digits that read back as the same float, the nearest of those", () => {
    const bytes = Buffer.alloc(4);
    for (const seed of seeds(20_000)) {
      const random = new Random(seed);
      if (random.chance(0.3)) bytes.writeUInt32LE(random.below(0x100000000));
      else bytes.writeFloatLE(ordinaryDouble(random));
      const value = bytes.readFloatLE(0);
      if (!Number.isFinite(value)) continue;
      const text = printedFrom(bytes, printFloat);
      const what = `${text}, seed ${seed}`;
      expectSame(Math.fround(Number(text)), value, what);
      const digits = text.replace(/e.*|[-.]/g, "").replace(/^0+|0+$/g, "").length;
      if (digits > 0) expectSame(Number(text), Number(value.toPrecision(digits)), what);
      if (digits > 1 && Math.fround(Number(value.toPrecision(digits - 1))) === value)
        expect.fail(`${what} has digits to spare`);
    }
  });
});
