import type { Metadata, RpcStatus } from "../core/index.js";
import { CANCELLED } from "./ends.js";
import type { Attempts } from "./retry-policy.js";
import { NO_METADATA } from "./sendable.js";
import type { ByteStream, StatusOrigin, StreamSink, Upstream } from "./types.js";

/** Messages are kept up to so many bytes, to be sent again; with more, the first attempt is the last. */
const KEEP = 64 * 1024;

/** A stream that is made again as long as nothing of an answer was passed on (gRPC's A6: it is not committed). */
export class RetriedStream implements ByteStream, StreamSink {
  readonly #upstream: Upstream;
  readonly #attempts: Attempts;
  readonly #sink: StreamSink;
  #stream: ByteStream | null = null;
  /** Messages sent so far; null once the stream is not made again any more. */
  #kept: Uint8Array[] | null = [];
  #keptBytes = 0;
  #closed = false;
  #paused = false;
  #cancelled = false;
  /** A `write` between two attempts answered false. */
  #mustDrain = false;
  #pause: NodeJS.Timeout | null = null;

  constructor(upstream: Upstream, attempts: Attempts, sink: StreamSink) {
    this.#upstream = upstream;
    this.#attempts = attempts;
    this.#sink = sink;
  }

  attempt(): void {
    this.#pause = null;
    const stream = this.#upstream.stream(this.#attempts.next(Number.POSITIVE_INFINITY), this);
    this.#stream = stream;
    if (this.#paused) stream.pause();
    let room = true;
    for (const bytes of this.#kept ?? []) room = stream.write(bytes);
    if (this.#closed) stream.closeSend();
    // Where there is no room yet, the stream tells when there is.
    if (this.#mustDrain && room) process.nextTick(() => this.#cancelled || this.#sink.drain());
    this.#mustDrain = false;
  }

  write(bytes: Uint8Array): boolean {
    if (this.#closed || this.#cancelled) return true;
    if (this.#kept !== null) {
      this.#kept.push(bytes);
      this.#keptBytes += bytes.length;
    }
    if (this.#pause !== null) {
      this.#mustDrain = this.#keptBytes > KEEP;
      return !this.#mustDrain;
    }
    if (this.#keptBytes > KEEP) this.#commit();
    return this.#stream?.write(bytes) ?? true;
  }

  closeSend(): void {
    this.#closed = true;
    if (this.#pause === null) this.#stream?.closeSend();
  }

  pause(): void {
    this.#paused = true;
    this.#stream?.pause();
  }

  resume(): void {
    this.#paused = false;
    this.#stream?.resume();
  }

  cancel(): void {
    if (this.#cancelled) return;
    this.#cancelled = true;
    if (this.#pause === null) {
      this.#stream?.cancel();
    } else {
      clearTimeout(this.#pause);
      process.nextTick(() => this.#sink.end(CANCELLED, NO_METADATA, "cancelled"));
    }
  }

  // As the sink of an attempt.

  header(metadata: Metadata): void {
    this.#commit();
    this.#sink.header(metadata);
  }

  message(bytes: Uint8Array): void {
    this.#sink.message(bytes);
  }

  drain(): void {
    this.#sink.drain();
  }

  end(status: RpcStatus, trailer: Metadata, origin: StatusOrigin, pushback?: number): void {
    const how = pushback === undefined ? { status, origin } : { status, origin, pushback };
    const pause = this.#cancelled ? null : this.#attempts.pauseAfter(how);
    if (pause === null || this.#kept === null) this.#sink.end(status, trailer, origin);
    else this.#pause = setTimeout(() => this.attempt(), pause);
  }

  #commit(): void {
    this.#kept = null;
    this.#keptBytes = 0;
  }
}
