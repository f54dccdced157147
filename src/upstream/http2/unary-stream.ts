import { Code, type Metadata, OK_STATUS } from "../../core/index.js";
import { cardinalityStatus } from "../ends.js";
import { NO_METADATA } from "../sendable.js";
import type { CallOptions, UnaryEnd } from "../types.js";
import { gzip } from "./gzip.js";
import type { RpcEnd } from "./rpc-end.js";
import { RpcStream, type StreamOwner } from "./rpc-stream.js";

/** A unary call: one message each way. */
export class UnaryStream extends RpcStream {
  readonly #request: Uint8Array;
  readonly #end: (end: UnaryEnd) => void;
  #header: Metadata = NO_METADATA;
  #message: Buffer | null = null;

  constructor(owner: StreamOwner, request: Uint8Array, options: CallOptions, end: (end: UnaryEnd) => void) {
    super(owner, options);
    this.#request = owner.compresses ? gzip(request) : request;
    this.#end = end;
    this.current = this.#request;
    this.wantEnd = true;
  }

  header(metadata: Metadata): void {
    this.#header = metadata;
  }

  deliver(bytes: Buffer): void {
    if (this.#message === null) this.#message = bytes;
    else this.fail({ status: cardinalityStatus("more than one message"), origin: "protocol" });
  }

  finish(end: RpcEnd, trailer: Metadata): void {
    if (this.ended) return;
    this.ended = true;
    this.owner.wheel.remove(this);
    this.tell(end, trailer);
  }

  tell({ status, origin, pushback }: RpcEnd, trailer: Metadata): void {
    this.owner.released(this);
    const header = this.#header;
    if (status.code !== Code.OK) {
      if (pushback === undefined) this.#end({ status, message: null, header, trailer, origin });
      else this.#end({ status, message: null, header, trailer, origin, pushback });
    } else if (this.#message === null) {
      this.#end({ status: cardinalityStatus("no message"), message: null, header, trailer, origin: "protocol" });
    } else {
      this.#end({ status: OK_STATUS, message: this.#message, header, trailer, origin: "upstream" });
    }
  }

  advance(): void {
    this.current = null;
  }

  rewind(): boolean {
    this.current = this.#request;
    return true;
  }
}
