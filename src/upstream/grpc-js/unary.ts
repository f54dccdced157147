import type { Metadata as GrpcMetadata, InterceptingListener, StatusObject } from "@grpc/grpc-js";
import { Code, type Metadata, OK_STATUS, type RpcStatus } from "../../core/index.js";
import { CANCELLED, cardinalityStatus } from "../ends.js";
import { parsePushback } from "../parse-pushback.js";
import { NO_METADATA } from "../sendable.js";
import type { Call, StatusOrigin, UnaryEnd } from "../types.js";
import type { GrpcCall } from "./channel.js";
import { fromGrpcMetadata } from "./metadata.js";
import { originOf } from "./origin.js";
import { readStatus } from "./read-status.js";

/** One unary call on a grpc-js call object: message out, half close, one message and a status back. */
export class GrpcJsUnary implements Call, InterceptingListener {
  readonly #call: GrpcCall;
  readonly #done: (call: GrpcJsUnary, end: UnaryEnd) => void;
  #header: Metadata | null = null;
  #message: Uint8Array | null = null;
  /** A verdict of this side that outranks what grpc-js reports after it. */
  #verdict: RpcStatus | null = null;
  #verdictOrigin: StatusOrigin = "cancelled";

  constructor(call: GrpcCall, done: (call: GrpcJsUnary, end: UnaryEnd) => void) {
    this.#call = call;
    this.#done = done;
  }

  start(request: Uint8Array, metadata: GrpcMetadata): void {
    this.#call.start(metadata, this);
    this.#call.sendMessageWithContext({}, asBuffer(request));
    this.#call.startRead();
    this.#call.halfClose();
  }

  cancel(): void {
    this.#rule(CANCELLED, "cancelled");
  }

  onReceiveMetadata(metadata: GrpcMetadata): void {
    this.#header = fromGrpcMetadata(metadata);
  }

  onReceiveMessage(message: Uint8Array): void {
    if (this.#message !== null) {
      this.#rule(cardinalityStatus("more than one message"), "protocol");
      return;
    }
    this.#message = message;
    // Asking again shows a second message, and lets the status through (grpc-js holds it behind unread messages).
    this.#call.startRead();
  }

  onReceiveStatus(status: StatusObject): void {
    const header = this.#header ?? NO_METADATA;
    const trailer = fromGrpcMetadata(status.metadata);
    if (this.#verdict !== null) {
      this.#done(this, { status: this.#verdict, message: null, header, trailer, origin: this.#verdictOrigin });
    } else if (status.code !== Code.OK) {
      const origin = originOf(status, this.#header !== null);
      const [pushback] = status.metadata.get("grpc-retry-pushback-ms");
      const end = { status: readStatus(status), message: null, header, trailer, origin };
      this.#done(this, typeof pushback === "string" ? { ...end, pushback: parsePushback(pushback) } : end);
    } else if (this.#message === null) {
      this.#done(this, { status: cardinalityStatus("no message"), message: null, header, trailer, origin: "protocol" });
    } else {
      this.#done(this, { status: OK_STATUS, message: this.#message, header, trailer, origin: "upstream" });
    }
  }

  #rule(status: RpcStatus, origin: StatusOrigin): void {
    if (this.#verdict !== null) return;
    this.#verdict = status;
    this.#verdictOrigin = origin;
    // In a turn of its own, as in stream.ts: grpc-js loses a cancel in the turn in which the call starts.
    setImmediate(() => this.#call.cancelWithStatus(Code.CANCELLED, status.message));
  }
}

/** The same bytes as a Buffer, without a copy. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
