/**
 * Long work in steps: each `yield` is a place where it may wait. Written once, it is done at once where nobody waits for
 * anything else (at start, in a command), and in turns of the event loop where requests are served meanwhile.
 */
export type Steps<T> = Generator<void, T, void>;

/** Milliseconds that work may take of one turn of the event loop. */
const TURN = 5;

/** Does the work at once. */
export function finish<T>(steps: Steps<T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/**
 * Does the work in turns, none of which is longer than `turn` milliseconds and a step, and the first of which comes later. What
 * else there is to do in the process is done in between. Null once aborted; the rest is then not done.
 */
export function finishInTurns<T>(steps: Steps<T>): Promise<T>;
export function finishInTurns<T>(steps: Steps<T>, signal: AbortSignal, turn?: number): Promise<T | null>;
export async function finishInTurns<T>(steps: Steps<T>, signal?: AbortSignal, turn = TURN): Promise<T | null> {
  for (;;) {
    // setImmediate, as its phase comes after that in which sockets are read.
    await new Promise((resolve) => setImmediate(resolve));
    if (signal?.aborted === true) return null;
    const end = performance.now() + turn;
    do {
      const step = steps.next();
      if (step.done === true) return step.value;
    } while (performance.now() < end);
  }
}

/** Does something with each item, so many of them in a step. */
export function* inSteps<T>(items: Iterable<T>, act: (item: T) => void, ofAStep = 64): Steps<void> {
  let left = ofAStep;
  for (const item of items) {
    act(item);
    if (--left > 0) continue;
    left = ofAStep;
    yield;
  }
}
