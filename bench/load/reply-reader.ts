/** How a reply ended. */
export interface Reply {
  readonly status: number;
  /** Bytes of the body, framing not counted. */
  readonly length: number;
}

const LINE_END = "\r\n";
const HEAD_END = "\r\n\r\n";

/**
 * Reads HTTP/1.1 replies from a connection, one after another, as cheaply as can be: the status, and where the body ends.
 * It stands for clients that are faster than any server here, so it trusts what it reads.
 */
export class ReplyReader {
  readonly #done: (reply: Reply) => void;
  /** Called with each part of a body; null where nobody looks. */
  readonly #body: ((part: Buffer) => void) | null;
  #state: "head" | "length" | "chunk-head" | "chunk" | "last" = "head";
  #rest: Buffer | null = null;
  #status = 0;
  #length = 0;
  #left = 0;

  constructor(done: (reply: Reply) => void, body: ((part: Buffer) => void) | null = null) {
    this.#done = done;
    this.#body = body;
  }

  read(chunk: Buffer): void {
    let data = chunk;
    if (this.#rest !== null) {
      data = Buffer.concat([this.#rest, chunk]);
      this.#rest = null;
    }
    let at = 0;
    while (at < data.length) {
      const next = this.#step(data, at);
      if (next < 0) {
        this.#rest = Buffer.from(data.subarray(at));
        return;
      }
      at = next;
    }
  }

  /** The position after the next part; negative where it is not there in whole. */
  #step(data: Buffer, at: number): number {
    switch (this.#state) {
      case "head": {
        const end = data.indexOf(HEAD_END, at, "latin1");
        if (end < 0) return -1;
        this.#head(data.toString("latin1", at, end));
        return end + HEAD_END.length;
      }
      case "chunk-head": {
        const end = data.indexOf(LINE_END, at, "latin1");
        if (end < 0) return -1;
        const size = Number.parseInt(data.toString("latin1", at, end), 16);
        this.#length += size;
        this.#left = size + LINE_END.length;
        this.#state = size === 0 ? "last" : "chunk";
        return end + LINE_END.length;
      }
      case "last":
        // A reply of the bench has no trailers: an empty line ends it.
        if (data.length - at < LINE_END.length) return -1;
        this.#finish();
        return at + LINE_END.length;
      default: {
        const taken = Math.min(this.#left, data.length - at);
        const framing = this.#state === "chunk" ? LINE_END.length : 0;
        if (this.#body !== null) this.#body(data.subarray(at, at + Math.min(taken, Math.max(0, this.#left - framing))));
        this.#left -= taken;
        if (this.#left > 0) return at + taken;
        if (this.#state === "chunk") this.#state = "chunk-head";
        else this.#finish();
        return at + taken;
      }
    }
  }

  #head(head: string): void {
    this.#status = Number(head.slice(9, 12));
    const [, length] = /\r\ncontent-length: *(\d+)/i.exec(head) ?? [];
    this.#length = this.#left = Number(length ?? 0);
    this.#state = length === undefined ? "chunk-head" : "length";
    if (length === "0") this.#finish();
  }

  #finish(): void {
    this.#state = "head";
    this.#done({ status: this.#status, length: this.#length });
  }
}
