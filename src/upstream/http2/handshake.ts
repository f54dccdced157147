import { ErrorCode } from "./errors.js";

/** Milliseconds for what a connection waits for at its beginning. */
export interface HandshakeTimes {
  /** For the socket, TLS and the peer's SETTINGS together. */
  readonly connectTimeout: number;
  /** For the peer's acknowledgement of this side's SETTINGS, once its own are there (RFC 9113 section 6.5.3). */
  readonly settingsTimeout: number;
}

/** What a connection waits for at its beginning: the peer's SETTINGS, and its acknowledgement of this side's. */
export class Handshake {
  readonly #times: HandshakeTimes;
  /** Ends the connection; null: without telling the peer. */
  readonly #fail: (reason: string, code: ErrorCode | null) => void;
  #timer: NodeJS.Timeout | null;
  #acknowledged = false;
  /** The peer's SETTINGS are there. */
  open = false;

  constructor(times: HandshakeTimes, fail: (reason: string, code: ErrorCode | null) => void) {
    this.#times = times;
    this.#fail = fail;
    const { connectTimeout } = times;
    this.#timer = setTimeout(() => fail(`no HTTP/2 connection within ${connectTimeout} ms`, null), connectTimeout);
  }

  /** The peer's SETTINGS came in for the first time. */
  settled(): void {
    this.open = true;
    this.stop();
    if (this.#acknowledged) return;
    const { settingsTimeout } = this.#times;
    const reason = `the upstream has not acknowledged SETTINGS within ${settingsTimeout} ms`;
    this.#timer = setTimeout(() => this.#fail(reason, ErrorCode.SETTINGS_TIMEOUT), settingsTimeout);
    this.#timer.unref();
  }

  /** The peer acknowledged this side's SETTINGS. */
  acknowledged(): void {
    this.#acknowledged = true;
    if (this.open) this.stop();
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }
}
