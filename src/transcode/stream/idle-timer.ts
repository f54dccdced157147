/** Watches for silence. */
export interface IdleTimer {
  /** Something was said. */
  touch(): void;
  stop(): void;
}

const never: IdleTimer = { touch: () => undefined, stop: () => undefined };

/** How often within its time a stream is looked at. */
const LOOKS = 8;

/**
 * Calls `onIdle` once, `milliseconds` after the last touch or up to an eighth later; never for Infinity. It does not keep the
 * process alive. A touch is a number set to 0: to restart a timer for every message took 3 % of a stream's CPU
 * (bench/streams.ts, Node 20.20).
 */
export function createIdleTimer(milliseconds: number, onIdle: () => void): IdleTimer {
  if (milliseconds === Number.POSITIVE_INFINITY) return never;
  let looks = 0;
  const timer = setInterval(() => {
    looks++;
    if (looks <= LOOKS) return;
    clearInterval(timer);
    onIdle();
  }, milliseconds / LOOKS).unref();
  return {
    touch() {
      looks = 0;
    },
    stop: () => clearInterval(timer),
  };
}
