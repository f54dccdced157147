import { GatewayError, giveBack } from "../core/index.js";
import type { Call, UnaryEnd } from "../upstream/index.js";
import type { Download } from "./download/compile-download.js";
import { addDisposition } from "./download/content-disposition.js";
import { type ErrorReplies, failureOf } from "./errors/error-reply.js";
import type { FromMetadata } from "./headers/from-metadata.js";
import { readDeadline } from "./headers/read-deadline.js";
import { takesTrailers } from "./headers/takes-trailers.js";
import type { CallPlan, HeaderOptions, IncomingRequest, OutgoingReply } from "./types.js";

/** Runs unary calls. */
export interface UnaryRunner {
  /**
   * Reads the request, makes the call and gives `done` the reply, once; its body is valid until `done` returns. Never throws. A refusal answers before this
   * returns, with nothing sent upstream, and null is returned; else the call, to cancel when the client goes away.
   */
  run(plan: CallPlan, request: IncomingRequest, done: (reply: OutgoingReply) => void): Call | null;
}

/** Compiles what all unary calls share. */
export function compileUnary(
  errors: ErrorReplies,
  fromMetadata: FromMetadata,
  options: HeaderOptions,
  download: Download | null,
): UnaryRunner {
  const toReply = (plan: CallPlan, request: IncomingRequest, message: Uint8Array, end: UnaryEnd): OutgoingReply => {
    const { status, origin } = end;
    if (origin !== "upstream") return errors.ofGateway(failureOf(status, origin), request.headers);
    const headers: string[] = [];
    // A trailers-only answer has one block of metadata, which is headers as much as trailers.
    const trailersOnly = status.code !== 0 && end.header.length === 0;
    fromMetadata(trailersOnly ? end.trailer : end.header, "grpc-metadata-", headers);
    const trailers = options.trailers && !trailersOnly && end.trailer.length > 0 ? trailersFor(request, end) : null;
    if (status.code !== 0) return { ...errors.ofUpstream(status, request.headers, headers), trailers };
    if (end.message === null)
      throw new GatewayError("GW_UPSTREAM_INVALID", "the upstream answered OK without a message");
    const body = plan.decodeReply(end.message);
    headers.push("content-type", body.contentType);
    if (plan.rawReply && plan.contentDisposition !== null) {
      addDisposition(headers, plan.contentDisposition(message, end.message));
    }
    const reply: OutgoingReply = { status: 200, headers, body: body.bytes, trailers, grpcCode: 0, error: null };
    return plan.rawReply && download !== null ? download(request, reply) : reply;
  };

  const trailersFor = (request: IncomingRequest, end: UnaryEnd): readonly string[] | null => {
    if (!takesTrailers(request)) return null;
    const trailers: string[] = [];
    fromMetadata(end.trailer, "grpc-trailer-", trailers);
    return trailers.length > 0 ? trailers : null;
  };

  return {
    run(plan, request, done) {
      let message: Uint8Array;
      let metadata: readonly string[];
      let deadline: number;
      try {
        deadline = readDeadline(request.headers, plan.route.deadline, Date.now());
        metadata = plan.readMetadata(request);
        message = plan.encodeRequest.message(request);
      } catch (reason) {
        done(errors.ofGateway(GatewayError.from(reason), request.headers));
        return null;
      }
      return plan.route.upstream.call(message, { path: plan.rpcPath, metadata, deadline }, (end) => {
        let reply: OutgoingReply;
        try {
          reply = toReply(plan, request, message, end);
        } catch (reason) {
          reply = errors.ofGateway(GatewayError.from(reason), request.headers);
        }
        done(reply);
        if (end.message !== null) giveBack(end.message);
      });
    },
  };
}
