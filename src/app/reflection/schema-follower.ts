import { type Reflection, ReflectionError } from "../../schema/index.js";
import type { UpstreamEvent } from "../../upstream/index.js";

/** Milliseconds from one question to the next at least, however often connections are renewed. */
const SPACING = 500;
/** Milliseconds to the next question after a failure, doubled with each further one. */
const FIRST_PAUSE = 1000;
const LONGEST_PAUSE = 30_000;

export interface FollowerOptions {
  /** Asks the upstream once. Rejects with a ReflectionError. */
  readonly ask: (signal: AbortSignal) => Promise<Reflection>;
  /** Milliseconds; Infinity for never. */
  readonly refresh: number;
  /** What the upstream told, the same as before or not; it is not asked again before this is done. */
  readonly told: (reflection: Reflection) => Promise<void>;
  readonly failed: (error: ReflectionError) => void;
}

/** Asks an upstream for its schema whenever it may have another. */
export class SchemaFollower {
  readonly #options: FollowerOptions;
  readonly #stop = new AbortController();
  #state: "new" | "asking" | "telling" | "waiting" = "new";
  /** What has become of the upstream since it was asked. */
  #since: "nothing" | "connected" | "renewed" = "nothing";
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
    if (kind !== "connected" && kind !== "renewed") return;
    if (this.#state === "waiting") this.#askIn(this.#spaced());
    // Once it has answered, whoever is connected to is another.
    else if (this.#state === "telling") this.#since = "renewed";
    else if (this.#since !== "renewed") this.#since = kind;
  }

  stop(): void {
    this.#stop.abort();
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  async #ask(): Promise<void> {
    const { ask, told, failed } = this.#options;
    const { signal } = this.#stop;
    this.#state = "asking";
    this.#since = "nothing";
    this.#askedAt = performance.now();
    try {
      const reflection = await ask(signal);
      if (signal.aborted) return;
      this.#failures = 0;
      this.#state = "telling";
      await told(reflection);
      if (signal.aborted) return;
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
    // One that was there as soon as it was asked is no other; one that has come while the question failed was not there for it.
    if (this.#since === "renewed" || (this.#since === "connected" && this.#failures > 0)) return this.#spaced();
    if (this.#failures === 0) return this.#options.refresh;
    return Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (this.#failures - 1));
  }

  #spaced(): number {
    return Math.max(0, this.#askedAt + SPACING - performance.now());
  }

  #askIn(milliseconds: number): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (milliseconds === Number.POSITIVE_INFINITY) return;
    this.#timer = setTimeout(() => void this.#ask(), milliseconds).unref();
  }
}
