import { isDeepStrictEqual } from "node:util";
import { expect } from "vitest";
import type { Schema } from "../../../src/schema/index.js";

/** Members of this name hold floats, in one message or another. */
export function floatNames(schema: Schema): ReadonlySet<string> {
  const names = new Set<string>();
  for (const message of schema.messages.values()) {
    for (const { jsonName, type } of message.fields) {
      const isFloat = type.kind === "scalar" && type.scalar === "float";
      if (isFloat || (type.kind === "message" && type.message.fullName === "google.protobuf.FloatValue")) {
        names.add(jsonName);
      }
    }
  }
  return names;
}

/**
 * The value with all floats rounded to floats. protobuf-es prints a float as the double it is (0.10000000149011612), we as
 * the shortest text that reads back as that float (0.1), which is what C++, Go and Java do.
 */
export function comparable(value: unknown, floats: ReadonlySet<string>, isFloat: boolean = false): unknown {
  if (typeof value === "number") return isFloat ? Math.fround(value) : value;
  if (Array.isArray(value)) return value.map((item) => comparable(item, floats, isFloat));
  if (typeof value !== "object" || value === null) return value;
  const members = Object.entries(value).map(([key, member]) => [
    key,
    comparable(member, floats, isFloat || floats.has(key)),
  ]);
  return Object.fromEntries(members);
}

/** As `toEqual`, which is slow to find that large values do not differ: with it the oracle's tests took 12 s, without it 4. */
export function expectSame(actual: unknown, expected: unknown, what: string): void {
  if (!isDeepStrictEqual(actual, expected)) expect(actual, what).toEqual(expected);
}
