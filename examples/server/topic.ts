/**
 * One speaker, any number of listeners. A listener that starts hears everything published after the call of `listen`;
 * what it has not read yet waits for it.
 */
export class Topic<T> {
  readonly #listeners = new Set<(value: T) => void>();

  publish(value: T): void {
    for (const hear of this.#listeners) hear(value);
  }

  /** Everything from now until the signal is aborted, what waits at that time included, or until the loop is left. */
  listen(signal: AbortSignal): AsyncIterableIterator<T> {
    const waiting: T[] = [];
    let wake: (() => void) | null = null;
    const hear = (value: T): void => {
      waiting.push(value);
      wake?.();
    };
    const stop = (): void => {
      this.#listeners.delete(hear);
      wake?.();
    };
    this.#listeners.add(hear);
    signal.addEventListener("abort", stop, { once: true });

    return (async function* (): AsyncIterableIterator<T> {
      try {
        for (;;) {
          for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) yield next;
          if (signal.aborted) return;
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
          wake = null;
        }
      } finally {
        stop();
        signal.removeEventListener("abort", stop);
      }
    })();
  }
}
