/**
 * Since rapid resets became an attack (CVE-2023-44487), servers count the resets that a client sends on a connection, and
 * end it with all its calls when they are too many. By default
 *
 *   Netty                          after 200 in 30 s
 *   Jetty                          after 128 frames of such kinds in a second
 *   nghttp2 (node:http2, grpc-js)  after 1,000, of which 33 are forgotten a second
 *   Envoy                          after 250 within a second of their requests, if they are half of all requests or more
 *
 * A hundred at once and three a second stay below all of them, and 240 out of 480 below the last.
 */
const AT_ONCE = 100;
const MILLISECONDS_EACH = 334;
const LASTING = 240;
/** From here on another connection should take over. What is left is for calls that are open already. */
const FEW = AT_ONCE / 2;
const LASTING_FEW = LASTING - 40;

/** How many resets a connection may send, so that its peer has no reason to end it. */
export class ResetBudget {
  #left = AT_ONCE;
  #countedAt = performance.now();
  #sent = 0;

  /** Takes one from the budget of a connection on which so many streams were opened. False: none is left for now. */
  take(opened: number): boolean {
    const now = performance.now();
    this.#left = Math.min(AT_ONCE, this.#left + (now - this.#countedAt) / MILLISECONDS_EACH);
    this.#countedAt = now;
    if (this.spent(opened)) return false;
    this.#left--;
    this.#sent++;
    return true;
  }

  /** Whether few are left. */
  worn(opened: number): boolean {
    return this.#left < FEW || this.#above(LASTING_FEW, opened);
  }

  /** Whether none is left. */
  spent(opened: number): boolean {
    return this.#left < 1 || this.#above(LASTING, opened);
  }

  #above(limit: number, opened: number): boolean {
    return this.#sent >= limit && this.#sent * 2 >= opened;
  }
}

/** Milliseconds after which one more may be sent. */
export const RESET_INTERVAL = MILLISECONDS_EACH;
