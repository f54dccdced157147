import { FaultsError, GatewayError } from "../../../src/core/index.js";
import type { Random } from "../../codec/support/random.js";

/** A parser, and what must hold whatever it is given. */
export interface FuzzTarget {
  readonly name: string;
  /** One input and its checks. Throws what is wrong. */
  run(random: Random): void | Promise<void>;
}

/** Makes a target; what it needs is made when it first runs. */
export function target(name: string, prepare: () => FuzzTarget["run"]): FuzzTarget {
  let run: FuzzTarget["run"] | null = null;
  return {
    name,
    run(random) {
      run ??= prepare();
      return run(random);
    },
  };
}

/** What a step gives, or null where it refuses as it should; anything else that is thrown is a finding. */
export function attempt<T>(step: () => T, input: () => string, isRefusal: (error: unknown) => boolean): T | null {
  try {
    return step();
  } catch (error) {
    if (isRefusal(error)) return null;
    throw new Error(`it threw ${String(error)} for ${input()}`, { cause: error });
  }
}

/** A refusal of the client's request or the upstream's answer, not a fault of the gateway. */
export function isGatewayRefusal(error: unknown): boolean {
  return error instanceof GatewayError && error.id !== "GW_INTERNAL";
}

export function isFaults(error: unknown): boolean {
  return error instanceof FaultsError && error.faults.length > 0;
}

export function check(holds: boolean, what: () => string): asserts holds {
  if (!holds) throw new Error(what());
}
