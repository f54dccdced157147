import type { Codec } from "../codec/index.js";
import type { Binding } from "../rules/index.js";
import { decodeHttpBody, httpBodyField, isHttpBody, isHttpBodyField } from "./http-body.js";
import type { DecodeReply, ReplyBody } from "./types.js";

export const JSON_TYPE = "application/json";

/** Compiles the reply of a binding: the whole message or its response_body, as JSON or as an HttpBody's own bytes. */
export function compileReply(binding: Binding, codec: Codec): DecodeReply {
  const { responseBody, rpc } = binding;
  if (responseBody === null) {
    return isHttpBody(rpc.output) ? decodeHttpBody : asJson(codec.decoder(rpc.output));
  }
  if (isHttpBodyField(responseBody)) {
    return (message) => decodeHttpBody(httpBodyField(message, responseBody.number));
  }
  return asJson(codec.fieldDecoder(responseBody));
}

function asJson(decode: (message: Uint8Array) => Uint8Array): (message: Uint8Array) => ReplyBody {
  return (message) => ({ contentType: JSON_TYPE, bytes: decode(message) });
}
