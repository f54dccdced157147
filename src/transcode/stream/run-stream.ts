import { GatewayError } from "../../core/index.js";
import type { ByteStream, CallOptions } from "../../upstream/index.js";
import type { ErrorReplies } from "../errors/error-reply.js";
import { takesForm } from "../form/takes-form.js";
import type { FromMetadata } from "../headers/from-metadata.js";
import { readDeadline } from "../headers/read-deadline.js";
import { checkContentEncoding } from "../request-body.js";
import type { CallPlan, IncomingRequest } from "../types.js";
import { createFormReader, type FormReader } from "./form-reader.js";
import { chooseFraming, createFraming, type FramingName } from "./framing.js";
import { createRequestReader, type RequestReader } from "./request-reader.js";
import { singleReply } from "./single-reply.js";
import { streamReply } from "./stream-reply.js";
import type { ReplySide, StreamCall, StreamClient, StreamRunner } from "./types.js";

/** A stream has no default deadline: it lasts as long as both sides want, unless the client says otherwise. */
const DEADLINE = { default: Infinity, max: Infinity };

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
}

/** Compiles what all streams share. */
export function compileStreams(errors: ErrorReplies, fromMetadata: FromMetadata, options: StreamOptions): StreamRunner {
  const requestSide = (plan: CallPlan, request: IncomingRequest): RequestSide => {
    const single = plan.kind === "server-stream" || plan.body === "none";
    if (single) return { kind: "message", bytes: plan.encodeRequest.message(request) };
    if (plan.form !== null && takesForm(plan, request.headers)) {
      checkContentEncoding(request.headers);
      return { kind: "form", reader: createFormReader(plan, request, plan.form, options.chunkBytes) };
    }
    return { kind: "reader", reader: createRequestReader(plan, request, options) };
  };

  const replySide = (plan: CallPlan, request: IncomingRequest, client: StreamClient): ReplySide => {
    if (plan.kind === "client-stream") return singleReply(plan, request, client, errors, fromMetadata);
    const framing = plan.rawReply ? null : createFraming(chooseFraming(request.headers, options.framing));
    return streamReply(plan, request, client, framing, errors, fromMetadata);
  };

  return {
    open(plan, request, client) {
      try {
        const metadata = plan.readMetadata(request);
        const deadline = readDeadline(request.headers, DEADLINE, Date.now());
        const up = requestSide(plan, request);
        return connect(plan, { path: plan.rpcPath, metadata, deadline }, up, replySide(plan, request, client), client);
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
  client: StreamClient,
): StreamCall {
  let over = false;

  /** Ends both sides with a failure of the gateway's own. */
  const fail = (error: GatewayError): void => {
    if (over) return;
    over = true;
    stream.cancel();
    try {
      reply.fail(error);
    } catch (reason) {
      // Not even the error can be told: the client has to see that the answer is not whole.
      client.abort({ grpcCode: error.code, error: GatewayError.from(reason) });
    }
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

  const stream: ByteStream = plan.route.upstream.stream(call, {
    header: (metadata) => reply.header(metadata),
    message: (bytes) =>
      guarded(() => {
        const taken = reply.message(bytes);
        if (taken === "more") return;
        if (taken === "hold") {
          stream.pause();
          return;
        }
        over = true;
        stream.cancel();
      }),
    drain: () => client.resumeBody(),
    end: (status, trailer, origin) =>
      guarded(() => {
        reply.end(status, trailer, origin);
        over = true;
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
      over = true;
      stream.cancel();
    },
  };
}
