import type { Socket } from "node:net";
import { DEFAULT_WINDOW, Flag, FRAME_HEADER, FrameType, PREFACE, writeFrameHeader, writeUint32 } from "./frames.js";
import { MESSAGE_HEADER } from "./message-reader.js";
import { Output } from "./output.js";
import type { RpcStream } from "./rpc-stream.js";
import type { PeerSettings } from "./settings.js";
import type { StreamQueue } from "./stream-queue.js";

/** Bytes that the socket has not taken above which no more DATA is written to it. */
const DATA_PRESSURE = 256 * 1024;
/** The same for calls: HEADERS would gather without end on a connection whose peer does not read. */
const CALL_PRESSURE = 1024 * 1024;
/** Answers to the peer's frames since the socket had last taken all, beyond which the connection ends. */
const MOST_ANSWERS = 4 * 1024 * 1024;

const NOTHING = Buffer.alloc(0);

/** What a sender asks of its connection. */
export interface SenderHooks {
  /** Writes the beginning of a call. */
  begin(stream: RpcStream, now: number): void;
  /** The kernel refused a whole write: calls from this stream on have not been sent, and the connection is lost. */
  refused(firstId: number, error: Error): void;
  /** The socket has handed on all that it was given, which was more than it should hold. */
  drained(): void;
}

/**
 * The sending half of a connection: frames into the output, messages into DATA as the windows allow, and one socket write
 * for all that a turn of the event loop gathered.
 */
export class Sender {
  readonly output = new Output();
  /** The connection's send window (RFC 9113 section 5.2). */
  window = DEFAULT_WINDOW;
  readonly #peer: PeerSettings;
  readonly #unbegun: StreamQueue;
  #socket: Socket | null = null;
  #hooks: SenderHooks | null = null;
  #scheduled = false;
  #awaiting = false;
  /** The socket holds so much that no call should be started; `drained` tells when it has taken all. */
  congested = false;
  /** DATA frames ever written. */
  dataFrames = 0;
  /** Octets of answers to the peer's frames since the socket had last taken everything. */
  #answers = 0;
  /** Streams with a message in hand that wait for the connection's window or for the socket. */
  #waiting: RpcStream[] = [];
  readonly #flush = (): void => this.flush();

  /** `unbegun`: the calls that are to begin. */
  constructor(peer: PeerSettings, unbegun: StreamQueue) {
    this.#peer = peer;
    this.#unbegun = unbegun;
  }

  attach(socket: Socket, hooks: SenderHooks): void {
    this.#socket = socket;
    this.#hooks = hooks;
    socket.on("drain", () => {
      this.congested = false;
      this.#answers = 0;
      this.#begin();
      this.resume();
      hooks.drained();
    });
  }

  /** Whether the peer makes this side answer and does not read the answers. */
  get overrun(): boolean {
    return this.#answers > MOST_ANSWERS;
  }

