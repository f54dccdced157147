import {
  DEFAULT_MAX_FRAME,
  DEFAULT_WINDOW,
  Flag,
  FRAME_HEADER,
  FrameType,
  writeFrameHeader,
} from "../../../src/upstream/http2/frames.js";

/** A reply that is being sent: one message, as often as it is wanted. */
interface Reply {
  readonly id: number;
  /** The message with its gRPC prefix. */
  readonly message: Uint8Array;
  left: number;
  /** Sent of the message in hand. */
  at: number;
  window: number;
}

/** How a literal begins that enters the client's table (RFC 7541, 6.2.1), and one that does not (6.2.2). */
const INDEXED = 0x40;
const NOT_INDEXED = 0;

const literal = (kind: number, name: string, value: string): Buffer =>
  Buffer.concat([Buffer.from([kind, name.length]), Buffer.from(name), Buffer.from([value.length]), Buffer.from(value)]);

const STATUS_200 = 0x88;
/** The first header blocks of a connection put two fields into the client's table, later ones name them by their index. */
const FIRST_HEADERS = Buffer.concat([Buffer.from([STATUS_200]), literal(INDEXED, "content-type", "application/grpc")]);
const FIRST_TRAILERS = literal(INDEXED, "grpc-status", "0");
const HEADERS = Buffer.from([STATUS_200, 0x80 | 63]);
const TRAILERS = Buffer.from([0x80 | 62]);

const CAPACITY = 64 * 1024;

/**
 * Sends replies over one connection, within the client's flow control, all that one turn gives in one write. The first
 * reply of a connection goes alone, so that the entries of the client's table have their places.
 */
export class ReplyWriter {
  readonly #write: (bytes: Buffer) => void;
  readonly #replies = new Map<number, Reply>();
  readonly #waiting: Reply[] = [];
  #window = DEFAULT_WINDOW;
  #initialWindow = DEFAULT_WINDOW;
  #state: "fresh" | "first" | "primed" = "fresh";
  #out = Buffer.allocUnsafe(CAPACITY);
  #length = 0;

  constructor(write: (bytes: Buffer) => void) {
    this.#write = write;
  }

  /** Answers a stream with a message, `times` times over. */
  answer(id: number, message: Uint8Array, times: number): void {
    const reply: Reply = { id, message, left: times, at: 0, window: this.#initialWindow };
    this.#replies.set(id, reply);
    if (this.#state === "first") this.#waiting.push(reply);
    else this.#start(reply);
  }

  /** Answers a stream with a status alone. */
  refuse(id: number, code: number, text: string): void {
    const block = Buffer.concat([
      Buffer.from([STATUS_200]),
      literal(NOT_INDEXED, "content-type", "application/grpc"),
      literal(NOT_INDEXED, "grpc-status", String(code)),
      literal(NOT_INDEXED, "grpc-message", text),
    ]);
    this.#frame(FrameType.HEADERS, Flag.END_STREAM | Flag.END_HEADERS, id, block);
  }

  /** A frame of the connection itself. */
  control(type: number, flags: number, payload: Uint8Array): void {
    this.#frame(type, flags, 0, payload);
  }

  forget(id: number): void {
    this.#replies.delete(id);
  }

  /** SETTINGS_INITIAL_WINDOW_SIZE changes the windows of streams that are open, too (RFC 9113, 6.9.2). */
  initialWindow(size: number): void {
    for (const reply of this.#replies.values()) reply.window += size - this.#initialWindow;
    this.#initialWindow = size;
    this.#resume();
  }

  credit(id: number, amount: number): void {
    if (id === 0) this.#window += amount;
    else {
      const reply = this.#replies.get(id);
      if (reply !== undefined) reply.window += amount;
    }
    this.#resume();
  }

  flush(): void {
    if (this.#length === 0) return;
    this.#write(this.#out.subarray(0, this.#length));
    this.#out = Buffer.allocUnsafe(CAPACITY);
    this.#length = 0;
  }

  #start(reply: Reply): void {
    const fresh = this.#state === "fresh";
    if (fresh) this.#state = "first";
    this.#frame(FrameType.HEADERS, Flag.END_HEADERS, reply.id, fresh ? FIRST_HEADERS : HEADERS);
    this.#send(reply);
  }

  #resume(): void {
    for (const reply of this.#replies.values()) {
      if (this.#window === 0) return;
      if (!this.#waiting.includes(reply)) this.#send(reply);
    }
  }

  #send(reply: Reply): void {
    const { id, message } = reply;
    while (reply.left > 0) {
      const size = Math.min(message.length - reply.at, DEFAULT_MAX_FRAME, this.#window, reply.window);
      if (size <= 0) return;
      this.#frame(FrameType.DATA, 0, id, message, reply.at, size);
      reply.window -= size;
      this.#window -= size;
      reply.at += size;
      if (reply.at === message.length) {
        reply.at = 0;
        reply.left--;
      }
    }
    this.#replies.delete(id);
    const first = this.#state === "first";
    this.#frame(FrameType.HEADERS, Flag.END_STREAM | Flag.END_HEADERS, id, first ? FIRST_TRAILERS : TRAILERS);
    if (!first) return;
    this.#state = "primed";
    for (const waiting of this.#waiting.splice(0)) this.#start(waiting);
  }

  #frame(type: number, flags: number, id: number, payload: Uint8Array, from = 0, size = payload.length): void {
    if (this.#length + FRAME_HEADER + size > CAPACITY) this.flush();
    const at = writeFrameHeader(this.#out, this.#length, size, type, flags, id);
    this.#out.set(from === 0 && size === payload.length ? payload : payload.subarray(from, from + size), at);
    this.#length = at + size;
  }
}
