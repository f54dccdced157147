import type { Codec } from "../codec/index.js";
import type { Metadata } from "../core/index.js";
import type { Binding } from "../rules/index.js";
import type { MethodType } from "../schema/index.js";
import { compileReply } from "./decode-reply.js";
import { compileRequest } from "./encode-request.js";
import { isHttpBody, isHttpBodyField } from "./http-body.js";
import type { CallKind, CallPlan, IncomingRequest, RequestOptions, UpstreamRoute } from "./types.js";

/** Compiles everything that a binding and its schema determine. */
export function compilePlan(
  binding: Binding,
  route: UpstreamRoute,
  codec: Codec,
  options: RequestOptions,
  readMetadata: (request: IncomingRequest) => Metadata,
): CallPlan {
  return {
    binding,
    kind: kindOf(binding.rpc),
    rpcPath: binding.rpc.path,
    route,
    body: bodyOf(binding),
    rawReply: binding.responseBody === null ? isHttpBody(binding.rpc.output) : isHttpBodyField(binding.responseBody),
    encodeRequest: compileRequest(binding, codec, options),
    decodeReply: compileReply(binding, codec),
    readMetadata,
  };
}

function kindOf(rpc: MethodType): CallKind {
  if (rpc.clientStreaming) return rpc.serverStreaming ? "bidi" : "client-stream";
  return rpc.serverStreaming ? "server-stream" : "unary";
}

function bodyOf({ body, rpc }: Binding): CallPlan["body"] {
  if (body.kind === "none") return "none";
  const raw = body.kind === "whole" ? isHttpBody(rpc.input) : isHttpBodyField(body.field);
  return raw ? "raw" : "json";
}
