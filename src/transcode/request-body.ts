import type { Codec } from "../codec/index.js";
import { GatewayError, quoteValue } from "../core/index.js";
import type { Binding } from "../rules/index.js";
import type { FieldType } from "../schema/index.js";
import { encodeHttpBody, isHttpBody, isHttpBodyField } from "./http-body.js";
import type { Headers, RequestOptions } from "./types.js";
import { lengthDelimited } from "./wire.js";

/** What the body of a binding is, as far as reading it goes. */
export type BodyPlan =
  | { readonly kind: "none" }
  /** JSON of the whole request or of a field. `encode` gives the bytes of the request message. */
  | { readonly kind: "json"; readonly encode: (json: Uint8Array) => Uint8Array }
  /** JSON of a message field, with the FieldMask of its members for `mask`. */
  | {
      readonly kind: "masked";
      readonly encode: (json: Uint8Array) => { readonly bytes: Uint8Array; readonly paths: readonly string[] };
      readonly mask: FieldType;
    }
  /** google.api.HttpBody: any content type, any bytes. */
  | { readonly kind: "raw"; readonly encode: (contentType: string | null, data: Uint8Array | null) => Uint8Array };

/** Compiles the body of a binding. */
export function planBody(binding: Binding, codec: Codec, options: RequestOptions): BodyPlan {
  const { body, rpc } = binding;
  if (body.kind === "none") return { kind: "none" };
  if (body.kind === "whole") {
    if (isHttpBody(rpc.input)) return { kind: "raw", encode: encodeHttpBody };
    // Required fields of the request (proto2) may come from the path; the upstream has the last word on them.
    return { kind: "json", encode: codec.encoder(rpc.input, true) };
  }
  const { field } = body;
  if (isHttpBodyField(field)) {
    return { kind: "raw", encode: (type, data) => lengthDelimited(field.number, encodeHttpBody(type, data)) };
  }
  const mask = options.inferFieldMask && binding.httpMethod === "PATCH" ? inferredMask(binding, field) : null;
  return mask === null
    ? { kind: "json", encode: codec.fieldEncoder(field) }
    : { kind: "masked", encode: codec.maskingFieldEncoder(field), mask };
}

/** The one FieldMask field beside a message body, or null: with two of them nobody could say which is meant. */
function inferredMask(binding: Binding, body: FieldType): FieldType | null {
  if (body.cardinality.kind !== "singular" || body.type.kind !== "message") return null;
  const masks = binding.rpc.input.fields.filter(isFieldMask);
  return masks.length === 1 && masks[0] !== undefined ? masks[0] : null;
}

function isFieldMask(field: FieldType): boolean {
  return (
    field.cardinality.kind === "singular" &&
    field.type.kind === "message" &&
    field.type.message.fullName === "google.protobuf.FieldMask"
  );
}

const OPEN_BRACE = 0x7b;
const OPEN_BRACKET = 0x5b;

/**
 * Refuses a body that is not JSON by its headers. lenient: application/json, any +json type (RFC 6839), no type, or the
 * form type that curl -d sends where the body starts as JSON. strict: application/json and +json alone.
 * @throws GatewayError GW_CONTENT_TYPE
 */
export function checkContentType(headers: Headers, body: Uint8Array, mode: "lenient" | "strict"): void {
  const value = headers["content-type"];
  if (value === "application/json") return;
  const type = mediaType(value);
  if (type === "application/json" || /^[^\s/;]+\/[^\s/;]+\+json$/.test(type)) return;
  if (mode === "lenient") {
    if (type === "") return;
    const first = body[0];
    if (type === "application/x-www-form-urlencoded" && (first === OPEN_BRACE || first === OPEN_BRACKET)) return;
  }
  const got = value === undefined ? "none" : quoteValue(String(value));
  throw new GatewayError("GW_CONTENT_TYPE", `cannot read the body: expected content type application/json, got ${got}`);
}

/** Refuses a body under a content encoding other than identity. @throws GatewayError GW_CONTENT_TYPE */
export function checkContentEncoding(headers: Headers): void {
  const encoding = headers["content-encoding"];
  if (encoding === undefined || String(encoding).toLowerCase() === "identity") return;
  throw new GatewayError(
    "GW_CONTENT_TYPE",
    `cannot read the body: content encoding ${quoteValue(String(encoding))} is not taken, send it as it is`,
    // RFC 9110, 12.5.3: what tells this 415 from that for a content type.
    { headers: { "accept-encoding": "identity" } },
  );
}

/** The media type without parameters, in lower case; "" for none. */
export function mediaType(contentType: string | readonly string[] | undefined): string {
  if (contentType === undefined) return "";
  const text = String(contentType);
  const semicolon = text.indexOf(";");
  return (semicolon < 0 ? text : text.slice(0, semicolon)).trim().toLowerCase();
}

/**
 * How the body of a client stream holds its messages, by its content type: application/json is one array (RFC 8259: one
 * value), NDJSON and its relatives are values one after the other, none or curl's form type goes by the first character.
 * @throws GatewayError GW_CONTENT_TYPE
 */
export function checkStreamType(headers: Headers): "array" | "values" | "either" {
  const type = mediaType(headers["content-type"]);
  switch (type) {
    case "application/json":
      return "array";
    case "application/x-ndjson":
    case "application/ndjson":
    case "application/jsonl":
    case "application/x-jsonlines":
    case "application/json-seq":
      return "values";
    case "":
    case "application/x-www-form-urlencoded":
      return "either";
    default:
      if (/^[^\s/;]+\/[^\s/;]+\+json$/.test(type)) return "array";
      throw new GatewayError(
        "GW_CONTENT_TYPE",
        `cannot read the body as a stream: expected content type application/json or application/x-ndjson, got ${quoteValue(type)}`,
      );
  }
}
