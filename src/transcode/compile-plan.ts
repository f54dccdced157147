import type { Codec } from "../codec/index.js";
import type { Metadata } from "../core/index.js";
import type { Binding } from "../rules/index.js";
import type { MethodType } from "../schema/index.js";
import { compileReply } from "./decode-reply.js";
import { compileContentDisposition } from "./download/content-disposition.js";
import { compileRequest } from "./encode-request.js";
import { compileForm } from "./form/compile-form.js";
import { isHttpBody, isHttpBodyField } from "./http-body.js";
import { compileEventLines } from "./stream/event-fields.js";
import { compileLastEventId } from "./stream/last-event-id.js";
import { type FieldPath, type MethodFields, NO_METHOD_FIELDS } from "./stream/method-fields.js";
import type { CallKind, CallPlan, IncomingRequest, RequestOptions, UpstreamRoute } from "./types.js";

/** Compiles everything that a binding and its schema determine. */
export function compilePlan(
  binding: Binding,
  route: UpstreamRoute,
  codec: Codec,
  options: RequestOptions,
  readMetadata: (request: IncomingRequest) => Metadata,
  fields: MethodFields = NO_METHOD_FIELDS,
): CallPlan {
  const body = bodyOf(binding);
  // An HttpBody that is the whole request has no field that a part could name: it takes the form's bytes as they are.
  const takesForm = body !== "none" && !isHttpBody(binding.rpc.input);
  const form = takesForm && options.forms.enabled ? compileForm(binding, codec) : null;
  return {
    binding,
    kind: kindOf(binding.rpc),
    rpcPath: binding.rpc.path,
    route,
    body,
    form,
    upload: { fileName: nameOf(fields.fileName), contentType: nameOf(fields.contentType) },
    eventLines: compileEventLines(fields, codec),
    addLastEventId: compileLastEventId(fields.lastEventId, codec),
    rawReply: binding.responseBody === null ? isHttpBody(binding.rpc.output) : isHttpBodyField(binding.responseBody),
    contentDisposition: compileContentDisposition(fields.download, codec),
    encodeRequest: compileRequest(binding, codec, options, form),
    decodeReply: compileReply(binding, codec),
    readMetadata,
  };
}

function nameOf(path: FieldPath | null): string | null {
  return path === null ? null : path.map((field) => field.name).join(".");
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
