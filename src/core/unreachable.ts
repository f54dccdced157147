/** Ends a switch over a union: a member without a case does not compile. Throws if it is reached all the same. */
export function unreachable(value: never): never {
  throw new Error(`unreachable: ${String(value)}`);
}
