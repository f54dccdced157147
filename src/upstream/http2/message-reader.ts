import { giveBack, lendBuffer } from "../../core/index.js";

/** Octets before each message: a flag and a length (PROTOCOL-HTTP2.md, "Length-Prefixed-Message"). */
export const MESSAGE_HEADER = 5;
/** A length is only a claim: beyond this a message's buffer grows with the bytes that really come. */
const FIRST_PIECE = 256 * 1024;

/** Below this many bytes Node's own pool is cheaper. */
const LEAST_LENT = 16 * 1024;

/** Room for a message's bytes; a large one is lent, for the taker to give back. */
export function roomForMessage(size: number): Buffer {
  return size < LEAST_LENT ? Buffer.allocUnsafe(size) : lendBuffer(size);
}

/** Takes messages; the bytes are the taker's own, and large ones lent. False: the rest is not wanted. */
export interface MessageSink {
  /** A message, as it is on the wire; `compressed` is its flag. */
  message(bytes: Buffer, compressed: boolean): boolean;
  /** A message is larger than the limit. */
  tooLarge(size: number): void;
}

/** Puts gRPC messages together from bytes in any chunking. One for a stream, made when it is first needed. */
export class MessageReader {
  readonly #limit: number;
  /** Octets of the five-octet header that are there. */
  #headerSize = 0;
  #flag = 0;
  #length = 0;
  #body: Buffer | null = null;
  #bodySize = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Whether a message has begun and not ended. */
  get inside(): boolean {
    return this.#headerSize > 0;
  }

  read(buffer: Buffer, start: number, end: number, sink: MessageSink): void {
    let at = start;
    while (at < end) {
      if (this.#headerSize < MESSAGE_HEADER) {
        const octet = buffer[at++] as number;
        if (this.#headerSize === 0) {
          this.#flag = octet;
          this.#length = 0;
        } else {
          this.#length = this.#length * 256 + octet;
        }
        if (++this.#headerSize < MESSAGE_HEADER) continue;
        if (this.#length > this.#limit) {
          sink.tooLarge(this.#length);
          return;
        }
        this.#body = roomForMessage(Math.min(this.#length, FIRST_PIECE));
        this.#bodySize = 0;
      }
      at += this.#fill(buffer, at, end);
      if (this.#bodySize < this.#length) continue;
      const body = this.#body as Buffer;
      this.#body = null;
      this.#headerSize = 0;
      if (!sink.message(body.length === this.#length ? body : body.subarray(0, this.#length), this.#flag !== 0)) return;
    }
  }

  #fill(buffer: Buffer, at: number, end: number): number {
    const wanted = Math.min(end - at, this.#length - this.#bodySize);
    let body = this.#body as Buffer;
    if (this.#bodySize + wanted > body.length) {
      const grown = roomForMessage(Math.min(this.#length, Math.max(body.length * 2, this.#bodySize + wanted)));
      body.copy(grown, 0, 0, this.#bodySize);
      giveBack(body);
      body = grown;
      this.#body = grown;
    }
    buffer.copy(body, this.#bodySize, at, at + wanted);
    this.#bodySize += wanted;
    return wanted;
  }
}
