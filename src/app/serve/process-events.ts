/** The part of `process` that ends a server. */
export interface ProcessEvents {
  on(event: ProcessEvent, listener: (argument: unknown) => void): unknown;
  removeListener(event: ProcessEvent, listener: (argument: unknown) => void): unknown;
}

export type ProcessEvent = "SIGTERM" | "SIGINT" | "uncaughtException" | "unhandledRejection";

/** Why a server should end. */
export type ProcessEnd =
  | { readonly kind: "signal"; readonly signal: "SIGTERM" | "SIGINT" }
  | { readonly kind: "failure"; readonly error: unknown };

export interface ProcessWatch {
  /** The next reason to end that has not been given yet. */
  next(): Promise<ProcessEnd>;
  /** Gives signals and errors back to Node. */
  stop(): void;
}

/** Catches signals and uncaught errors, in order, from now on. */
export function watchProcess(events: ProcessEvents): ProcessWatch {
  const queue: ProcessEnd[] = [];
  let wake: (() => void) | null = null;
  const tell = (end: ProcessEnd) => {
    queue.push(end);
    wake?.();
  };
  const listeners: Readonly<Record<ProcessEvent, (argument: unknown) => void>> = {
    SIGTERM: () => tell({ kind: "signal", signal: "SIGTERM" }),
    SIGINT: () => tell({ kind: "signal", signal: "SIGINT" }),
    uncaughtException: (error) => tell({ kind: "failure", error }),
    unhandledRejection: (error) => tell({ kind: "failure", error }),
  };
  const names = Object.keys(listeners) as ProcessEvent[];
  for (const name of names) events.on(name, listeners[name]);
  return {
    async next() {
      for (;;) {
        const end = queue.shift();
        if (end !== undefined) return end;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
    stop() {
      for (const name of names) events.removeListener(name, listeners[name]);
    },
  };
}
