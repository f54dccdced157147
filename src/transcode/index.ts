/**
 * transcode: one call, from a request whose route is known to a reply. Plain data in and out.
 *
 *   headers → deadline, metadata ── body, query, path → message bytes ──> upstream ──> reply bytes → JSON
 *
 *   stream/   a reader of the body, the upstream's byte stream and a framing (or messages, one by one), joined
 *   form/     multipart/form-data: parts into fields
 *
 * Everything that a binding determines is compiled into a CallPlan at start. Every refusal of the client's request
 * happens before the call, so nothing of a refused request reaches the upstream. The room knows neither Fastify nor
 * sockets, and makes no routing decision.
 */
export { compilePlan } from "./compile-plan.js";
export { compileDownload, type Download, type DownloadOptions } from "./download/compile-download.js";
export { type ClientError, type ErrorBody, printError, statusText } from "./errors/error-body.js";
export { compileErrorReplies, type ErrorReplies, failureOf } from "./errors/error-reply.js";
export { takesForm } from "./form/takes-form.js";
export type { FormEvent, FormPart, PartHead } from "./form/types.js";
export { compileFromMetadata, type FromMetadata } from "./headers/from-metadata.js";
export { readDeadline } from "./headers/read-deadline.js";
export { compileToMetadata } from "./headers/to-metadata.js";
export { mediaType } from "./request-body.js";
export type { FramingName } from "./stream/framing.js";
export {
  type MethodFieldNames,
  type MethodFields,
  NO_METHOD_FIELDS,
  resolveDownloadName,
  resolveMethodFields,
} from "./stream/method-fields.js";
export { compileStreams, type StreamOptions } from "./stream/run-stream.js";
export type { MessageClient, StreamCall, StreamClient, StreamOutcome, StreamRunner } from "./stream/types.js";
export type {
  CallKind,
  CallPlan,
  DeadlineOptions,
  ErrorFormat,
  HeaderOptions,
  Headers,
  IncomingRequest,
  OutgoingReply,
  RequestOptions,
  UploadFields,
  UpstreamRoute,
} from "./types.js";
export { compileUnary, type UnaryRunner } from "./unary.js";
