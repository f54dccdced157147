import { Code, type Metadata } from "../../core/index.js";
import { CANCELLED } from "../ends.js";
import { NO_METADATA } from "../sendable.js";
import type { CallOptions } from "../types.js";
import type { Http2Connection } from "./connection.js";
import { type DeadlineWheel, TICK, type Timed } from "./deadline-wheel.js";
import { ErrorCode } from "./errors.js";
import { gunzip } from "./gzip.js";
import { MESSAGE_HEADER, MessageReader, type MessageSink, roomForMessage } from "./message-reader.js";
import { endOfHttpStatus, localRpcEnd, type RpcEnd } from "./rpc-end.js";

/** Whoever gives streams to connections. */
export interface StreamOwner {
  readonly wheel: DeadlineWheel;
  readonly maxReplyBytes: number;
  /** Whether messages are sent in gzip. */
  readonly compresses: boolean;
  /** Finds a connection for a stream, now or later. */
  dispatch(stream: RpcStream): void;
  /** Takes a stream out of the queue for a connection. */
  unqueue(stream: RpcStream): void;
  /** The stream is off its connection and its end waits for its taker to resume. */
  parked(stream: RpcStream): void;
  /** The stream has ended for good. */
  released(stream: RpcStream): void;
}

/** A server may refuse a stream so often before it is taken for down. */
const MAX_ATTEMPTS = 5;
/** Octets of an answer that is not gRPC's, beyond which its end is not waited for. */
const MOST_PASSED_OVER = 64 * 1024;

/**
 * One call, from the queue over its HTTP/2 stream to its end. Everything a unary call needs is in the fields of this one
 * object; the two kinds differ in where messages come from and go to.
 */
export abstract class RpcStream implements Timed, MessageSink {
  readonly path: string;
  readonly metadata: Metadata;
  readonly deadline: number;
  readonly owner: StreamOwner;

  /** The connection and id under which it is open; null and 0 before and after. */
  connection: Http2Connection | null = null;
  id = 0;
  /** Chunks that the connection had read when this stream was opened on it. */
  readsBefore = 0;
  attempts = 0;
  /** Whether a connection ended before this stream began on it. */
  moved = false;

  // Links of the queue for a connection, or on one, and of the deadline wheel.
  queued = false;
  queueNext: RpcStream | null = null;
  queuePrevious: RpcStream | null = null;
  wheelSlot = -1;
  wheelNext: Timed | null = null;
  wheelPrevious: Timed | null = null;

  // Sending. `offset` counts the message's own header.
  sendWindow = 0;
  current: Uint8Array | null = null;
  offset = 0;
  wantEnd = false;
  endSent = false;
  /** On the connection's list of streams that wait for its window or its socket. */
  waiting = false;

  // Receiving.
  receiveWindow = 0;
  /** Octets received that the peer got no credit for yet. */
  owed = 0;
  paused = false;
  /** grpc-encoding of the answer. */
  encoding: string | null = null;
  /** :status of the answer; 0 before it is there. */
  httpStatus = 0;
  /** Octets of DATA that the answer's content-length leaves to come; -1 where it has none. */
  bodyLeft = -1;
  #passedOver = 0;
  #reader: MessageReader | null = null;

  /** Nothing more is told to the caller, except the end of a cancelled call. */
  ended = false;

  constructor(owner: StreamOwner, options: CallOptions) {
    this.owner = owner;
    this.path = options.path;
    this.metadata = options.metadata;
    this.deadline = options.deadline;
  }

  /** The initial metadata of a gRPC answer. */
  abstract header(metadata: Metadata): void;
  /** A whole message, uncompressed. */
  abstract deliver(bytes: Buffer): void;
  /** The call's end, to be told behind whatever is still to be delivered. */
  abstract finish(end: RpcEnd, trailer: Metadata): void;
  /** The current message was written: sets the next one. */
  abstract advance(): void;
  /** Goes back to the first message. False: it is not there any more. */
  abstract rewind(): boolean;

