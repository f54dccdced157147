import { Code, GatewayError, type Metadata, type RpcStatus } from "../../core/index.js";
import type { ByteStream, StatusOrigin, StreamSink } from "../../upstream/index.js";
import { type ClientError, statusText } from "../errors/error-body.js";
import { type ErrorReplies, failureOf } from "../errors/error-reply.js";
import type { FromMetadata } from "../headers/from-metadata.js";
import { readDeadline } from "../headers/read-deadline.js";
import type { CallPlan, IncomingRequest, OutgoingReply } from "../types.js";
import { chooseFraming, createFraming, type Framing, type FramingName } from "./framing.js";
import { createRequestReader, type RequestReader } from "./request-reader.js";

/** The client's side of a stream, as http has it. */
export interface StreamClient {
  /** Commits status 200 and the headers. `trailers` are the names to announce, empty for none. */
  begin(headers: readonly string[], trailers: readonly string[], heartbeat: Uint8Array | null): void;
  /** False: the client is slow, hold back until `drained`. */
  write(bytes: Uint8Array): boolean;
  /** Ends the body; name, value, … as HTTP trailers. `outcome` is for the log. */
  finish(trailers: readonly string[], outcome: StreamOutcome): void;
  /** Ends the connection: the body cannot tell that it is not whole. */
  abort(outcome: StreamOutcome): void;
  /** A whole reply instead of a stream; only before `begin`. */
  reply(reply: OutgoingReply): void;
  /** The upstream takes more of the body again. */
  resumeBody(): void;
}

export interface StreamOutcome {
  readonly grpcCode: number;
  readonly error: GatewayError | null;
}

/** A stream under way, as http drives it. */
export interface StreamCall {
  /** Part of the body. False: hold back until `resumeBody`. */
  chunk(bytes: Uint8Array): boolean;
  bodyEnd(): void;
  /** The client takes more again. */
  drained(): void;
  /** The body was refused (too large) or broke off. */
  refuse(error: GatewayError): void;
  cancel(): void;
}

/** Runs streaming calls of all three kinds. */
export interface StreamRunner {
  /**
   * Opens a call. Never throws. Where the request is refused, `client.reply` has been called and null is returned.
   * `request.body` is the whole body for a server stream; for client and bidirectional streams it is null and the body
   * comes by `chunk`.
   */
  open(plan: CallPlan, request: IncomingRequest, client: StreamClient): StreamCall | null;
}

const TRAILERS = ["grpc-status", "grpc-message"];
const NONE: readonly string[] = [];

