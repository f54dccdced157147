import type { Metadata as GrpcMetadata, InterceptingListener, StatusObject } from "@grpc/grpc-js";
import { Code } from "../../core/index.js";
import { CANCELLED } from "../ends.js";
import { Fifo } from "../fifo.js";
import { parsePushback } from "../parse-pushback.js";
import type { ByteStream, StreamSink } from "../types.js";
import type { GrpcCall } from "./channel.js";
import { fromGrpcMetadata } from "./metadata.js";
import { originOf } from "./origin.js";
import { readStatus } from "./read-status.js";
import { asBuffer } from "./unary.js";

/** Bytes of messages not yet taken by the connection above which `write` answers false. */
const HIGH_WATER = 64 * 1024;

/** One streaming call on a grpc-js call object. */
export class GrpcJsStream implements ByteStream, InterceptingListener {
  readonly #call: GrpcCall;
  readonly #sink: StreamSink;
  readonly #done: (call: GrpcJsStream) => void;
  /** Messages that wait: grpc-js takes one at a time and loses a second one given before its callback. */
  readonly #queue = new Fifo<Uint8Array>();
  #queuedBytes = 0;
  #writing = false;
  #closed = false;
  #mustDrain = false;
  #paused = false;
  #reading = false;
  /** What came in while paused: the answer to the one read that was already asked for, and the status behind it. */
  #heldMessage: Uint8Array | null = null;
  #heldStatus: StatusObject | null = null;
  #headerSeen = false;
  #cancelled = false;
  #ended = false;

  constructor(call: GrpcCall, sink: StreamSink, done: (call: GrpcJsStream) => void) {
    this.#call = call;
    this.#sink = sink;
    this.#done = done;
  }

  start(metadata: GrpcMetadata): void {
    this.#call.start(metadata, this);
    this.#read();
  }

  write(bytes: Uint8Array): boolean {
    if (this.#closed || this.#ended) return true;
    this.#queuedBytes += bytes.length;
    this.#queue.push(bytes);
    if (!this.#writing) this.#writeNext();
    this.#mustDrain = this.#queuedBytes >= HIGH_WATER;
    return !this.#mustDrain;
  }

  closeSend(): void {
    if (this.#closed || this.#ended) return;
    this.#closed = true;
    if (!this.#writing) this.#call.halfClose();
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    if (!this.#paused || this.#ended) return;
    this.#paused = false;
    const message = this.#heldMessage;
    const status = this.#heldStatus;
    this.#heldMessage = null;
    this.#heldStatus = null;
    if (message !== null) this.onReceiveMessage(message);
    else if (!this.#reading) this.#read();
    if (status !== null) this.onReceiveStatus(status);
  }

  cancel(): void {
    if (this.#cancelled || this.#ended) return;
    this.#cancelled = true;
    const held = this.#heldStatus;
    if (held !== null) process.nextTick(() => this.onReceiveStatus(held));
    // grpc-js 1.14 loses a cancel in the turn in which the call starts on a ready connection: the server keeps the call.
    setImmediate(() => this.#call.cancelWithStatus(Code.CANCELLED, CANCELLED.message));
  }

  onReceiveMetadata(metadata: GrpcMetadata): void {
    this.#headerSeen = true;
    if (!this.#ended && !this.#cancelled) this.#sink.header(fromGrpcMetadata(metadata));
  }

  onReceiveMessage(message: Uint8Array): void {
    this.#reading = false;
    if (this.#ended || this.#cancelled) return;
    if (this.#paused) {
      this.#heldMessage = message;
      return;
    }
    this.#sink.message(message);
    if (!this.#paused) this.#read();
  }

  onReceiveStatus(status: StatusObject): void {
    if (this.#ended) return;
    if (this.#heldMessage !== null && !this.#cancelled) {
      this.#heldStatus = status;
      return;
    }
    this.#ended = true;
    this.#done(this);
    const trailer = fromGrpcMetadata(status.metadata);
    if (this.#cancelled) this.#sink.end(CANCELLED, trailer, "cancelled");
    else if (status.code === Code.OK) this.#sink.end(readStatus(status), trailer, "upstream");
    else {
      const [pushback] = status.metadata.get("grpc-retry-pushback-ms");
      const wait = typeof pushback === "string" ? parsePushback(pushback) : undefined;
      this.#sink.end(readStatus(status), trailer, originOf(status, this.#headerSeen), wait);
    }
  }

  #read(): void {
    this.#reading = true;
    this.#call.startRead();
  }

  #writeNext(): void {
    const bytes = this.#queue.shift();
    if (bytes === undefined) {
      this.#writing = false;
      if (this.#closed) this.#call.halfClose();
      return;
    }
    this.#writing = true;
    const written = (): void => {
      this.#queuedBytes -= bytes.length;
      if (this.#ended) return;
      this.#writeNext();
      if (this.#mustDrain && this.#queuedBytes < HIGH_WATER) {
        this.#mustDrain = false;
        this.#sink.drain();
      }
    };
    this.#call.sendMessageWithContext({ callback: written }, asBuffer(bytes));
  }
}
