import type { GatewayError, Metadata, RpcStatus } from "../../core/index.js";
import type { StatusOrigin } from "../../upstream/index.js";
import type { ClientError } from "../errors/error-body.js";
import type { FormEvent } from "../form/types.js";
import type { CallPlan, IncomingRequest, OutgoingReply } from "../types.js";

/** The client's side of a stream, as http has it. */
export interface StreamClient {
  /**
   * Commits status 200 and the headers (name, value, …). `trailers` are the names to announce, empty for none;
   * `heartbeat` keeps an idle stream alive, null for nothing.
   */
  begin(headers: readonly string[], trailers: readonly string[], heartbeat: Heartbeat | null): void;
  /** Takes a copy of the part. False: the client is slow, hold back until `drained`. */
  write(part: Uint8Array): boolean;
  /** Ends the body; name, value, … as HTTP trailers. */
  finish(trailers: readonly string[], outcome: StreamOutcome): void;
  /** Ends the connection: the body cannot tell that it is not whole. */
  abort(outcome: StreamOutcome): void;
  /** A whole reply instead of a stream; only before `begin`. */
  reply(reply: OutgoingReply): void;
  /** The upstream takes more of the body again. */
  resumeBody(): void;
}

/** The client's side of a stream of which each message is a unit of its own, such as a WebSocket's. */
export interface MessageClient {
  /** Takes a copy of one message: JSON, or bytes where the plan's replies are. False: the client is slow, hold back until `drained`. */
  message(bytes: Uint8Array): boolean;
  /** Once, last; null where all went well. */
  end(error: ClientError | null, outcome: StreamOutcome): void;
  /** The upstream takes more messages again. */
  resumeBody(): void;
}

/** Bytes that readers skip, and the milliseconds of silence after which they are sent. */
export interface Heartbeat {
  readonly bytes: Uint8Array;
  readonly interval: number;
}

/** How a stream ended, for the log. */
export interface StreamOutcome {
  readonly grpcCode: number;
  readonly error: GatewayError | null;
}

/** A stream under way, as http drives it. */
export interface StreamCall {
  /** Part of the body. False: hold back until `resumeBody`. */
  chunk(bytes: Uint8Array): boolean;
  /** What a form has brought, where the call was opened with one. False: as of `chunk`. */
  form(event: FormEvent): boolean;
  bodyEnd(): void;
  /** The client takes more again. */
  drained(): void;
  /** The body broke off. */
  refuse(error: GatewayError): void;
  cancel(): void;
}

/** Runs streaming calls of all three kinds. */
export interface StreamRunner {
  /**
   * Opens a call. Never throws. Where the request is refused, `client.reply` has been called and null is returned.
   * `request.body` is the whole body for a server stream; for client and bidirectional streams it is null and the body
   * comes by `chunk`, or by `form` where `takesForm` says so.
   */
  open(plan: CallPlan, request: IncomingRequest, client: StreamClient): StreamCall | null;
  /**
   * As `open`, message by message, also for unary calls: each `chunk` is a whole message. What is refused is told by
   * `client.end`.
   */
  openMessages(plan: CallPlan, request: IncomingRequest, client: MessageClient): StreamCall | null;
}

/** What a reply side makes of a message: it was passed on, it was and the client is slow, or nobody wants another. */
export type Taken = "more" | "hold" | "enough";

/** What becomes of the upstream's side of a stream. */
export interface ReplySide {
  header(metadata: Metadata): void;
  /** After "enough" the client's side has ended. @throws GatewayError */
  message(bytes: Uint8Array): Taken;
  /** @throws GatewayError */
  end(status: RpcStatus, trailer: Metadata, origin: StatusOrigin): void;
  /** The gateway itself has to end it. */
  fail(error: GatewayError): void;
  /** Nothing is to be told any more, and nobody is there. */
  dispose(): void;
}
