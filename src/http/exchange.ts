import type { FastifyReply, FastifyRequest } from "fastify";
import { Code, catalogue, type GatewayError } from "../core/index.js";
import type { CallPlan, IncomingRequest, OutgoingReply } from "../transcode/index.js";
import type { Call } from "../upstream/index.js";
import { announcesBody, readBody } from "./read-body.js";
import { sendReply } from "./send-reply.js";
import type { MountOptions, RouteTable } from "./types.js";

/** The route that an exchange has found. */
export interface Route {
  readonly plan: CallPlan;
  readonly captures: readonly string[];
  /** What the body is: a body, or (a form) a part of the query. */
  readonly bodyIs: "body" | "query";
}

/**
 * One request and its reply: reads the body, runs the call, sends what comes of it, cancels the call if the client goes
 * away first, and tells the log how it ended. One object a request carries all of its state.
 */
export class Exchange {
  readonly #request: FastifyRequest;
  readonly #reply: FastifyReply;
  readonly #options: MountOptions;
  readonly #table: RouteTable;
  readonly #path: string;
  readonly #started: number;
  readonly requestId: string;
  #plan: CallPlan | null = null;
  #call: Call | null = null;
  #outcome: OutgoingReply | null = null;

  constructor(
    request: FastifyRequest,
    reply: FastifyReply,
    options: MountOptions,
    table: RouteTable,
    path: string,
    requestId: string,
  ) {
    this.#request = request;
    this.#reply = reply;
    this.#options = options;
    this.#table = table;
    this.#path = path;
    this.requestId = requestId;
    this.#started = options.log.access === null ? 0 : performance.now();
    reply.raw.on("close", this.#onClose);
  }

  /** Serves a route: body, call, reply. */
  serve(route: Route, query: string): void {
    this.#plan = route.plan;
    const { raw } = this.#request;
    if (!announcesBody(raw)) {
      this.#run(route, query, null);
      return;
    }
    readBody(raw, this.#options.limits.body, (body, refusal) => {
      if (refusal !== null) this.refuse(refusal);
      else if (body !== null && route.bodyIs === "query") this.#run(route, `${query}&${body.toString("latin1")}`, null);
      else this.#run(route, query, body);
    });
  }

  #run(route: Route, query: string, body: Buffer | null): void {
    const { raw } = this.#request;
    const incoming: IncomingRequest = {
      httpMethod: raw.method ?? "",
      captures: route.captures,
      rawQuery: query,
      headers: raw.headers,
      rawHeaders: raw.rawHeaders,
      remoteAddress: raw.socket.remoteAddress ?? "",
      secure: "encrypted" in raw.socket,
      requestId: this.requestId,
      body,
    };
    this.#call = this.#table.unary.run(route.plan, incoming, this.#send);
  }

  /** Answers with a refusal of the gateway. */
  refuse(error: GatewayError): void {
    this.#send(this.#table.errors.ofGateway(error, this.#request.raw.headers));
  }

  /** Answers with a reply that needs no call. */
  answer(reply: OutgoingReply): void {
    this.#send(reply);
  }

  readonly #send = (outcome: OutgoingReply): void => {
    this.#outcome = outcome;
    this.#call = null;
    const { error } = outcome;
    if (error !== null && catalogue[error.id].http >= 500) this.#options.log.failure(this.requestId, error);
    if (this.#reply.raw.destroyed) return;
    this.#reply.header(this.#options.requestId.header, this.requestId);
    if (this.#options.draining()) this.#reply.header("connection", "close");
    sendReply(this.#reply, outcome);
  };

  readonly #onClose = (): void => {
    const { raw } = this.#reply;
    const gone = !raw.writableFinished;
    if (gone && this.#call !== null) this.#call.cancel();
    const { access } = this.#options.log;
    if (access === null) return;
    const outcome = this.#outcome;
    access({
      requestId: this.requestId,
      method: this.#request.raw.method ?? "",
      path: this.#path,
      pattern: this.#plan?.binding.pattern ?? null,
      rpc: this.#plan?.rpcPath ?? null,
      status: gone ? 499 : raw.statusCode,
      grpcCode: gone ? Code.CANCELLED : (outcome?.grpcCode ?? Code.UNKNOWN),
      milliseconds: performance.now() - this.#started,
      bytes: outcome?.body.length ?? 0,
      client: this.#request.raw.socket.remoteAddress ?? "",
      error: outcome?.error?.id ?? (gone ? "GW_CLIENT_GONE" : null),
    });
  };
}