/** Compiles what all streams share. `limit` bounds one message of a request, in bytes. */
export function compileStreams(
  errors: ErrorReplies,
  fromMetadata: FromMetadata,
  options: { readonly framing: FramingName; readonly maxMessageBytes: number },
): StreamRunner {
  const open = (plan: CallPlan, request: IncomingRequest, client: StreamClient): StreamCall | null => {
    try {
      const metadata = plan.readMetadata(request);
      // A stream has no default deadline: it lasts as long as both sides want, unless the client says otherwise.
      const deadline = readDeadline(request.headers, { default: Infinity, max: Infinity }, Date.now());
      const reply =
        plan.kind === "client-stream" ? singleReply(plan, request, client) : streamReply(plan, request, client);
      const single = plan.kind === "server-stream" || plan.body === "none";
      const message = single ? plan.encodeRequest.message(request) : null;
      const reader = single ? null : createRequestReader(plan, request, options.maxMessageBytes);
      return connect(plan, { path: plan.rpcPath, metadata, deadline }, message, reader, reply, client);
    } catch (reason) {
      client.reply(errors.ofGateway(GatewayError.from(reason), request.headers));
      return null;
    }
  };

  /** Joins the upstream's stream, the reader of the body and the reply. */
  const connect = (
    plan: CallPlan,
    call: { readonly path: string; readonly metadata: Metadata; readonly deadline: number },
    message: Uint8Array | null,
    reader: RequestReader | null,
    reply: ReplySide,
    client: StreamClient,
  ): StreamCall => {
    let over = false;
    const stream: ByteStream = plan.route.upstream.stream(call, {
      header: (metadata) => reply.header(metadata),
      message(bytes) {
        if (over) return;
        try {
          if (!reply.message(bytes)) stream.pause();
        } catch (reason) {
          fail(GatewayError.from(reason));
        }
      },
      drain: () => client.resumeBody(),
      end(status, trailer, origin) {
        if (over) return;
        over = true;
        try {
          reply.end(status, trailer, origin);
        } catch (reason) {
          reply.fail(GatewayError.from(reason));
        }
      },
    } satisfies StreamSink);

    /** Ends both sides with a failure of the gateway's own. */
    const fail = (error: GatewayError): void => {
      if (over) return;
      over = true;
      stream.cancel();
      reply.fail(error);
    };
    /** Sends what a step of the reader gives; false where the upstream wants a pause. */
    const feed = (step: (send: (bytes: Uint8Array) => void) => void): boolean => {
      if (over) return true;
      let room = true;
      try {
        step((bytes) => {
          if (!stream.write(bytes)) room = false;
        });
      } catch (reason) {
        fail(GatewayError.from(reason));
      }
      return room;
    };

    if (message !== null) {
      stream.write(message);
      stream.closeSend();
    }
    return {
      chunk: (bytes) => reader === null || feed((send) => reader.chunk(bytes, send)),
      bodyEnd() {
        if (reader === null) return;
        feed((send) => reader.end(send));
        if (!over) stream.closeSend();
      },
      drained: () => stream.resume(),
      refuse: fail,
      cancel() {
        over = true;
        stream.cancel();
      },
    };
  };

  /** The error that the client shall see for how a call ended; null for OK. */
  const errorOf = (status: RpcStatus, origin: StatusOrigin): ClientError | null => {
    if (origin !== "upstream") return errors.clientErrorOf(failureOf(status, origin));
    return status.code === Code.OK ? null : errors.clientError(status);
  };

  const wholeError = (
    request: IncomingRequest,
    status: RpcStatus,
    origin: StatusOrigin,
    header: Metadata,
  ): OutgoingReply => {
    if (origin !== "upstream") return errors.ofGateway(failureOf(status, origin), request.headers);
    const headers: string[] = [];
    fromMetadata(header, "grpc-metadata-", headers);
    return errors.ofUpstream(status, request.headers, headers);
  };

  /** A client stream is answered with one message, as a unary call is. */
  const singleReply = (plan: CallPlan, request: IncomingRequest, client: StreamClient): ReplySide => {
    let head: Metadata = NONE;
    let message: Uint8Array | null = null;
    return {
      header(metadata) {
        head = metadata;
      },
      message(bytes) {
        message = Uint8Array.from(bytes);
        return true;
      },
      end(status, _trailer, origin) {
        if (origin !== "upstream" || status.code !== Code.OK) {
          client.reply(wholeError(request, status, origin, head));
          return;
        }
        if (message === null)
          throw new GatewayError("GW_UPSTREAM_INVALID", "the upstream answered OK without a message");
        const { contentType, bytes } = plan.decodeReply(message);
        const headers: string[] = [];
        fromMetadata(head, "grpc-metadata-", headers);
        headers.push("content-type", contentType);
        client.reply({ status: 200, headers, body: bytes, trailers: null, grpcCode: Code.OK, error: null });
      },
      fail: (error) => client.reply(errors.ofGateway(error, request.headers)),
    };
  };

  /** A stream of messages: the status waits for the first of them, or for how the call ends without one. */
  const streamReply = (plan: CallPlan, request: IncomingRequest, client: StreamClient): ReplySide => {
    const framing: Framing | null = plan.rawReply
      ? null
      : createFraming(chooseFraming(request.headers, options.framing));
    const takesTrailers = /\btrailers\b/i.test(String(request.headers["te"] ?? ""));
    let head: Metadata = NONE;
    let begun = false;

    const begin = (contentType: string): void => {
      begun = true;
      const headers: string[] = [];
      fromMetadata(head, "grpc-metadata-", headers);
      headers.push("content-type", contentType);
      if (contentType === "text/event-stream") headers.push("cache-control", "no-cache", "x-accel-buffering", "no");
      client.begin(headers, takesTrailers ? TRAILERS : NONE, framing?.heartbeat() ?? null);
      const opening = framing?.open() ?? null;
      if (opening !== null) client.write(opening);
    };

    const finish = (code: number, text: string, outcome: StreamOutcome): void => {
      const closing = framing?.close() ?? null;
      if (closing !== null) client.write(closing);
      client.finish(takesTrailers ? ["grpc-status", String(code), "grpc-message", percentEncode(text)] : NONE, outcome);
    };

    const endWith = (error: ClientError, outcome: StreamOutcome): void => {
      if (framing === null) {
        // Raw bytes have no place for an error: only a connection that breaks off tells that they are not whole.
        client.abort(outcome);
        return;
      }
      client.write(framing.error(statusText(error)));
      finish(error.code, error.message, outcome);
    };

    return {
      header(metadata) {
        head = metadata;
      },
      message(bytes) {
        const body = plan.decodeReply(bytes);
        if (!begun) begin(framing?.contentType ?? body.contentType);
        return client.write(framing === null ? body.bytes : framing.message(body.bytes));
      },
      end(status, trailer, origin) {
        const error = errorOf(status, origin);
        if (error !== null && !begun) {
          client.reply(wholeError(request, status, origin, head.length > 0 ? head : trailer));
          return;
        }
        const outcome = { grpcCode: status.code, error: origin === "upstream" ? null : failureOf(status, origin) };
        if (!begun) begin(framing?.contentType ?? "application/octet-stream");
        if (error === null) finish(Code.OK, "", outcome);
        else endWith(error, outcome);
      },
      fail(error) {
        if (begun) endWith(errors.clientErrorOf(error), { grpcCode: error.code, error });
        else client.reply(errors.ofGateway(error, request.headers));
      },
    };
  };

  return { open };
}

/** What becomes of the upstream's side of a stream. */
interface ReplySide {
  header(metadata: Metadata): void;
  /** False: the client is slow. @throws GatewayError */
  message(bytes: Uint8Array): boolean;
  /** @throws GatewayError */
  end(status: RpcStatus, trailer: Metadata, origin: StatusOrigin): void;
  fail(error: GatewayError): void;
}

/** grpc-message (gRPC over HTTP/2, "Percent-Encoded"): everything outside printable ASCII, and `%`. */
function percentEncode(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replaceAll("%20", " ");
}
