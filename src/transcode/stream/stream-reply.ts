import { Code, GatewayError, type Metadata } from "../../core/index.js";
import { addDisposition } from "../download/content-disposition.js";
import { type ClientError, statusText } from "../errors/error-body.js";
import { type ErrorReplies, failureOf } from "../errors/error-reply.js";
import type { FromMetadata } from "../headers/from-metadata.js";
import { takesTrailers } from "../headers/takes-trailers.js";
import type { CallPlan, IncomingRequest } from "../types.js";
import { failedReply } from "./failed-reply.js";
import type { Framing } from "./framing.js";
import type { ReplySide, StreamClient, StreamOutcome } from "./types.js";

const TRAILERS = ["grpc-status", "grpc-message"];
const NONE: readonly string[] = [];
const NOTHING = new Uint8Array(0);

/**
 * A stream of messages. The HTTP status waits for the first of them, so that a call that fails without one has its real
 * status; an error after that is told in the body, and by trailers to clients that take them. `framing` is null for
 * messages that are an HttpBody: their bytes are joined under the first one's content type. `message` is the request where
 * it is one.
 */
export function streamReply(
  plan: CallPlan,
  request: IncomingRequest,
  message: Uint8Array | null,
  client: StreamClient,
  framing: Framing | null,
  options: { readonly heartbeat: number; readonly trailers: boolean },
  errors: ErrorReplies,
  fromMetadata: FromMetadata,
): ReplySide {
  // RFC 9110, 9.3.2: HEAD has the headers that GET would have, and no content; so nothing after the first message counts.
  const headersOnly = request.httpMethod === "HEAD";
  const withTrailers = !headersOnly && takesTrailers(request);
  const write = (part: Uint8Array): boolean => client.write(part);
  let head: Metadata = NONE;
  let tail: Metadata = NONE;
  let begun = false;

  const beat = framing?.heartbeat() ?? null;
  const heartbeat =
    beat === null || options.heartbeat === Number.POSITIVE_INFINITY
      ? null
      : { bytes: beat, interval: options.heartbeat };
  // An event stream that is silent from the start must not look dead to proxies, nor stay "connecting" in a browser: its
  // status is committed when the first heartbeat is due.
  const silent =
    heartbeat === null ? null : setTimeout(() => begin(framing?.contentType ?? "", null), options.heartbeat).unref();
  const stopWaiting = (): void => {
    if (silent !== null) clearTimeout(silent);
  };

  const begin = (contentType: string, first: Uint8Array | null): void => {
    begun = true;
    stopWaiting();
    const headers: string[] = [];
    fromMetadata(head, "grpc-metadata-", headers);
    headers.push("content-type", contentType);
    if (plan.rawReply && plan.contentDisposition !== null && first !== null) {
      addDisposition(headers, plan.contentDisposition(message ?? NOTHING, first));
    }
    // RFC 9110, 12.5.5: the framing is chosen by Accept.
    if (framing !== null) headers.push("vary", "accept");
    // Caches and nginx's proxy_buffering would hold events back until there are many.
    if (contentType === "text/event-stream") headers.push("cache-control", "no-cache", "x-accel-buffering", "no");
    client.begin(headers, withTrailers ? TRAILERS : NONE, heartbeat);
    if (headersOnly) return;
    const opening = framing?.open() ?? null;
    if (opening !== null) client.write(opening);
  };

  const finish = (code: number, text: string, outcome: StreamOutcome): void => {
    const closing = headersOnly ? null : (framing?.close() ?? null);
    if (closing !== null) client.write(closing);
    if (!withTrailers) {
      client.finish(NONE, outcome);
      return;
    }
    // Of trailing metadata only the end knows the names: they are not announced, which RFC 9110, 6.6.2 allows.
    const trailers = ["grpc-status", String(code), "grpc-message", percentEncode(text)];
    if (options.trailers) fromMetadata(tail, "grpc-trailer-", trailers);
    client.finish(trailers, outcome);
  };

  const endWith = (error: ClientError, outcome: StreamOutcome): void => {
    if (framing === null && !headersOnly) {
      // Raw bytes have no place for an error: only a connection that breaks off tells that they are not whole.
      client.abort(outcome);
      return;
    }
    if (framing !== null && !headersOnly) client.write(framing.error(statusText(error)));
    finish(error.code, error.message, outcome);
  };

  return {
    header(metadata) {
      head = metadata;
    },
    message(bytes) {
      const lines = framing?.lines?.(bytes) ?? "";
      const body = plan.decodeReply(bytes);
      if (!begun) begin(framing?.contentType ?? body.contentType, bytes);
      if (headersOnly) {
        finish(Code.OK, "", { grpcCode: Code.OK, error: null });
        return "enough";
      }
      const room = framing === null ? client.write(body.bytes) : framing.message(body.bytes, lines, write);
      return room ? "more" : "hold";
    },
    end(status, trailer, origin) {
      tail = trailer;
      const failed = origin !== "upstream" || status.code !== Code.OK;
      stopWaiting();
      if (failed && !begun) {
        client.reply(failedReply(errors, fromMetadata, request, status, origin, head.length > 0 ? head : trailer));
        return;
      }
      if (!begun) begin(framing?.contentType ?? "application/octet-stream", null);
      if (!failed) {
        finish(Code.OK, "", { grpcCode: Code.OK, error: null });
      } else if (origin === "upstream") {
        endWith(errors.clientError(status), { grpcCode: status.code, error: null });
      } else {
        const error = failureOf(status, origin);
        endWith(errors.clientErrorOf(error), { grpcCode: error.code, error });
      }
    },
    fail(error) {
      stopWaiting();
      if (begun) {
        try {
          endWith(errors.clientErrorOf(error), { grpcCode: error.code, error });
        } catch (reason) {
          // Not even the error can be told: the client has to see that the answer is not whole.
          client.abort({ grpcCode: error.code, error: GatewayError.from(reason) });
        }
      } else client.reply(errors.ofGateway(error, request.headers));
    },
    dispose: stopWaiting,
  };
}

/** grpc-message (gRPC over HTTP/2, "Percent-Encoded"): everything outside printable ASCII, and `%`. */
function percentEncode(text: string): string {
  return text.toWellFormed().replace(/[^\x20-\x24\x26-\x7e]/gu, encodeURIComponent);
}
