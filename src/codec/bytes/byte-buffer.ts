const INITIAL = 16 * 1024;
/** A buffer that one large message has grown beyond this is given back to the collector at the next reset. */
const KEPT = 4 * 1024 * 1024;

/** A growing buffer that is written from the front and reused. `bytes` may be replaced by any call that grows it. */
export class ByteBuffer {
  bytes: Buffer;
  data: DataView;
  length: number;

  constructor(capacity: number = INITIAL) {
    this.bytes = Buffer.allocUnsafeSlow(capacity);
    this.data = new DataView(this.bytes.buffer);
    this.length = 0;
  }

  reset(): void {
    this.length = 0;
    if (this.bytes.length > KEPT) this.replace(Buffer.allocUnsafeSlow(INITIAL));
  }

  /** Makes room for `extra` bytes behind `length`. */
  ensure(extra: number): void {
    if (this.bytes.length - this.length < extra) this.grow(extra);
  }

  private grow(extra: number): void {
    const bytes = Buffer.allocUnsafeSlow(Math.max(this.bytes.length * 2, this.length + extra));
    this.bytes.copy(bytes, 0, 0, this.length);
    this.replace(bytes);
  }

  private replace(bytes: Buffer): void {
    this.bytes = bytes;
    this.data = new DataView(bytes.buffer);
  }

  /** Writes beyond the end are lost without a word; code that did not make room would otherwise give wrong bytes away. */
  private check(): void {
    if (this.length > this.bytes.length) throw new Error("more was written than there was room for");
  }

  /** Appends a copy. */
  raw(bytes: Uint8Array): void {
    this.ensure(bytes.length);
    this.bytes.set(bytes, this.length);
    this.length += bytes.length;
  }

  /** The bytes [start, end) of those so far, valid until the buffer is touched again. */
  view(start: number = 0, end: number = this.length): Buffer {
    this.check();
    return this.bytes.subarray(start, end);
  }
}