  /** Bytes of DATA, without padding. */
  receive(buffer: Buffer, start: number, end: number): void {
    if (this.httpStatus !== 200) {
      // The body of an answer that is not gRPC's, such as a proxy's error page. Trailers with a status may follow it.
      this.#passedOver += end - start;
      if (this.#passedOver > MOST_PASSED_OVER) this.#endOverPage();
      return;
    }
    if (this.#reader === null) {
      const size = end - start - MESSAGE_HEADER;
      if (size >= 0 && size <= this.owner.maxReplyBytes && buffer.readUInt32BE(start + 1) === size) {
        // One whole message, as nearly every unary reply comes. A copy: the chunk is used again.
        const room = roomForMessage(size);
        buffer.copy(room, 0, start + MESSAGE_HEADER, end);
        this.message(room.length === size ? room : room.subarray(0, size), buffer[start] !== 0);
        return;
      }
      this.#reader = new MessageReader(this.owner.maxReplyBytes);
    }
    this.#reader.read(buffer, start, end, this);
  }

  message(bytes: Buffer, compressed: boolean): boolean {
    const whole = compressed ? this.inflate(bytes) : bytes;
    if (Buffer.isBuffer(whole)) this.deliver(whole);
    else this.fail(whole);
    return !this.ended;
  }

  tooLarge(size: number): void {
    const message = `the upstream sent a message of ${size} bytes, the limit is ${this.owner.maxReplyBytes}`;
    this.fail(localRpcEnd("limit", Code.RESOURCE_EXHAUSTED, message));
  }

  /** The upstream ended the stream, in whatever way; the stream is off its connection. */
  close(end: RpcEnd, trailer: Metadata): void {
    const { code } = end.status;
    if ((code === Code.DEADLINE_EXCEEDED || code === Code.CANCELLED) && this.deadline - Date.now() <= TICK) {
      // Servers keep the deadline too, and may be the first to notice; it is still the caller's.
      this.finish(DEADLINE_END, trailer);
    } else if (end.status.code === Code.OK && this.#reader?.inside === true) {
      const inside = localRpcEnd("protocol", Code.INTERNAL, "the upstream ended a call inside a message");
      this.finish(inside, trailer);
    } else {
      this.finish(end, trailer);
    }
  }

  /** The upstream did not process the stream (REFUSED_STREAM, or above GOAWAY's last id): it may go again. */
  refused(end: RpcEnd): void {
    if (this.ended) return;
    if (this.httpStatus !== 0 || ++this.attempts >= MAX_ATTEMPTS || !this.rewind()) {
      this.finish(end, NO_METADATA);
    } else {
      this.#again();
    }
  }

  /** Its connection ended and nothing of it was sent: it goes to another one, and the first time that counts for nothing. */
  unsent(end: RpcEnd): void {
    if ((this.moved && ++this.attempts >= MAX_ATTEMPTS) || !this.rewind()) {
      this.finish(end, NO_METADATA);
    } else {
      this.moved = true;
      this.#again();
    }
  }

  #again(): void {
    this.#reader = null;
    this.offset = 0;
    this.endSent = false;
    this.waiting = false;
    this.owed = 0;
    this.owner.dispatch(this);
  }

  /** Ends the call from this side, for a fault of the answer. */
  fail(end: RpcEnd): void {
    this.#abort();
    this.finish(end, NO_METADATA);
  }

  cancel(): void {
    if (this.ended) return;
    this.#abort();
    this.ended = true;
    process.nextTick(cancelled, this);
  }

  expire(): void {
    if (this.ended) return;
    this.connection?.suspect(this.readsBefore);
    this.#abort();
    this.ended = true;
    this.tell(DEADLINE_END, NO_METADATA);
  }

  /** Tells the caller the end. `ended` is set by now. */
  abstract tell(end: RpcEnd, trailer: Metadata): void;

  /**
   * A message that came compressed as it was, or how the call ends for it. PROTOCOL-HTTP2.md: it is in the encoding that
   * grpc-encoding names.
   */
  protected inflate(bytes: Buffer): Buffer | RpcEnd {
    if (this.encoding !== "gzip") {
      return localRpcEnd("protocol", Code.INTERNAL, "the upstream compressed a message in a way it was not offered");
    }
    const inflated = gunzip(bytes, this.owner.maxReplyBytes);
    if (inflated === "broken") {
      return localRpcEnd("protocol", Code.INTERNAL, "the upstream sent a compressed message that is no gzip");
    }
    if (inflated === "too large") {
      const message = `the upstream sent a message that inflates to more than the limit of ${this.owner.maxReplyBytes} bytes`;
      return localRpcEnd("limit", Code.RESOURCE_EXHAUSTED, message);
    }
    return inflated;
  }

  #endOverPage(): void {
    const end = endOfHttpStatus(this.httpStatus);
    this.connection?.outcome(end);
    this.fail(end);
  }

  /** Leaves connection or queue. */
  #abort(): void {
    if (this.connection !== null) this.connection.reset(this, ErrorCode.CANCEL);
    else if (this.queued) this.owner.unqueue(this);
  }
}

const DEADLINE_END = localRpcEnd("deadline", Code.DEADLINE_EXCEEDED, "the deadline passed");
const CANCELLED_END: RpcEnd = { status: CANCELLED, origin: "cancelled" };

function cancelled(stream: RpcStream): void {
  stream.owner.wheel.remove(stream);
  stream.tell(CANCELLED_END, NO_METADATA);
}
