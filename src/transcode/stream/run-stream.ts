import { GatewayError, giveBack } from "../../core/index.js";
import type { ByteStream, CallOptions } from "../../upstream/index.js";
import type { ErrorReplies } from "../errors/error-reply.js";
import { takesForm } from "../form/takes-form.js";
import type { FromMetadata } from "../headers/from-metadata.js";
import { readDeadline } from "../headers/read-deadline.js";
import { checkContentEncoding } from "../request-body.js";
import type { CallPlan, DeadlineOptions, IncomingRequest } from "../types.js";
import { createFormReader, type FormReader } from "./form-reader.js";
import { chooseFraming, createFraming, type FramingName } from "./framing.js";
import { createIdleTimer } from "./idle-timer.js";
import { messageReply } from "./message-reply.js";
import { createMessageReader, createRequestReader, type RequestReader } from "./request-reader.js";
import { singleReply } from "./single-reply.js";
import { streamReply } from "./stream-reply.js";
import type { ReplySide, StreamCall, StreamClient, StreamRunner } from "./types.js";

/** What goes up: the one message of the request, or what a reader finds in the body as it arrives. */
type RequestSide =
  | { readonly kind: "message"; readonly bytes: Uint8Array }
  | { readonly kind: "reader"; readonly reader: RequestReader }
  | { readonly kind: "form"; readonly reader: FormReader };

/** How streams run. */
export interface StreamOptions {
  /** Where the client's Accept header names none. */
  readonly framing: FramingName;
  /** Bounds one message of a request. */
  readonly maxMessageBytes: number;
  /** The most bytes of an upload that one message has. */
  readonly chunkBytes: number;
  /** Apart from those of upstreams, which are for unary calls. */
  readonly deadline: DeadlineOptions;
  /** Milliseconds without a message either way; Infinity for no limit. */
  readonly idleTimeout: number;
  /** Milliseconds of silence after which a framing's heartbeat is due; Infinity for none. */
  readonly heartbeat: number;
  /** Whether trailing metadata are trailers for clients that take them. */
  readonly trailers: boolean;
}

/** Whether a call's request is one message, or none but what path and query say. */
function takesOne(plan: CallPlan): boolean {
  return plan.kind === "server-stream" || plan.kind === "unary" || plan.body === "none";
}

/** Compiles what all streams share. */
export function compileStreams(errors: ErrorReplies, fromMetadata: FromMetadata, options: StreamOptions): StreamRunner {
  const requestSide = (plan: CallPlan, request: IncomingRequest): RequestSide => {
    if (takesOne(plan)) {
      const bytes = plan.encodeRequest.message(request);
      return { kind: "message", bytes: plan.addLastEventId?.(request.headers, bytes) ?? bytes };
    }
    if (plan.form !== null && takesForm(plan, request.headers)) {
      checkContentEncoding(request.headers);
      return { kind: "form", reader: createFormReader(plan, request, plan.form, options.chunkBytes) };
    }
    return { kind: "reader", reader: createRequestReader(plan, request, options) };
  };

  const callOf = (plan: CallPlan, request: IncomingRequest): CallOptions => ({
    path: plan.rpcPath,
    metadata: plan.readMetadata(request),
    deadline: readDeadline(request.headers, plan.kind === "unary" ? plan.route.deadline : options.deadline, Date.now()),
  });

  const replySide = (plan: CallPlan, request: IncomingRequest, up: RequestSide, client: StreamClient): ReplySide => {
    if (plan.kind === "client-stream") return singleReply(plan, request, client, errors, fromMetadata);
    const framing = plan.rawReply
      ? null
      : createFraming(chooseFraming(request.headers, options.framing), plan.eventLines);
    const message = up.kind === "message" ? up.bytes : null;
    return streamReply(plan, request, message, client, framing, options, errors, fromMetadata);
  };

  return {
    openMessages(plan, request, client) {
      const reply = messageReply(plan, client, errors);
      try {
        const up: RequestSide = takesOne(plan)
          ? requestSide(plan, request)
          : { kind: "reader", reader: createMessageReader(plan, request) };
        return connect(plan, callOf(plan, request), up, reply, client, options.idleTimeout);
      } catch (reason) {
        reply.fail(GatewayError.from(reason));
        return null;
      }
    },
    open(plan, request, client) {
      try {
        const call = callOf(plan, request);
        const up = requestSide(plan, request);
        return connect(plan, call, up, replySide(plan, request, up, client), client, options.idleTimeout);
      } catch (reason) {
        client.reply(errors.ofGateway(GatewayError.from(reason), request.headers));
        return null;
      }
    },
  };
}

/** Opens the upstream's stream and joins it to both sides of the client's. */
function connect(
  plan: CallPlan,
  call: CallOptions,
  up: RequestSide,
  reply: ReplySide,
  client: { resumeBody(): void },
  idleTimeout: number,
): StreamCall {
  let over = false;
  const settle = (): void => {
    over = true;
    idle.stop();
  };

  /** Ends both sides with a failure of the gateway's own. */
  const fail = (error: GatewayError): void => {
    if (over) return;
    settle();
    stream.cancel();
    reply.fail(error);
    client.resumeBody();
  };

  /** Runs a step that may refuse; what it throws ends the stream. */
  const guarded = (step: () => void): void => {
    if (over) return;
    try {
      step();
    } catch (reason) {
      fail(GatewayError.from(reason));
    }
  };

  const idle = createIdleTimer(idleTimeout, () =>
    fail(new GatewayError("GW_STREAM_IDLE", "the stream had no message either way for too long")),
  );

  const stream: ByteStream = plan.route.upstream.stream(call, {
    header: (metadata) => reply.header(metadata),
    message: (bytes) =>
      guarded(() => {
        idle.touch();
        const taken = reply.message(bytes);
        giveBack(bytes);
        if (taken === "more") return;
        if (taken === "hold") {
          stream.pause();
          return;
        }
        settle();
        stream.cancel();
      }),
    drain: () => client.resumeBody(),
    end: (status, trailer, origin) =>
      guarded(() => {
        reply.end(status, trailer, origin);
        settle();
        // What is left of the body goes nowhere, but a client may read its answer only after it has sent everything.
        client.resumeBody();
      }),
  });

  if (up.kind === "message") {
    stream.write(up.bytes);
    stream.closeSend();
  }

  let room = true;
  const send = (bytes: Uint8Array): void => {
    idle.touch();
    if (!stream.write(bytes)) room = false;
  };
  return {
    chunk(bytes) {
      room = true;
      if (up.kind === "reader") guarded(() => up.reader.chunk(bytes, send));
      return room;
    },
    form(event) {
      room = true;
      if (up.kind === "form") guarded(() => up.reader.event(event, send));
      return room;
    },
    bodyEnd() {
      if (up.kind === "message") return;
      guarded(() => {
        up.reader.end(send);
        stream.closeSend();
      });
    },
    drained: () => stream.resume(),
    refuse: fail,
    cancel() {
      settle();
      reply.dispose();
      stream.cancel();
    },
  };
}
