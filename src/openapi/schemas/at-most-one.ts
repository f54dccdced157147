import type { JsonSchema } from "../types.js";

/**
 * What must not be, so that at most one of the members of a oneof is there: schemas of which none may hold. Not `oneOf`,
 * by which one of them would have to be there, and which makes generators invent a type a member.
 *
 * Pairs would be n²/2; instead each half excludes the other, and is split in turn: n·log n.
 */
export function moreThanOne(names: readonly string[]): readonly JsonSchema[] {
  const [first, second] = names;
  if (first === undefined || second === undefined) return [];
  if (names.length === 2) return [{ required: [first, second] }];
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