  /** Bytes that have not gone to the kernel. */
  get pressure(): number {
    return this.output.pending + (this.#socket?.writableLength ?? 0);
  }

  /** The output holds as much as it should; what else there is waits for the socket. */
  get full(): boolean {
    return this.pressure >= DATA_PRESSURE;
  }

  /** Everything written to the output by the end of this turn goes out together. */
  schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(this.#flush);
  }

  flush(): void {
    const socket = this.#socket;
    if (socket === null || !socket.writable) {
      this.#scheduled = false;
      return;
    }
    const firstId = socket.writableLength === 0 ? this.#begin() : 0;
    // Not before: what begins schedules nothing that is not written here.
    this.#scheduled = false;
    this.output.flush(socket);
    // libuv tries a write at once where none is under way, and says of it that it failed only if no octet was taken.
    if (firstId > 0 && socket.errored !== null) {
      this.#hooks?.refused(firstId, socket.errored);
      return;
    }
    const { writableLength } = socket;
    if (writableLength === 0) this.#answers = 0;
    else if (writableLength >= CALL_PRESSURE) this.congested = true;
    if (this.#waiting.length > 0) this.resume();
    if (this.#unbegun.length > 0) this.#beginLater(socket);
  }

  /**
   * Begins calls, as far as the output should hold. It runs only when the socket has handed on all that it was given, and
   * what is written goes to the socket in the same turn: a call that has not begun has certainly not been sent, and of one
   * that has begun the kernel may have a part. Gives the id of the first one; 0 if there was none.
   */
  #begin(): number {
    if (this.#unbegun.length === 0) return 0;
    const now = Date.now();
    let firstId = 0;
    while (!this.full) {
      const stream = this.#unbegun.shift();
      if (stream === null) break;
      this.#hooks?.begin(stream, now);
      if (firstId === 0) firstId = stream.id;
    }
    return firstId;
  }

  /** A socket tells by itself that it has handed on all it holds only if that was much; else a write of nothing does. */
  #beginLater(socket: Socket): void {
    if (socket.writableLength === 0) {
      this.schedule();
    } else if (!this.#awaiting && !socket.writableNeedDrain) {
      this.#awaiting = true;
      socket.write(NOTHING, () => {
        this.#awaiting = false;
        this.schedule();
      });
    }
  }

  /** Writes the stream's messages as DATA, as far as windows and socket allow. */
  data(stream: RpcStream): void {
    while (this.#piece(stream));
    this.schedule();
  }

  /** There is room again: streams that wait get a frame each, in turns. */
  resume(): void {
    let streams = this.#waiting;
    while (streams.length > 0 && this.#hasRoom()) {
      this.#waiting = [];
      for (const stream of streams) {
        // A stream that was refused may be on another connection by now.
        if (stream.connection?.sender !== this) continue;
        stream.waiting = false;
        if (this.#piece(stream)) this.#wait(stream);
      }
      streams = this.#waiting;
      this.schedule();
    }
  }

  /** One DATA frame at most. True: there is more, and room for it as far as this stream knows. */
  #piece(stream: RpcStream): boolean {
    const { current, offset } = stream;
    if (current === null) {
      if (stream.wantEnd && !stream.endSent) this.#end(stream);
      return false;
    }
    const total = MESSAGE_HEADER + current.length - offset;
    if (stream.sendWindow <= 0) return false;
    if (!this.#hasRoom()) {
      this.#wait(stream);
      return false;
    }
    this.dataFrames++;
    const size = Math.min(total, stream.sendWindow, this.window, this.#peer.maxFrameSize);
    const { output } = this;
    output.room(FRAME_HEADER + size);
    const start = output.at;
    let at = start + FRAME_HEADER;
    if (offset < MESSAGE_HEADER) {
      if (offset === 0 && size >= MESSAGE_HEADER) {
        output.buffer[at] = stream.owner.compresses ? 1 : 0;
        writeUint32(output.buffer, at + 1, current.length);
        at += MESSAGE_HEADER;
      } else {
        // A window of a few octets: the message's header goes out in parts.
        const header = Buffer.alloc(MESSAGE_HEADER);
        header[0] = stream.owner.compresses ? 1 : 0;
        header.writeUInt32BE(current.length, 1);
        at += header.copy(output.buffer, at, offset, Math.min(MESSAGE_HEADER, offset + size));
      }
    }
    const body = start + FRAME_HEADER + size - at;
    if (body > 0) {
      const from = Math.max(0, offset - MESSAGE_HEADER);
      output.buffer.set(from === 0 && body === current.length ? current : current.subarray(from, from + body), at);
      at += body;
    }
    output.at = at;
    this.window -= size;
    stream.sendWindow -= size;
    if (size === total) {
      stream.offset = 0;
      stream.advance();
    } else {
      stream.offset = offset + size;
    }
    const last = stream.current === null && stream.wantEnd;
    if (last) stream.endSent = true;
    writeFrameHeader(output.buffer, start, size, FrameType.DATA, last ? Flag.END_STREAM : 0, stream.id);
    return stream.current !== null;
  }

  #hasRoom(): boolean {
    return this.window > 0 && !this.full;
  }

  #wait(stream: RpcStream): void {
    if (stream.waiting) return;
    stream.waiting = true;
    this.#waiting.push(stream);
  }

  #end(stream: RpcStream): void {
    stream.endSent = true;
    this.#frame(0, FrameType.DATA, Flag.END_STREAM, stream.id);
  }

  /** The connection preface, this side's settings and the connection's receive window. */
  preface(settings: readonly (readonly [number, number])[], receiveWindow: number): void {
    const { output } = this;
    output.room(PREFACE.length);
    output.at += output.buffer.write(PREFACE, output.at, "latin1");
    this.#frame(settings.length * 6, FrameType.SETTINGS, 0, 0);
    for (const [id, value] of settings) {
      output.buffer[output.at] = id >> 8;
      output.buffer[output.at + 1] = id;
      output.at = writeUint32(output.buffer, output.at + 2, value);
    }
    this.windowUpdate(0, receiveWindow - DEFAULT_WINDOW);
  }

  settingsAck(): void {
    this.#answers += FRAME_HEADER;
    this.#frame(0, FrameType.SETTINGS, Flag.ACK, 0);
  }

  /** PING with the eight octets of `payload` from `start` on. */
  ping(flags: number, payload: Buffer, start: number): void {
    this.#answers += FRAME_HEADER + 8;
    this.#frame(8, FrameType.PING, flags, 0);
    this.output.at += payload.copy(this.output.buffer, this.output.at, start, start + 8);
  }

  windowUpdate(streamId: number, increment: number): void {
    this.#frame(4, FrameType.WINDOW_UPDATE, 0, streamId);
    this.output.at = writeUint32(this.output.buffer, this.output.at, increment);
  }

  reset(streamId: number, code: number): void {
    this.#answers += FRAME_HEADER + 4;
    this.#frame(4, FrameType.RST_STREAM, 0, streamId);
    this.output.at = writeUint32(this.output.buffer, this.output.at, code);
  }

  goAway(code: number): void {
    this.#frame(8, FrameType.GOAWAY, 0, 0);
    // A server opens no streams here, so that the last one processed is always 0.
    this.output.at = writeUint32(this.output.buffer, this.output.at, 0);
    this.output.at = writeUint32(this.output.buffer, this.output.at, code);
  }

  /** A frame's header, with room for its payload. */
  #frame(length: number, type: number, flags: number, streamId: number): void {
    const { output } = this;
    output.room(FRAME_HEADER + length);
    output.at = writeFrameHeader(output.buffer, output.at, length, type, flags, streamId);
    this.schedule();
  }
}
