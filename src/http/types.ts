import type { FastifyReply, FastifyRequest } from "fastify";
import type { GatewayError } from "../core/index.js";
import type { Matcher } from "../rules/index.js";
import type { CallPlan, ErrorReplies, StreamRunner, UnaryRunner } from "../transcode/index.js";
import type { FormLimits } from "./multipart/read-form.js";

/** What a request is served by. It may be replaced by another; requests under way keep the one they began with. */
export interface RouteTable {
  readonly matcher: Matcher<CallPlan>;
  readonly unary: UnaryRunner;
  readonly streams: StreamRunner;
  readonly errors: ErrorReplies;
  readonly formFallback: boolean;
  /** The HTTP methods that rules have, sorted. */
  readonly methods: readonly string[];
  /** False while there are upstreams whose rules nobody knows yet: then a path without a rule may still get one. */
  readonly complete: boolean;
}

/** One line of the access log, told in plain values when the response has ended. */
export interface AccessEntry {
  readonly requestId: string;
  readonly method: string;
  /** Without the query, which may hold what no log should. */
  readonly path: string;
  /** The rule's pattern and RPC; null where no rule was found. */
  readonly pattern: string | null;
  readonly rpc: string | null;
  /** 499 where the client went away first. */
  readonly status: number;
  readonly grpcCode: number;
  readonly milliseconds: number;
  /** Of the response body. */
  readonly bytes: number;
  readonly client: string;
  /** An id of the catalogue, or null. */
  readonly error: string | null;
}

/** What http tells about requests. Both are called after the response is on its way. */
export interface HttpLog {
  /** null: no access log, and no work for one. */
  readonly access: ((entry: AccessEntry) => void) | null;
  /** A failure that is no refusal of the client's request (see is-failure): its cause is for the log alone. */
  failure(requestId: string, error: GatewayError): void;
}

/** What is over is refused. */
export interface HttpLimits {
  /** Bytes. */
  readonly url: number;
  /** Bytes of the header fields, names and values. */
  readonly headers: number;
  /** Bytes. */
  readonly body: number;
  /** Milliseconds for the head of a request and for a whole body to arrive; not for the body of a stream, which may last as long as it wants. */
  readonly requestTimeout: number;
}

export interface SocketOptions {
  readonly enabled: boolean;
  /** Whether unary calls are served beside streams. */
  readonly unary: boolean;
  /** Origins whose pages may connect beside the server's own; "*" for all. */
  readonly origins: readonly string[];
  /** Milliseconds between pings; Infinity for none. */
  readonly ping: number;
}

export interface MountOptions {
  /** Streams over WebSocket. */
  readonly websocket: SocketOptions;
  /** What a body of multipart/form-data may cost. */
  readonly forms: FormLimits;
  /** Asked once a request. */
  readonly table: () => RouteTable;
  readonly limits: HttpLimits;
  readonly log: HttpLog;
  /** The header that carries request ids in and out, lower case, and whether the client's own are taken. */
  readonly requestId: { readonly header: string; readonly accept: boolean };
  /** A page for a path that no rule has, and what serves it; null for none. */
  readonly page: {
    readonly path: string;
    readonly serve: (request: FastifyRequest, reply: FastifyReply) => void;
  } | null;
  /** Whether the table may be replaced by one with other rules. */
  readonly changes: boolean;
  /** answer: a path without a rule is 404 here. next: it goes to the app's own not-found handler. */
  readonly unmatched: "answer" | "next";
  /** While true, replies say Connection: close. */
  readonly draining: () => boolean;
}
