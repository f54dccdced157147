import { askReflection, type Reflection, ReflectionError } from "../../schema/index.js";
import type { Upstream, UpstreamEvent } from "../../upstream/index.js";

/** Milliseconds from one question to the next at least, however often connections are renewed. */
const SPACING = 500;
/** Milliseconds to the next question after a failure, doubled with each further one. */
const FIRST_PAUSE = 1000;
const LONGEST_PAUSE = 30_000;

export interface FollowerOptions {
  readonly name: string;
  readonly upstream: Upstream;
  /** Milliseconds; Infinity for never. */
  readonly refresh: number;
  readonly timeout: number;
  /** What the upstream told, the same as before or not. */
  readonly told: (reflection: Reflection) => void;
  readonly failed: (error: ReflectionError) => void;
}

/** Asks an upstream for its schema whenever it may have another. */
export class SchemaFollower {
  readonly #options: FollowerOptions;
  readonly #stop = new AbortController();
  #state: "new" | "asking" | "waiting" = "new";
  /** A connection is new since the question under way was asked. */
  #again = false;
  #askedAt = 0;
  #failures = 0;
  #timer: NodeJS.Timeout | null = null;

  constructor(options: FollowerOptions) {
    this.#options = options;
  }

  /** Asks for the first time; done with the answer, or when there is none. */
  start(): Promise<void> {
    return this.#ask();
  }

  event({ kind }: UpstreamEvent): void {
    if (this.#state === "waiting" && (kind === "connected" || kind === "renewed")) {
      this.#askIn(Math.max(0, this.#askedAt + SPACING - performance.now()));
    }
    // A question that was asked while there was no connection goes over the new one, any other perhaps over the old one.
    if (this.#state === "asking" && kind === "renewed") this.#again = true;
  }

  stop(): void {
    this.#stop.abort();
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  async #ask(): Promise<void> {
    const { name, upstream, timeout, told, failed } = this.#options;
    const { signal } = this.#stop;
    this.#state = "asking";
    this.#again = false;
    this.#askedAt = performance.now();
    try {
      const reflection = await askReflection(name, upstream, { timeout, signal });
      if (signal.aborted) return;
      this.#failures = 0;
      told(reflection);
    } catch (error) {
      if (!(error instanceof ReflectionError)) throw error;
      if (signal.aborted) return;
      this.#failures++;
      failed(error);
    }
    this.#state = "waiting";
    this.#askIn(this.#pause());
  }

  #pause(): number {
    if (this.#again) return SPACING;
    if (this.#failures === 0) return this.#options.refresh;
    return Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (this.#failures - 1));
  }

  #askIn(milliseconds: number): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (milliseconds === Number.POSITIVE_INFINITY) return;
    this.#timer = setTimeout(() => void this.#ask(), milliseconds).unref();
  }
}
