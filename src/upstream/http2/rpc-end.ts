import { Code, OK_STATUS, type RpcStatus } from "../../core/index.js";
import { localStatus } from "../ends.js";
import { parsePushback } from "../parse-pushback.js";
import type { StatusOrigin } from "../types.js";
import { ErrorCode, errorCodeName } from "./errors.js";
import type { HeaderBlock } from "./header-block.js";

/** A status and who made it. */
export interface RpcEnd {
  readonly status: RpcStatus;
  readonly origin: StatusOrigin;
  /** See UnaryEnd. */
  readonly pushback?: number;
}

const OK_END: RpcEnd = { status: OK_STATUS, origin: "upstream" };

export function localRpcEnd(origin: StatusOrigin, code: Code, message: string): RpcEnd {
  return { status: localStatus(code, message), origin };
}

/** Of an answer that ended before its content-length (RFC 9113 section 8.1.1). */
export const CUT_SHORT_END = localRpcEnd(
  "protocol",
  Code.INTERNAL,
  "the upstream's answer is malformed: its DATA is shorter than its content-length",
);

/** What trailers (or a trailers-only answer, with its :status) say of the call. */
export function endOfTrailers(block: HeaderBlock, httpStatus: number): RpcEnd {
  if (block.grpcStatus === null) {
    if (httpStatus === 200)
      return localRpcEnd("protocol", Code.UNKNOWN, "the upstream ended a call without grpc-status");
    return endOfHttpStatus(httpStatus);
  }
  if (block.grpcStatus === "0" && block.grpcMessage === null && block.grpcDetails === null) return OK_END;
  if (!/^\d{1,9}$/.test(block.grpcStatus)) {
    return localRpcEnd("protocol", Code.UNKNOWN, "the upstream sent a grpc-status that is no number");
  }
  return {
    status: {
      code: Number(block.grpcStatus),
      message: block.grpcMessage === null ? "" : percentDecode(block.grpcMessage),
      details: block.grpcDetails === null ? null : Buffer.from(block.grpcDetails, "base64"),
    },
    origin: "upstream",
    ...(block.pushback === null ? {} : { pushback: parsePushback(block.pushback) }),
  };
}

/** An answer that ended with DATA. */
export function endWithoutTrailers(httpStatus: number): RpcEnd {
  if (httpStatus !== 200) return endOfHttpStatus(httpStatus);
  return localRpcEnd("protocol", Code.INTERNAL, "the upstream ended a call without trailers");
}

/** gRPC's http-grpc-status-mapping.md: an answer of HTTP without grpc-status. */
export function endOfHttpStatus(httpStatus: number): RpcEnd {
  const message = `the upstream answered with HTTP status ${httpStatus} and no grpc-status`;
  switch (httpStatus) {
    case 400:
      return localRpcEnd("protocol", Code.INTERNAL, message);
    case 401:
      return localRpcEnd("protocol", Code.UNAUTHENTICATED, message);
    case 403:
      return localRpcEnd("protocol", Code.PERMISSION_DENIED, message);
    case 404:
      return localRpcEnd("protocol", Code.UNIMPLEMENTED, message);
    case 429:
    case 502:
    case 503:
    case 504:
      return localRpcEnd("connection", Code.UNAVAILABLE, message);
    default:
      return localRpcEnd("protocol", Code.UNKNOWN, message);
  }
}

/** PROTOCOL-HTTP2.md, "Errors": RST_STREAM of a server without a status. */
export function endOfReset(code: number): RpcEnd {
  const message = `the upstream reset the stream with ${errorCodeName(code)}`;
  switch (code) {
    case ErrorCode.NO_ERROR:
      return localRpcEnd("protocol", Code.INTERNAL, message);
    case ErrorCode.REFUSED_STREAM:
      return localRpcEnd("connection", Code.UNAVAILABLE, message);
    case ErrorCode.CANCEL:
      return localRpcEnd("connection", Code.CANCELLED, message);
    case ErrorCode.ENHANCE_YOUR_CALM:
      return localRpcEnd("connection", Code.RESOURCE_EXHAUSTED, message);
    case ErrorCode.INADEQUATE_SECURITY:
      return localRpcEnd("connection", Code.PERMISSION_DENIED, message);
    default:
      return localRpcEnd("connection", Code.INTERNAL, message);
  }
}

/**
 * Percent-decodes a grpc-message. PROTOCOL-HTTP2.md: decoding never fails on malformed escapes; they stay as they are, and
 * bytes that are no UTF-8 become U+FFFD.
 */
export function percentDecode(text: string): string {
  // Octets above 0x7e should not come raw; servers that send UTF-8 raw are read as they mean it.
  if (!/[%\x80-\xff]/.test(text)) return text;
  const out = Buffer.allocUnsafe(text.length);
  let size = 0;
  for (let i = 0; i < text.length; i++) {
    const hex = text[i] === "%" ? /^[0-9a-fA-F]{2}$/.exec(text.slice(i + 1, i + 3)) : null;
    if (hex === null) {
      out[size++] = text.charCodeAt(i);
    } else {
      out[size++] = Number.parseInt(hex[0], 16);
      i += 2;
    }
  }
  return out.toString("utf8", 0, size);
}
