import type { Codec } from "../../codec/index.js";
import type { Schema } from "../../schema/index.js";
import { scanFields } from "../wire.js";

/** google.rpc.Status */
const STATUS_DETAILS = 3;
/** google.protobuf.Any */
const TYPE_URL = 1;
const VALUE = 2;

/** What grpc-status-details-bin tells beside code and message. */
export interface StatusDetails {
  /** JSON texts of google.protobuf.Any values, in their order. */
  readonly json: readonly string[];
  /** From google.rpc.RetryInfo, in seconds, rounded up; null without one. */
  readonly retryAfter: number | null;
}

const NONE: StatusDetails = { json: [], retryAfter: null };

/**
 * Compiles the reader of google.rpc.Status bytes. A detail of a type that the Schema does not know, or whose bytes are
 * not its type's, is kept as {"@type", "value": base64}: an error must always arrive.
 */
export function compileStatusDetails(schema: Schema, codec: Codec): (status: Uint8Array | null) => StatusDetails {
  const any = schema.messages.get("google.protobuf.Any");
  const anyToJson = any === undefined ? null : codec.decoder(any);

  return (status) => {
    if (status === null) return NONE;
    const json: string[] = [];
    let retryAfter: number | null = null;
    try {
      for (const detail of scanFields(status)) {
        if (detail.number !== STATUS_DETAILS) continue;
        const { typeUrl, value } = readAny(detail.bytes);
        json.push(printAny(detail.bytes, typeUrl, value, anyToJson));
        if (typeUrl.endsWith("/google.rpc.RetryInfo")) retryAfter = readRetryDelay(value) ?? retryAfter;
      }
    } catch (error) {
      // Bytes that are no google.rpc.Status: code and message are known from their own headers, so those still go out.
      if (!(error instanceof RangeError)) throw error;
    }
    return { json, retryAfter };
  };
}

/** What can be read of an Any. */
function readAny(any: Uint8Array): { typeUrl: string; value: Uint8Array } {
  let typeUrl = "";
  let value = new Uint8Array(0);
  try {
    for (const field of scanFields(any)) {
      if (field.number === TYPE_URL) typeUrl = Buffer.from(field.bytes).toString();
      else if (field.number === VALUE) value = Uint8Array.from(field.bytes);
    }
  } catch (error) {
    // One detail whose bytes are broken does not take the others with it.
    if (!(error instanceof RangeError)) throw error;
  }
  return { typeUrl, value };
}

function printAny(
  any: Uint8Array,
  typeUrl: string,
  value: Uint8Array,
  anyToJson: ((bytes: Uint8Array) => Buffer) | null,
): string {
  try {
    if (anyToJson !== null) return anyToJson(any).toString();
  } catch {
    // The bytes are not those of the type that they name; what follows keeps them as they came.
  }
  return `{"@type":${JSON.stringify(typeUrl)},"value":"${Buffer.from(value).toString("base64")}"}`;
}

function readRetryDelay(retryInfo: Uint8Array): number | null {
  try {
    return retryDelay(retryInfo);
  } catch (error) {
    // Bytes that are no RetryInfo: the error goes out without the header.
    if (!(error instanceof RangeError)) throw error;
    return null;
  }
}

/** google.rpc.RetryInfo.retry_delay in whole seconds, rounded up (RFC 9110, 10.2.3: Retry-After has no fractions). */
function retryDelay(retryInfo: Uint8Array): number | null {
  for (const field of scanFields(retryInfo)) {
    if (field.number !== 1) continue;
    let seconds = 0;
    for (const part of scanFields(field.bytes)) {
      if (part.number === 1) seconds += Number(BigInt.asIntN(64, part.varint));
      else if (part.number === 2) seconds += Number(BigInt.asIntN(32, part.varint)) / 1e9;
    }
    return seconds > 0 ? Math.ceil(seconds) : null;
  }
  return null;
}
