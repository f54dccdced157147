import { ConnectionError, ErrorCode } from "./errors.js";

/** Frames a second that may ask for work and carry none of a call. */
const BUDGET = 10_000;
/** What each call adds: a server may well send a few such frames for it. */
const PER_CALL = 16;
/** The most that calls can add up to: 4096 that expire together, whose answers come late, to streams that are closed. */
const MOST = BUDGET + PER_CALL * 4096;

/**
 * Ends connections whose peer sends frames that cost this side work without being part of a call: PING, SETTINGS,
 * PRIORITY, empty DATA, frames on closed streams, informational responses, unknown types (RFC 9113 section 10.5).
 */
export class FloodGuard {
  #left = BUDGET;
  #since = performance.now();

  /** A call was made on the connection. */
  call(): void {
    if (this.#left < MOST) this.#left += PER_CALL;
  }

  /** Such a frame came in. Throws ENHANCE_YOUR_CALM when it is one too many. */
  frame(): void {
    if (--this.#left > 0) return;
    const now = performance.now();
    if (now - this.#since < 1000) {
      throw new ConnectionError(ErrorCode.ENHANCE_YOUR_CALM, "too many frames that belong to no call");
    }
    this.#since = now;
    this.#left = BUDGET;
  }
}
