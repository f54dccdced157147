import type { Codec } from "../../codec/index.js";
import {
  Code,
  catalogue,
  GatewayError,
  httpStatusOf,
  type Metadata,
  metadataValue,
  type RpcStatus,
} from "../../core/index.js";
import type { Schema } from "../../schema/index.js";
import type { StatusOrigin } from "../../upstream/index.js";
import type { ErrorFormat, Headers, OutgoingReply } from "../types.js";
import { type ClientError, printError } from "./error-body.js";
import { compileStatusDetails } from "./status-details.js";

/** Makes replies of what went wrong. */
export interface ErrorReplies {
  /** A refusal or failure of the gateway itself. */
  ofGateway(error: GatewayError, headers: Headers): OutgoingReply;
  /** A status that the upstream answered with; `metadata` are headers (name, value, …) to send along. */
  ofUpstream(status: RpcStatus, headers: Headers, metadata: readonly string[]): OutgoingReply;
  /** As `ofUpstream`, before it has a format: for errors inside a stream. */
  clientError(status: RpcStatus): ClientError;
  clientErrorOf(error: GatewayError): ClientError;
}

/** Compiles error replies for a Schema, whose google.rpc types say how details look. */
export function compileErrorReplies(schema: Schema, codec: Codec, format: ErrorFormat): ErrorReplies {
  const readDetails = compileStatusDetails(schema, codec);

  const reply = (error: ClientError, headers: Headers, out: string[], cause: GatewayError | null): OutgoingReply => {
    const { contentType, text } = printError(error, formatFor(headers, format));
    // RFC 9110, 12.5.5: Accept has a say in it (`formatFor`).
    out.push("content-type", contentType, "vary", "accept");
    return {
      status: error.httpStatus,
      headers: out,
      body: Buffer.from(text),
      trailers: null,
      grpcCode: error.code,
      error: cause,
    };
  };

  const clientError = (status: RpcStatus): ClientError => ({
    httpStatus: httpStatusOf(status.code),
    code: status.code,
    message: status.message,
    details: readDetails(status.details).json,
    id: null,
  });

  return {
    clientError,
    clientErrorOf,
    ofGateway(error, headers) {
      const out = error.headers === null ? [] : Object.entries(error.headers).flat();
      return reply(clientErrorOf(error), headers, out, error);
    },
    ofUpstream(status, headers, metadata) {
      const { json, retryAfter } = readDetails(status.details);
      const out = [...metadata];
      const itsOwn = metadataValue(out as Metadata, "retry-after");
      if (retryAfter !== null && itsOwn === null) out.push("retry-after", String(retryAfter));
      if (status.code === Code.UNAUTHENTICATED) challenge(status, out);
      const { code, message } = status;
      return reply({ httpStatus: httpStatusOf(code), code, message, details: json, id: null }, headers, out, null);
    },
  };
}

/** A gateway error for the client: its id as google.rpc.ErrorInfo, the field at fault as google.rpc.BadRequest. */
function clientErrorOf(error: GatewayError): ClientError {
  const details = [`{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"${error.id}","domain":"portico"}`];
  if (error.violation !== null) {
    const violation = JSON.stringify({ field: error.violation.field, description: error.violation.description });
    details.push(`{"@type":"type.googleapis.com/google.rpc.BadRequest","fieldViolations":[${violation}]}`);
  }
  return { httpStatus: catalogue[error.id].http, code: error.code, message: error.message, details, id: error.id };
}

/** A client that accepts application/problem+json gets it, whatever the configured format. */
function formatFor(headers: Headers, format: ErrorFormat): ErrorFormat {
  const accept = headers["accept"];
  return typeof accept === "string" && accept.includes("+") && namesProblem(accept) ? "problem" : format;
}

/** Whether an Accept header names application/problem+json, with a weight that is not 0 (RFC 9110, 12.4.2). */
function namesProblem(accept: string): boolean {
  return accept.split(",").some((range) => {
    const [type = "", ...parameters] = range.split(";").map((part) => part.trim().toLowerCase());
    return type === "application/problem+json" && !parameters.some((parameter) => /^q\s*=\s*0(\.0*)?$/.test(parameter));
  });
}

/**
 * A 401 must carry a challenge (RFC 9110, 11.6.1): the upstream's own www-authenticate, else its message where that is a
 * challenge (as grpc-gateway sends it), else Bearer.
 */
function challenge(status: RpcStatus, out: string[]): void {
  if (metadataValue(out as Metadata, "www-authenticate") !== null) return;
  const isChallenge = /^(Basic|Bearer|Digest|DPoP|GNAP|HOBA|Mutual|Negotiate|OAuth|PrivateToken)( [\x20-\x7e]+)?$/i;
  out.push("www-authenticate", isChallenge.test(status.message) ? status.message : "Bearer");
}

/** The GatewayError for a call that ended on this side of the connection. The status's own text is for the log only. */
export function failureOf(status: RpcStatus, origin: Exclude<StatusOrigin, "upstream">): GatewayError {
  const cause = new Error(`${origin}: ${status.message}`);
  switch (origin) {
    case "connection":
      return new GatewayError("GW_UPSTREAM_UNAVAILABLE", "the upstream service cannot be reached", { cause });
    case "overload":
      // Calls end all the time: the soonest that Retry-After can say (RFC 9110, 10.2.3: whole seconds) is soon enough.
      return new GatewayError("GW_UPSTREAM_OVERLOADED", "the upstream service has as many open calls as it may have", {
        cause,
        headers: { "retry-after": "1" },
      });
    case "deadline":
      return new GatewayError("GW_DEADLINE_EXCEEDED", "the upstream did not answer within the deadline", { cause });
    case "cancelled":
      return new GatewayError("GW_CLIENT_GONE", "the client went away before the answer", { cause });
    case "limit":
      return new GatewayError("GW_REPLY_TOO_LARGE", "the upstream's answer is larger than the limit", { cause });
    case "protocol":
      return status.code === Code.UNAVAILABLE
        ? new GatewayError("GW_UPSTREAM_UNAVAILABLE", "the upstream service cannot be reached", { cause })
        : new GatewayError("GW_UPSTREAM_INVALID", "the upstream's answer is no gRPC answer", { cause });
  }
}
