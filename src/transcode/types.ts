import type { GatewayError, Metadata } from "../core/index.js";
import type { Binding } from "../rules/index.js";
import type { Upstream } from "../upstream/index.js";
import type { ContentDisposition } from "./download/content-disposition.js";
import type { FormEncoder } from "./form/compile-form.js";
import type { FormPart } from "./form/types.js";
import type { EventLines } from "./stream/event-fields.js";
import type { AddLastEventId } from "./stream/last-event-id.js";

/** Header fields as node:http gives them: lower-case names. */
export type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

/** One HTTP request whose route is known, without sockets or framework. */
export interface IncomingRequest {
  readonly httpMethod: string;
  /** Values of the binding's variables, decoded, in their order. */
  readonly captures: readonly string[];
  /** As sent, without the `?`; "" for none. */
  readonly rawQuery: string;
  readonly headers: Headers;
  /** name, value, name, value, … as sent; for repeated headers. */
  readonly rawHeaders: readonly string[];
  readonly remoteAddress: string;
  readonly secure: boolean;
  /** Whether the client speaks HTTP/2, and so takes trailers without asking. */
  readonly http2: boolean;
  readonly requestId: string;
  /** null for no body or an empty one, and for a form. */
  readonly body: Uint8Array | null;
  /** The parts of a body of multipart/form-data, where the plan takes forms; null for any other body. */
  readonly form: readonly FormPart[] | null;
}

/** What goes back: plain data. Its body is valid until the function that it is given to returns; who keeps it copies it. */
export interface OutgoingReply {
  readonly status: number;
  /** name, value, name, value, …; content-type among them, content-length not. */
  readonly headers: readonly string[];
  readonly body: Uint8Array;
  /** HTTP trailers, flat as the headers; null for none (the usual case). */
  readonly trailers: readonly string[] | null;
  /** The gRPC code of the outcome, for the log. */
  readonly grpcCode: number;
  /** What the gateway itself refused or failed with, for the log; null where the upstream's answer is passed on. */
  readonly error: GatewayError | null;
}

/** How requests are read. */
export interface RequestOptions {
  readonly unknownQuery: "reject" | "ignore";
  /** Parameters that are skipped whatever unknownQuery says, such as "key". */
  readonly ignoredQuery: readonly string[];
  readonly unexpectedBody: "reject" | "ignore";
  /** lenient: application/json, *+json, none, or curl's form type before a body that starts with `{` or `[`. */
  readonly contentTypes: "lenient" | "strict";
  readonly inferFieldMask: boolean;
  /** Whether multipart/form-data is read into fields; else it is a body like any other. */
  readonly forms: { readonly enabled: boolean };
  /** path: the path's value wins over the body's; reject: different values are an error. */
  readonly collisions: "path" | "reject";
}

/** Which headers become metadata and which metadata become headers. Patterns are names, or prefixes ending in `*`. */
export interface HeaderOptions {
  readonly toMetadata: readonly string[];
  readonly fromMetadata: readonly string[];
  readonly cookies: boolean;
  /** Sends x-forwarded-for, -host and -proto on, completed by this hop. */
  readonly forwarded: boolean;
  /** Sends trailing metadata as HTTP trailers to clients that take them. */
  readonly trailers: boolean;
}

export type ErrorFormat = "status" | "google" | "problem";

/** Times are milliseconds; Infinity for none. */
export interface DeadlineOptions {
  readonly default: number;
  readonly max: number;
}

/** Where a service is found. */
export interface UpstreamRoute {
  readonly name: string;
  readonly upstream: Upstream;
  readonly deadline: DeadlineOptions;
}

/** Reads what a client sends into bytes of the request message. Both throw a GatewayError for every refusal. */
export interface RequestEncoder {
  /** The one message of a request: body, query and path. */
  message(request: IncomingRequest): Uint8Array;
  /**
   * One message of a stream, from its part of the body. Query and path go into the first one, whose request is given.
   * `contentType` is for raw bodies.
   */
  element(part: Uint8Array, first: IncomingRequest | null, contentType: string | null): Uint8Array;
  /** One message of a stream, from parts of a form. */
  form(parts: readonly FormPart[], first: IncomingRequest | null): Uint8Array;
}

/** The body of a successful reply; its bytes are valid until the next reply is decoded. */
export interface ReplyBody {
  readonly contentType: string;
  readonly bytes: Uint8Array;
}

/** @throws GatewayError GW_UPSTREAM_INVALID */
export type DecodeReply = (message: Uint8Array) => ReplyBody;

/** Field paths of the request message that a file's own name and content type are put into; null for none. */
export interface UploadFields {
  readonly fileName: string | null;
  readonly contentType: string | null;
}

export type CallKind = "unary" | "server-stream" | "client-stream" | "bidi";

/** Everything about one binding that can be known at start. A request only runs it. */
export interface CallPlan {
  readonly binding: Binding;
  readonly kind: CallKind;
  /** "/pkg.Service/Method". */
  readonly rpcPath: string;
  readonly route: UpstreamRoute;
  /** What the body of a request is; `raw` is google.api.HttpBody, of any content type. */
  readonly body: "none" | "json" | "raw";
  /** Reads multipart/form-data; null where the rule has no body or its body is the whole request as an HttpBody. */
  readonly form: FormEncoder | null;
  /** The lines of server-sent events beside their data; null for none. */
  readonly eventLines: EventLines | null;
  readonly addLastEventId: AddLastEventId | null;
  /** Part names for what the file of a client stream's form says of itself. */
  readonly upload: UploadFields;
  /** Whether replies are an HttpBody's own bytes, not JSON. */
  readonly rawReply: boolean;
  /** What such replies are called; null where nothing names them. */
  readonly contentDisposition: ContentDisposition | null;
  readonly encodeRequest: RequestEncoder;
  readonly decodeReply: DecodeReply;
  /** The metadata of a call. @throws GatewayError GW_HEADER_INVALID */
  readonly readMetadata: (request: IncomingRequest) => Metadata;
}
