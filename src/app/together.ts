import { FaultsError } from "../core/index.js";

/** What two steps give that do not need each other; where both fail, the faults of both are told at once. */
export async function together<A, B>(first: Promise<A>, second: Promise<B>): Promise<readonly [A, B]> {
  const [a, b] = await Promise.allSettled([first, second]);
  if (a.status === "fulfilled" && b.status === "fulfilled") return [a.value, b.value];
  const reasons: unknown[] = [a, b].flatMap((one) => (one.status === "rejected" ? [one.reason] : []));
  const faults = reasons.flatMap((reason) => (reason instanceof FaultsError ? reason.faults : []));
  throw reasons.find((reason) => !(reason instanceof FaultsError)) ?? new FaultsError(faults);
}
