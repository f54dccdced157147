import type { RpcStatus } from "../core/index.js";
import { localEnd } from "./ends.js";
import { NO_METADATA } from "./sendable.js";
import type { ByteStream, Call, StatusOrigin, StreamSink, UnaryEnd } from "./types.js";

const nothing = (): undefined => undefined;

/** A call of which nothing is sent: it ends with the status, in a turn of its own. */
export function refuseCall(status: RpcStatus, origin: StatusOrigin, end: (end: UnaryEnd) => void): Call {
  process.nextTick(end, localEnd(status, origin));
  return { cancel: nothing };
}

/** The same for a stream. */
export function refuseStream(status: RpcStatus, origin: StatusOrigin, sink: StreamSink): ByteStream {
  process.nextTick(() => sink.end(status, NO_METADATA, origin));
  return { cancel: nothing, write: () => true, closeSend: nothing, pause: nothing, resume: nothing };
}
