import type { ServerResponse } from "node:http";

/** Bytes that wait for the end of the turn above which they are written at once, and whoever makes more is held. */
const BATCH = 64 * 1024;

/** Writes the body of a reply, all parts of a turn of the event loop as one chunk. */
export interface BatchWriter {
  /** False: hold back until `onDrain` is called. */
  write(part: Uint8Array): boolean;
  /** Hands everything over now. */
  flush(): void;
  /** Forgets what is not handed over. */
  drop(): void;
  /** Written so far, framing of chunks not counted. */
  readonly bytes: number;
}

/**
 * Makes a writer whose parts must stay as they are until the turn is over; `onFlush` is told of each chunk. One write a message would hand the kernel three
 * buffers each (size, message, line end); joined, a message of 408 bytes costs the gateway 2.5 µs of CPU in place of 3.6
 * over the http2 transport, 4.3 in place of 9.4 over grpc-js (bench/streams.ts, Node 20.20).
 */
export function createBatchWriter(raw: ServerResponse, onDrain: () => void, onFlush: () => void): BatchWriter {
  let parts: Uint8Array[] = [];
  let size = 0;
  let bytes = 0;
  let scheduled: NodeJS.Immediate | null = null;
  /** The response has taken more than it likes and will say `drain`. */
  let full = false;
  /** Somebody was told to hold back. */
  let held = false;

  const release = (): void => {
    if (full || !held) return;
    held = false;
    onDrain();
  };
  raw.on("drain", () => {
    full = false;
    release();
  });

  const flush = (): void => {
    if (scheduled !== null) clearImmediate(scheduled);
    scheduled = null;
    if (raw.destroyed) return;
    if (size === 0) return;
    const [first] = parts;
    const chunk = parts.length === 1 && first !== undefined ? first : Buffer.concat(parts, size);
    parts = [];
    size = 0;
    full = !raw.write(chunk);
    onFlush();
  };
  const atEndOfTurn = (): void => {
    // A reply that has begun without a message is told by its headers alone.
    if (size === 0 && bytes === 0 && !raw.destroyed) raw.flushHeaders();
    flush();
    release();
  };

  return {
    write(part) {
      parts.push(part);
      size += part.length;
      bytes += part.length;
      if (size >= BATCH) flush();
      else scheduled ??= setImmediate(atEndOfTurn);
      held = full || size >= BATCH;
      return !held;
    },
    flush,
    drop() {
      if (scheduled !== null) clearImmediate(scheduled);
      parts = [];
      size = 0;
    },
    get bytes() {
      return bytes;
    },
  };
}
