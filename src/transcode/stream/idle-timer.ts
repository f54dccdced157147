/** Watches for silence. */
export interface IdleTimer {
  /** Something was said. */
  touch(): void;
  stop(): void;
}

const never: IdleTimer = { touch: () => undefined, stop: () => undefined };

/** Calls `onIdle` once, `milliseconds` after the last touch; never for Infinity. It does not keep the process alive. */
export function createIdleTimer(milliseconds: number, onIdle: () => void): IdleTimer {
  if (milliseconds === Number.POSITIVE_INFINITY) return never;
  const timer = setTimeout(onIdle, milliseconds).unref();
  return {
    touch: () => {
      timer.refresh();
    },
    stop: () => clearTimeout(timer),
  };
}
