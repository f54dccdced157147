import { Code } from "./code.js";

/** One error that the gateway itself makes. `meaning` and `remedy` are whole sentences for docs/errors.md. */
export interface CatalogueEntry {
  readonly code: Code;
  readonly http: number;
  readonly meaning: string;
  readonly remedy: string;
}

/**
 * Every error that the gateway itself makes, in the order of docs/errors.md (a test holds the two and the ids that the
 * sources use against each other, both ways). An id that is retired is never used again.
 */
export const catalogue = {
  GW_PATH_NOT_FOUND: {
    code: Code.NOT_FOUND,
    http: 404,
    meaning: "No rule has this path.",
    remedy: "List the paths that are served with `portico routes`; a trailing slash is another path.",
  },
  GW_ROUTES_UNKNOWN: {
    code: Code.UNAVAILABLE,
    http: 503,
    meaning:
      "No known rule has this path, this method at the path, or a stream there, and an upstream of `schema.reflection` has not told its rules yet.",
    remedy: "Try again after the seconds of Retry-After; operators find in the log why the upstream is not there.",
  },
  GW_METHOD_NOT_ALLOWED: {
    code: Code.UNIMPLEMENTED,
    http: 405,
    meaning: "The path has rules, but none for this HTTP method.",
    remedy: "Use one of the methods in the Allow header.",
  },
  GW_METHOD_UNKNOWN: {
    code: Code.UNIMPLEMENTED,
    http: 501,
    meaning: "The request has an HTTP method that this server does not know for any path.",
    remedy: "Use a registered method; names of methods are in upper case.",
  },
  GW_URL_MALFORMED: {
    code: Code.INVALID_ARGUMENT,
    http: 400,
    meaning: "The path or the query has a malformed percent escape, a NUL byte, or is no UTF-8 once decoded.",
    remedy: "Percent-encode the value as UTF-8; a literal % is written %25.",
  },
  GW_URL_TOO_LONG: {
    code: Code.INVALID_ARGUMENT,
    http: 414,
    meaning: "The request target is longer than server.limits.url.",
    remedy: "Shorten it, send the values in a body, or raise the limit.",
  },
  GW_HEADERS_TOO_LARGE: {
    code: Code.INVALID_ARGUMENT,
    http: 431,
    meaning: "The request's header section is larger than server.limits.headers.",
    remedy: "Send fewer or shorter headers, or raise the limit.",
  },
  GW_REQUEST_MALFORMED: {
    code: Code.INVALID_ARGUMENT,
    http: 400,
    meaning: "The bytes on the connection are no HTTP request.",
    remedy: "Speak HTTP/1.1 to this port.",
  },
  GW_REQUEST_TIMEOUT: {
    code: Code.DEADLINE_EXCEEDED,
    http: 408,
    meaning: "The client did not send its whole request within server.limits.requestTimeout.",
    remedy: "Send the request faster, or raise the limit.",
  },
  GW_HEADER_INVALID: {
    code: Code.INVALID_ARGUMENT,
    http: 400,
    meaning: "A header that the gateway reads (grpc-timeout, x-server-timeout, a -bin header) cannot be read.",
    remedy: "See the message for the header and the form it must have.",
  },
  GW_QUERY_UNKNOWN: {
    code: Code.INVALID_ARGUMENT,
    http: 400,
    meaning: "A query parameter names no field of the request that the query may set.",
    remedy: "Correct the name, or let requests.unknownQuery ignore such parameters.",
  },
  GW_QUERY_REPEATED: {
    code: Code.INVALID_ARGUMENT,
    http: 400,
    meaning: "A field that takes one value, or a oneof, is set more than once by the query.",
    remedy: "Give it once.",
  },
  GW_FIELD_INVALID: {
    code: Code.INVALID_ARGUMENT,
    http: 400,
    meaning: "A value in the path, the query or the body does not fit its field.",
    remedy: "The message names the field, what it takes and what was sent.",
  },
  GW_FIELD_UNKNOWN: {
    code: Code.INVALID_ARGUMENT,
    http: 400,
    meaning: "The JSON body has a member that its message does not have.",
    remedy: "Correct the name, or let requests.unknownFields ignore such members.",
  },
  GW_FIELD_COLLISION: {
    code: Code.INVALID_ARGUMENT,
    http: 400,
    meaning: "The path and the body give different values to one field, and requests.collisions is reject.",
    remedy: "Send the same value in both, or leave the field out of the body.",
  },
  GW_BODY_NOT_JSON: {
    code: Code.INVALID_ARGUMENT,
    http: 400,
    meaning: "The body is not JSON as RFC 8259 has it, or not valid UTF-8.",
    remedy: "The message gives the position of the first fault.",
  },
  GW_BODY_TOO_DEEP: {
    code: Code.INVALID_ARGUMENT,
    http: 400,
    meaning: "The body is nested more than 100 levels deep.",
    remedy: "Flatten it.",
  },
  GW_BODY_UNEXPECTED: {
    code: Code.INVALID_ARGUMENT,
    http: 400,
    meaning: "The request has a body, but its rule has none.",
    remedy: "Send no body, or let requests.unexpectedBody ignore it.",
  },
  GW_BODY_TOO_LARGE: {
    code: Code.RESOURCE_EXHAUSTED,
    http: 413,
    meaning: "The body is larger than server.limits.body.",
    remedy: "Send less, or raise the limit.",
  },
  GW_BODY_INCOMPLETE: {
    code: Code.INVALID_ARGUMENT,
    http: 400,
    meaning: "The connection ended before the request and its body were complete.",
    remedy: "Send as many bytes as Content-Length announces.",
  },
  GW_FORM_INVALID: {
    code: Code.INVALID_ARGUMENT,
    http: 400,
    meaning:
      "A body of multipart/form-data is broken, has too many parts, or has a part that comes twice, too late or for a field that cannot take it.",
    remedy: "The message names the part and what is wrong with it.",
  },
  GW_CONTENT_TYPE: {
    code: Code.INVALID_ARGUMENT,
    http: 415,
    meaning: "The body has a content type that this route does not take, or a content encoding.",
    remedy: "Send application/json without a content encoding.",
  },
  GW_RANGE_UNSATISFIABLE: {
    code: Code.OUT_OF_RANGE,
    http: 416,
    meaning: "A Range header asks for bytes behind the end of a download.",
    remedy: "Ask for bytes that are there: Content-Range says how many there are.",
  },
  GW_CLIENT_GONE: {
    code: Code.CANCELLED,
    http: 499,
    meaning: "The client closed the connection before the answer; the call was cancelled.",
    remedy: "Seen in the log only: nobody is there to read it.",
  },
  GW_UPSTREAM_UNAVAILABLE: {
    code: Code.UNAVAILABLE,
    http: 503,
    meaning: "The upstream service cannot be reached, or ended the connection before it answered.",
    remedy: "Try again; operators find the cause in the log under the request id.",
  },
  GW_UPSTREAM_OVERLOADED: {
    code: Code.UNAVAILABLE,
    http: 503,
    meaning:
      "The upstream has as many open calls as maxOpenCalls allows, or as many wait for a connection as maxPendingCalls; nothing was sent to it.",
    remedy: "Try again after the seconds of Retry-After; operators raise the limit where the service can take more.",
  },
  GW_UPSTREAM_INVALID: {
    code: Code.INTERNAL,
    http: 502,
    meaning: "The upstream's answer is not the message that its proto describes, or breaks the gRPC protocol.",
    remedy: "Bring the gateway's protos and the service to the same version.",
  },
  GW_REPLY_TOO_LARGE: {
    code: Code.INTERNAL,
    http: 500,
    meaning: "The upstream's answer is larger than server.limits.reply.",
    remedy: "Ask for less (a smaller page), or raise the limit.",
  },
  GW_DEADLINE_EXCEEDED: {
    code: Code.DEADLINE_EXCEEDED,
    http: 504,
    meaning: "The upstream did not answer within the deadline of the request.",
    remedy: "Try again, or give more time with grpc-timeout or x-server-timeout.",
  },
  GW_UPGRADE_INVALID: {
    code: Code.INVALID_ARGUMENT,
    http: 400,
    meaning:
      "A WebSocket handshake is malformed, is for a path without a stream, or offers sub-protocols but not portico.v1+json.",
    remedy: "Connect to the path of a streaming method, with the sub-protocol portico.v1+json or none.",
  },
  GW_ORIGIN_FORBIDDEN: {
    code: Code.PERMISSION_DENIED,
    http: 403,
    meaning: "A WebSocket handshake comes from a page of another origin.",
    remedy: "Name the origin in streams.websocket.origins if its pages may connect.",
  },
  GW_STREAM_IDLE: {
    code: Code.DEADLINE_EXCEEDED,
    http: 504,
    meaning: "A stream had no message either way within streams.idleTimeout.",
    remedy: "Open it again, send something now and then, or raise the limit.",
  },
  GW_INTERNAL: {
    code: Code.INTERNAL,
    http: 500,
    meaning: "A fault of the gateway itself.",
    remedy: "Report it with the request id; the cause is in the log, never in the reply.",
  },
} as const satisfies Readonly<Record<string, CatalogueEntry>>;

export type ErrorId = keyof typeof catalogue;
