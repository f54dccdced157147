import { ConnectionError, ErrorCode } from "./errors.js";
import { DEFAULT_MAX_FRAME, FRAME_HEADER, FrameType, readUint32 } from "./frames.js";

/** Takes the frames of a connection in order. */
export interface FrameSink {
  /** Once true, no further frame of the chunk in hand is given. */
  readonly closed: boolean;
  /** A frame whose payload is `buffer` from `start` to `end`; the buffer is reused after the call. */
  frame(type: number, flags: number, streamId: number, buffer: Buffer, start: number, end: number): void;
}

/**
 * Cuts a connection's bytes into frames, however they are chunked. Whole frames are given in place; only a frame that goes
 * over the end of a chunk is put together in a buffer of this reader's own, whose size is the largest frame allowed.
 */
export class FrameReader {
  readonly #carry = Buffer.allocUnsafeSlow(FRAME_HEADER + DEFAULT_MAX_FRAME);
  #carried = 0;
  #first = true;

  /** Throws a ConnectionError for a frame that is too large, and for a first frame that is no SETTINGS. */
  read(chunk: Buffer, length: number, sink: FrameSink): void {
    let at = 0;
    if (this.#carried > 0) {
      at = this.#fill(chunk, at, length, FRAME_HEADER);
      if (this.#carried < FRAME_HEADER) return;
      const end = FRAME_HEADER + this.#lengthAt(this.#carry, 0);
      at = this.#fill(chunk, at, length, end);
      if (this.#carried < end) return;
      this.#carried = 0;
      give(sink, this.#carry, 0, end);
    }
    while (length - at >= FRAME_HEADER && !sink.closed) {
      const end = at + FRAME_HEADER + this.#lengthAt(chunk, at);
      if (end > length) break;
      give(sink, chunk, at, end);
      at = end;
    }
    if (at < length && !sink.closed) this.#carried = chunk.copy(this.#carry, 0, at, length);
  }

  /** Adds to the carried bytes until there are `upTo` of them or the chunk is at its end; gives the new position. */
  #fill(chunk: Buffer, at: number, length: number, upTo: number): number {
    if (this.#carried >= upTo) return at;
    const copied = chunk.copy(this.#carry, this.#carried, at, Math.min(length, at + upTo - this.#carried));
    this.#carried += copied;
    return at + copied;
  }

  #lengthAt(buffer: Buffer, at: number): number {
    if (this.#first) {
      // RFC 9113 section 3.4: the server's preface is a SETTINGS frame, which may be empty.
      if (buffer[at + 3] !== FrameType.SETTINGS || (buffer[at] as number) !== 0) {
        throw new ConnectionError(ErrorCode.PROTOCOL_ERROR, "the upstream does not begin with SETTINGS: no HTTP/2");
      }
      this.#first = false;
    }
    const length = ((buffer[at] as number) << 16) | ((buffer[at + 1] as number) << 8) | (buffer[at + 2] as number);
    if (length > DEFAULT_MAX_FRAME) {
      throw new ConnectionError(
        ErrorCode.FRAME_SIZE_ERROR,
        `a frame of ${length} octets is above SETTINGS_MAX_FRAME_SIZE`,
      );
    }
    return length;
  }
}

function give(sink: FrameSink, buffer: Buffer, at: number, end: number): void {
  const streamId = readUint32(buffer, at + 5) & 0x7fffffff;
  sink.frame(buffer[at + 3] as number, buffer[at + 4] as number, streamId, buffer, at + FRAME_HEADER, end);
}
