import { NO_METADATA } from "../sendable.js";
import type { CallOptions } from "../types.js";
import { RpcStream } from "./rpc-stream.js";

const NOTHING_ASKED: CallOptions = { path: "", metadata: NO_METADATA, deadline: Number.POSITIVE_INFINITY };

/**
 * What stays on a connection of a call that has ended for its caller and whose reset has to wait: its place, and what the
 * peer still says of it, which no one takes. It gets no credit, so that the peer sends a window's worth at most.
 */
export class AbandonedStream extends RpcStream {
  constructor(call: RpcStream) {
    super(call.owner, NOTHING_ASKED);
    this.connection = call.connection;
    this.httpStatus = call.httpStatus;
    this.endSent = call.endSent;
    this.sendWindow = call.sendWindow;
    this.receiveWindow = call.receiveWindow;
    this.paused = true;
    this.ended = true;
  }

  override receive(): void {
    // Nobody takes it.
  }

  header(): void {
    // Nobody takes it.
  }

  deliver(): void {
    // Nobody takes it.
  }

  finish(): void {
    // Its caller was told its end when it was abandoned.
  }

  tell(): void {
    // As above.
  }

  advance(): void {
    // It sends nothing.
  }

  rewind(): boolean {
    return false;
  }
}
