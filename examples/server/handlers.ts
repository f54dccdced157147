import { once } from "node:events";
import type { Readable } from "node:stream";
import type {
  handleBidiStreamingCall,
  handleClientStreamingCall,
  handleServerStreamingCall,
  handleUnaryCall,
  Metadata,
  ServerDuplexStream,
  ServerWritableStream,
  ServiceError,
} from "@grpc/grpc-js";
import { status } from "@grpc/grpc-js";
import { StatusError } from "./status-error.js";

/** What a method may know of its call beside the messages. */
export interface CallContext {
  readonly metadata: Metadata;
  /** When the call must have ended; Infinity if it has no deadline. */
  readonly deadline: Date | number;
  /** Aborted when the caller has gone away, cancelled or run out of time. */
  readonly signal: AbortSignal;
  /** Sends initial metadata; before the first message. */
  sendHeader(metadata: Metadata): void;
  /** Sets trailing metadata. */
  setTrailer(metadata: Metadata): void;
}

/** A unary method: one message in, one out. What it throws becomes the call's status. */
export function unary<Request, Reply>(
  answer: (request: Request, context: CallContext) => Reply | Promise<Reply>,
): handleUnaryCall<Request, Reply> {
  return async (call, callback) => {
    let trailer: Metadata | undefined;
    const context = contextOf(call, (metadata) => {
      trailer = metadata;
    });
    try {
      const reply = await answer(call.request, context);
      callback(null, reply, trailer);
    } catch (reason) {
      callback(asStatus(reason));
    }
  };
}

/** A server stream: one message in, what the generator yields out. */
export function serverStream<Request, Reply>(
  produce: (request: Request, context: CallContext) => AsyncIterable<Reply> | Iterable<Reply>,
): handleServerStreamingCall<Request, Reply> {
  return (call) => pipe(call, (context) => produce(call.request, context));
}

/** A client stream: messages in, one out. */
export function clientStream<Request, Reply>(
  consume: (requests: AsyncIterable<Request>, context: CallContext) => Promise<Reply>,
): handleClientStreamingCall<Request, Reply> {
  return async (call, callback) => {
    let trailer: Metadata | undefined;
    const context = contextOf(call, (metadata) => {
      trailer = metadata;
    });
    try {
      const reply = await consume(read(call), context);
      callback(null, reply, trailer);
    } catch (reason) {
      callback(asStatus(reason));
    }
  };
}

/** Both sides stream: messages in, what the generator yields out, in whatever order it likes. */
export function bothWays<Request, Reply>(
  talk: (requests: AsyncIterable<Request>, context: CallContext) => AsyncIterable<Reply>,
): handleBidiStreamingCall<Request, Reply> {
  return (call) => pipe(call, (context) => talk(read(call), context));
}

/** What the client sends. A loop over it may be left without ending the call, whose reply is still to come. */
function read<Request>(call: Readable): AsyncIterable<Request> {
  return call.iterator({ destroyOnReturn: false });
}

/** The calls of grpc-js have this in common. */
interface AnyCall {
  readonly metadata: Metadata;
  readonly cancelled: boolean;
  getDeadline(): Date | number;
  sendMetadata(metadata: Metadata): void;
  once(event: string, listener: () => void): unknown;
}

function contextOf(call: AnyCall, setTrailer: (metadata: Metadata) => void): CallContext {
  const controller = new AbortController();
  call.once("cancelled", () => controller.abort());
  if (call.cancelled) controller.abort();
  return {
    metadata: call.metadata,
    deadline: call.getDeadline(),
    signal: controller.signal,
    sendHeader: (metadata) => call.sendMetadata(metadata),
    setTrailer,
  };
}

async function pipe<Request, Reply>(
  call: ServerWritableStream<Request, Reply> | ServerDuplexStream<Request, Reply>,
  produce: (context: CallContext) => AsyncIterable<Reply> | Iterable<Reply>,
): Promise<void> {
  let trailer: Metadata | undefined;
  const context = contextOf(call, (metadata) => {
    trailer = metadata;
  });
  try {
    for await (const message of produce(context)) {
      if (context.signal.aborted) return;
      // Full: wait for room, so that a slow reader holds the producer back. The abort ends the wait.
      if (!call.write(message)) await once(call, "drain", { signal: context.signal });
    }
    call.end(trailer);
  } catch (reason) {
    // A call that is cancelled has its status already.
    if (!context.signal.aborted) call.emit("error", asStatus(reason));
  }
}

/** A StatusError as it is. Anything else is a fault of the service: INTERNAL, and its text stays here. */
function asStatus(reason: unknown): ServiceError | StatusError {
  if (reason instanceof StatusError) return reason;
  // What the transport itself reports while a request is read, such as a message that is no protobuf.
  if (reason instanceof Error && "code" in reason && typeof reason.code === "number" && "details" in reason) {
    return reason as ServiceError;
  }
  return new StatusError(status.INTERNAL, "the sample service has a fault");
}
