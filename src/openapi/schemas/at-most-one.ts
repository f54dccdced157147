import type { JsonSchema } from "../types.js";

const PAIRS = 4;

/**
 * What must not be, so that at most one of the members of a oneof is there: schemas of which none may hold. Not `oneOf`,
 * by which one of them would have to be there, and which makes generators invent a type a member.
 *
 * A few are told in pairs. Pairs of many would be n²/2; there each half excludes the other, and is split in turn: n·log n.
 */
export function moreThanOne(names: readonly string[]): readonly JsonSchema[] {
  if (names.length <= PAIRS) return names.flatMap((a, i) => names.slice(i + 1).map((b) => ({ required: [a, b] })));
  const middle = Math.ceil(names.length / 2);
  const left = names.slice(0, middle);
  const right = names.slice(middle);
  return [{ allOf: [anyOf(left), anyOf(right)] }, ...moreThanOne(left), ...moreThanOne(right)];
}

function anyOf(names: readonly string[]): JsonSchema {
  const [first] = names;
  return names.length === 1 && first !== undefined
    ? { required: [first] }
    : { anyOf: names.map((name) => ({ required: [name] })) };
}
