import { AbandonedStream } from "./abandoned-stream.js";
import type { Calls } from "./calls.js";
import { ErrorCode } from "./errors.js";
import { RESET_INTERVAL, ResetBudget } from "./reset-budget.js";
import type { RpcStream } from "./rpc-stream.js";
import type { Sender } from "./sender.js";

/** Milliseconds for which a connection without resets takes no calls: another one should be there long before. */
const HOLD = 250;

/**
 * The resets of one connection: sent at once as long as its peer surely takes them, and one by one after that. Until then
 * the call runs on at the upstream without a taker, which is what a cancelled call is where nobody resets at all.
 */
export class Resets {
  readonly #calls: Calls;
  readonly #sender: Sender;
  /** A place that a call had kept is free. */
  readonly #freed: () => void;
  readonly #budget = new ResetBudget();
  #timer: NodeJS.Timeout | null = null;
  #hold: NodeJS.Timeout | null = null;
  /**
   * No call should begin now, as it could not be reset: those that are cancelled while they wait cost the upstream nothing.
   * Once for each connection, so that calls go on where no other one can be opened.
   */
  held = false;

  constructor(calls: Calls, sender: Sender, freed: () => void) {
    this.#calls = calls;
    this.#sender = sender;
    this.#freed = freed;
  }

  /** Whether so few are left that another connection should take over. */
  get worn(): boolean {
    return this.#budget.worn(this.#calls.ring.opened);
  }

  /** Ends an open stream, now or later; either way the call is off it. */
  reset(stream: RpcStream, code: ErrorCode): void {
    if (this.#budget.take(this.#calls.ring.opened)) {
      this.#sender.reset(stream.id, code);
      this.#calls.close(stream);
      if (this.#hold === null && this.#budget.spent(this.#calls.ring.opened)) this.#holdCalls();
    } else if (!this.#calls.abandoned.has(stream)) {
      this.#calls.abandon(stream, new AbandonedStream(stream));
      this.#timer ??= setInterval(() => this.#next(), RESET_INTERVAL).unref();
    }
  }

  stop(): void {
    this.#stopNext();
    if (this.#hold !== null) clearTimeout(this.#hold);
  }

  #holdCalls(): void {
    this.held = true;
    this.#hold = setTimeout(() => {
      this.held = false;
      this.#freed();
    }, HOLD);
    this.#hold.unref();
  }

  #stopNext(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }

  /** Resets the stream that was abandoned first. */
  #next(): void {
    const [stream] = this.#calls.abandoned;
    if (stream === undefined) {
      this.#stopNext();
    } else if (this.#budget.take(this.#calls.ring.opened)) {
      this.#sender.reset(stream.id, ErrorCode.CANCEL);
      this.#calls.close(stream);
      this.#freed();
    }
  }
}
