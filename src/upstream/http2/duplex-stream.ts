import type { Metadata } from "../../core/index.js";
import { Fifo } from "../fifo.js";
import type { ByteStream, CallOptions, StreamSink } from "../types.js";
import { gzip } from "./gzip.js";
import type { RpcEnd } from "./rpc-end.js";
import { RpcStream, type StreamOwner } from "./rpc-stream.js";

/** Bytes of messages not yet written to the connection above which `write` answers false. */
const HIGH_WATER = 64 * 1024;
/** Messages already written are kept up to this many bytes, for a stream that the server refuses. */
const KEEP = 64 * 1024;

/** A message that came in while its stream was paused, as it came: inflated it may be a thousand times as large. */
class Compressed {
  readonly bytes: Buffer;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }
}

/** A streaming call of any kind. */
export class DuplexStream extends RpcStream implements ByteStream {
  readonly #sink: StreamSink;
  /** Messages to send behind the current one. */
  readonly #outgoing = new Fifo<Uint8Array>();
  #outgoingBytes = 0;
  #mustDrain = false;
  /** Messages written since the start; null once they are too many or the answer has begun. */
  #kept: Uint8Array[] | null = [];
  #keptBytes = 0;
  /** Messages that came in while paused, and the end behind them. */
  readonly #incoming = new Fifo<Buffer | Compressed>();
  #held: { readonly end: RpcEnd; readonly trailer: Metadata } | null = null;

  constructor(owner: StreamOwner, options: CallOptions, sink: StreamSink) {
    super(owner, options);
    this.#sink = sink;
  }

  write(message: Uint8Array): boolean {
    if (this.ended || this.wantEnd) return true;
    const bytes = this.owner.compresses ? gzip(message) : message;
    this.#outgoingBytes += bytes.length;
    if (this.current === null) this.current = bytes;
    else this.#outgoing.push(bytes);
    this.connection?.pump(this);
    this.#mustDrain = this.#outgoingBytes >= HIGH_WATER;
    return !this.#mustDrain;
  }

  closeSend(): void {
    if (this.ended || this.wantEnd) return;
    this.wantEnd = true;
    this.connection?.pump(this);
  }

  pause(): void {
    this.paused = true;
  }

  resume(): void {
    if (!this.paused) return;
    this.paused = false;
    while (!this.paused && !this.ended) {
      const held = this.#incoming.shift();
      if (held === undefined) break;
      const bytes = held instanceof Compressed ? this.inflate(held.bytes) : held;
      if (Buffer.isBuffer(bytes)) {
        this.#sink.message(bytes);
      } else {
        // What lies behind a broken message is not told any more.
        this.#incoming.clear();
        this.fail(bytes);
      }
    }
    if (this.paused || this.ended) return;
    const held = this.#held;
    if (held !== null) this.finish(held.end, held.trailer);
    else this.connection?.credit(this);
  }

  header(metadata: Metadata): void {
    this.#kept = null;
    if (!this.ended) this.#sink.header(metadata);
  }

  override message(bytes: Buffer, compressed: boolean): boolean {
    if (!this.paused) return super.message(bytes, compressed);
    if (!this.ended) this.#incoming.push(compressed ? new Compressed(bytes) : bytes);
    return !this.ended;
  }

  deliver(bytes: Buffer): void {
    if (!this.ended) this.#sink.message(bytes);
  }

  finish(end: RpcEnd, trailer: Metadata): void {
    if (this.ended) return;
    if (this.#incoming.length > 0) {
      this.#held = { end, trailer };
      this.owner.parked(this);
      return;
    }
    this.ended = true;
    this.owner.wheel.remove(this);
    this.tell(end, trailer);
  }

  tell({ status, origin, pushback }: RpcEnd, trailer: Metadata): void {
    this.owner.released(this);
    this.#incoming.clear();
    this.#outgoing.clear();
    this.#kept = null;
    this.#sink.end(status, trailer, origin, pushback);
  }

  advance(): void {
    const written = this.current as Uint8Array;
    this.current = this.#outgoing.shift() ?? null;
    this.#outgoingBytes -= written.length;
    if (this.#kept !== null) {
      this.#keptBytes += written.length;
      if (this.#keptBytes > KEEP) this.#kept = null;
      else this.#kept.push(written);
    }
    if (this.#mustDrain && this.#outgoingBytes < HIGH_WATER) {
      this.#mustDrain = false;
      process.nextTick(drained, this, this.#sink);
    }
  }

  rewind(): boolean {
    if (this.#kept === null) return false;
    const all = [...this.#kept];
    if (this.current !== null) all.push(this.current);
    for (let bytes = this.#outgoing.shift(); bytes !== undefined; bytes = this.#outgoing.shift()) all.push(bytes);
    this.#outgoingBytes = all.reduce((sum, bytes) => sum + bytes.length, 0);
    const [first, ...others] = all;
    this.current = first ?? null;
    for (const bytes of others) this.#outgoing.push(bytes);
    this.#kept = [];
    this.#keptBytes = 0;
    return true;
  }
}

function drained(stream: DuplexStream, sink: StreamSink): void {
  if (!stream.ended) sink.drain();
}
