import { ConnectionError, ErrorCode } from "./errors.js";

/** Frames a second that may ask for work and carry none of a call. */
const BUDGET = 10_000;
/** What each call adds: a server may well send a few such frames for it. */
const PER_CALL = 16;
/** SETTINGS may move the windows of all open streams. */
const SETTINGS_COST = 10;
/** WINDOW_UPDATE frames for each DATA frame that this side sent: two is what the most eager servers send. */
const UPDATES_PER_DATA = 4;
/** The most that calls can add up to: 4096 that expire together, whose answers come late, to streams that are closed. */
const MOST = BUDGET + PER_CALL * 4096;

/**
 * Ends connections whose peer sends frames that cost this side work without being part of a call: PING, SETTINGS,
 * PRIORITY, empty DATA, WINDOW_UPDATE for nothing that was sent, frames on closed streams, informational responses, unknown types (RFC 9113 section 10.5).
 */
export class FloodGuard {
  #left = BUDGET;
  #since = performance.now();
  #updates = 0;

  /** A call was made on the connection. */
  call(): void {
    if (this.#left < MOST) this.#left += PER_CALL;
  }

  /** SETTINGS came in. */
  settings(): void {
    this.frame(SETTINGS_COST);
  }

  /** WINDOW_UPDATE came in, after so many DATA frames that this side ever sent. */
  windowUpdate(dataFrames: number): void {
    if (++this.#updates > dataFrames * UPDATES_PER_DATA) this.frame();
  }

  /** Such a frame came in. Throws ENHANCE_YOUR_CALM when it is one too many. */
  frame(cost = 1): void {
    this.#left -= cost;
    if (this.#left > 0) return;
    const now = performance.now();
    if (now - this.#since < 1000) {
      throw new ConnectionError(ErrorCode.ENHANCE_YOUR_CALM, "too many frames that belong to no call");
    }
    this.#since = now;
    this.#left = BUDGET;
  }
}
