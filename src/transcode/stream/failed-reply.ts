import type { Metadata, RpcStatus } from "../../core/index.js";
import type { StatusOrigin } from "../../upstream/index.js";
import { type ErrorReplies, failureOf } from "../errors/error-reply.js";
import type { FromMetadata } from "../headers/from-metadata.js";
import type { IncomingRequest, OutgoingReply } from "../types.js";

/** The whole reply for a call that failed before anything of its answer was sent. */
export function failedReply(
  errors: ErrorReplies,
  fromMetadata: FromMetadata,
  request: IncomingRequest,
  status: RpcStatus,
  origin: StatusOrigin,
  header: Metadata,
): OutgoingReply {
  if (origin !== "upstream") return errors.ofGateway(failureOf(status, origin), request.headers);
  const headers: string[] = [];
  fromMetadata(header, "grpc-metadata-", headers);
  return errors.ofUpstream(status, request.headers, headers);
}
