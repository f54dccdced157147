import { Code, GatewayError, type Metadata } from "../../core/index.js";
import type { ErrorReplies } from "../errors/error-reply.js";
import type { FromMetadata } from "../headers/from-metadata.js";
import type { CallPlan, IncomingRequest } from "../types.js";
import { failedReply } from "./failed-reply.js";
import type { ReplySide, StreamClient } from "./types.js";

/** A client stream is answered with one message, as a unary call is. */
export function singleReply(
  plan: CallPlan,
  request: IncomingRequest,
  client: StreamClient,
  errors: ErrorReplies,
  fromMetadata: FromMetadata,
): ReplySide {
  let head: Metadata = [];
  let message: Uint8Array | null = null;
  return {
    header(metadata) {
      head = metadata;
    },
    message(bytes) {
      if (message !== null) {
        throw new GatewayError(
          "GW_UPSTREAM_INVALID",
          "the upstream answered a client stream with more than one message",
        );
      }
      message = Uint8Array.from(bytes);
      return "more";
    },
    end(status, _trailer, origin) {
      if (origin !== "upstream" || status.code !== Code.OK) {
        client.reply(failedReply(errors, fromMetadata, request, status, origin, head));
        return;
      }
      if (message === null) throw new GatewayError("GW_UPSTREAM_INVALID", "the upstream answered OK without a message");
      const { contentType, bytes } = plan.decodeReply(message);
      const headers: string[] = [];
      fromMetadata(head, "grpc-metadata-", headers);
      headers.push("content-type", contentType);
      client.reply({ status: 200, headers, body: bytes, trailers: null, grpcCode: Code.OK, error: null });
    },
    fail: (error) => client.reply(errors.ofGateway(error, request.headers)),
    dispose: () => undefined,
  };
}
