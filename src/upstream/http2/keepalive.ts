/** PING on a quiet connection (RFC 9113 section 6.7; gRPC's A8 for the meaning of the three). */
export interface KeepaliveOptions {
  /** Milliseconds without a byte from the peer after which it is asked; Infinity: only when a call makes it suspect. */
  readonly time: number;
  /** Milliseconds within which something must come after the question. */
  readonly timeout: number;
  /** Also while no call is open. */
  readonly permitWithoutCalls: boolean;
}

/**
 * An answered question makes another one, of suspicion, pointless for so long: servers count PINGs, and begin anew when they
 * have sent something else. Each answer with nothing else in between makes it so many times as long, up to gRPC's five minutes.
 */
const QUIET = 1000;
const QUIET_FACTOR = 4;
const MOST_QUIET = 300_000;

/**
 * Finds out that a connection is dead though nothing says so (a half-open connection: packets are dropped). It asks on a
 * schedule, if there is one, and when a call ran out of time without a byte from the peer since it began.
 */
export class Keepalive {
  readonly #options: KeepaliveOptions;
  readonly #ping: () => void;
  readonly #dead: () => void;
  readonly #hasCalls: () => boolean;
  #timer: NodeJS.Timeout | null = null;
  #answerTimer: NodeJS.Timeout | null = null;
  #readsAtTick = 0;
  #quiet = QUIET;
  #answeredAt = Number.NEGATIVE_INFINITY;
  #readsAtAnswer = 0;
  /** Chunks read from the peer. */
  reads = 0;

  constructor(options: KeepaliveOptions, hooks: { ping: () => void; dead: () => void; hasCalls: () => boolean }) {
    this.#options = options;
    this.#ping = hooks.ping;
    this.#dead = hooks.dead;
    this.#hasCalls = hooks.hasCalls;
  }

  start(): void {
    if (!Number.isFinite(this.#options.time)) return;
    this.#timer = setInterval(() => {
      const quiet = this.reads === this.#readsAtTick;
      this.#readsAtTick = this.reads;
      if (quiet && (this.#options.permitWithoutCalls || this.#hasCalls())) this.#ask();
    }, this.#options.time);
    this.#timer.unref();
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    if (this.#answerTimer !== null) clearTimeout(this.#answerTimer);
    this.#timer = null;
    this.#answerTimer = null;
  }

  /** A call ran out of time without a byte from the peer since it began. */
  suspect(): void {
    if (this.reads !== this.#readsAtAnswer) this.#quiet = QUIET;
    if (performance.now() - this.#answeredAt >= this.#quiet) this.#ask();
  }

  #ask(): void {
    if (this.#answerTimer !== null) return;
    const before = this.reads;
    this.#ping();
    this.#answerTimer = setTimeout(() => {
      this.#answerTimer = null;
      if (this.reads === before) return this.#dead();
      if (this.#readsAtAnswer === before) this.#quiet = Math.min(this.#quiet * QUIET_FACTOR, MOST_QUIET);
      this.#answeredAt = performance.now();
      this.#readsAtAnswer = this.reads;
    }, this.#options.timeout);
    this.#answerTimer.unref();
  }
}
