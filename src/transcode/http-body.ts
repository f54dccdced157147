import { GatewayError } from "../core/index.js";
import type { FieldType, MessageType } from "../schema/index.js";
import type { ReplyBody } from "./types.js";
import { lengthDelimited, scanFields } from "./wire.js";

const CONTENT_TYPE = 1;
const DATA = 2;
const EMPTY = Buffer.alloc(0);

/** Whether a message is google.api.HttpBody: raw bytes under a content type instead of JSON. */
export function isHttpBody(message: MessageType): boolean {
  return message.fullName === "google.api.HttpBody";
}

/** Whether a field holds one HttpBody. */
export function isHttpBodyField(field: FieldType): boolean {
  return field.cardinality.kind === "singular" && field.type.kind === "message" && isHttpBody(field.type.message);
}

/** The bytes of a google.api.HttpBody. */
export function encodeHttpBody(contentType: string | null, data: Uint8Array | null): Uint8Array {
  const type = contentType === null ? EMPTY : lengthDelimited(CONTENT_TYPE, Buffer.from(contentType));
  const body = data === null || data.length === 0 ? EMPTY : lengthDelimited(DATA, data);
  return Buffer.concat([type, body]);
}

/**
 * Content type and data out of the bytes of a google.api.HttpBody; application/octet-stream where it names no type.
 * @throws GatewayError GW_UPSTREAM_INVALID
 */
export function decodeHttpBody(message: Uint8Array): ReplyBody {
  let contentType = "";
  let bytes: Uint8Array = EMPTY;
  try {
    for (const field of scanFields(message)) {
      if (field.number === CONTENT_TYPE) contentType = Buffer.from(field.bytes).toString();
      else if (field.number === DATA) bytes = field.bytes;
    }
  } catch (cause) {
    throw new GatewayError("GW_UPSTREAM_INVALID", "the upstream's answer is no google.api.HttpBody", { cause });
  }
  return { contentType: headerSafe(contentType) ? contentType : "application/octet-stream", bytes };
}

/** The bytes of the last HttpBody under a field of the message; empty where there is none. */
export function httpBodyField(message: Uint8Array, fieldNumber: number): Uint8Array {
  let found: Uint8Array = EMPTY;
  try {
    for (const field of scanFields(message)) if (field.number === fieldNumber) found = field.bytes;
  } catch (cause) {
    throw new GatewayError("GW_UPSTREAM_INVALID", "the upstream's answer is no protobuf message", { cause });
  }
  return found;
}

/** RFC 9110, 5.5: a field value of visible ASCII, spaces and tabs; anything else could break the reply's framing. */
function headerSafe(value: string): boolean {
  return /^[\x20-\x7e\t]+$/.test(value);
}
