import type { FastifyReply, FastifyRequest } from "fastify";
import { Code, type GatewayError } from "../core/index.js";
import {
  type CallPlan,
  type FormPart,
  type IncomingRequest,
  type OutgoingReply,
  type StreamCall,
  type StreamOutcome,
  takesForm,
} from "../transcode/index.js";
import type { Route } from "./find-route.js";
import { wasCutShort } from "./http2-stream.js";
import { isFailure } from "./is-failure.js";
import { linger } from "./linger.js";
import { collectForm } from "./multipart/collect-form.js";
import { pipeForm } from "./multipart/pipe-form.js";
import { pipeBody } from "./pipe-body.js";
import { announcesBody, readBody } from "./read-body.js";
import { sendDirectly } from "./send-directly.js";
import { sendReply } from "./send-reply.js";
import { createStreamClient } from "./stream-client.js";
import type { MountOptions, RouteTable } from "./types.js";

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
  /** Taken at once: a socket that is gone has no address. */
  readonly #client: string;
  readonly requestId: string;
  #plan: CallPlan | null = null;
  #call: { cancel(): void } | null = null;
  #outcome: StreamOutcome | null = null;
  #streamed: { readonly bytes: () => number } | null = null;
  #bytes = 0;

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
    const logged = options.log.access !== null;
    this.#started = logged ? performance.now() : 0;
    this.#client = logged ? (request.raw.socket.remoteAddress ?? "") : "";
    reply.raw.on("close", this.#onClose);
  }

  /** Serves a route: body, call, reply. */
  serve(route: Route, query: string): void {
    this.#plan = route.plan;
    const { kind } = route.plan;
    const { raw } = this.#request;
    if (kind === "client-stream" || kind === "bidi") {
      this.#stream(route.plan, this.#incoming(route, query, null), announcesBody(raw));
    } else if (!announcesBody(raw)) {
      this.#run(route, query, null);
    } else if (takesForm(route.plan, raw.headers)) {
      linger(raw, this.#reply.raw);
      collectForm(raw, this.#options.forms, this.#options.limits, (parts, refusal) => {
        if (refusal !== null) this.refuse(refusal);
        else this.#run(route, query, null, parts);
      });
    } else {
      readBody(raw, this.#options.limits, (body, refusal) => {
        if (refusal !== null) this.refuse(refusal);
        else if (body !== null && route.bodyIs === "query")
          this.#run(route, `${query}&${body.toString("latin1")}`, null);
        else this.#run(route, query, body);
      });
    }
  }

  /** One message up: a unary call or a server stream. */
  #run(route: Route, query: string, body: Buffer | null, form: readonly FormPart[] | null = null): void {
    const incoming = this.#incoming(route, query, body, form);
    if (route.plan.kind === "unary") this.#call = this.#table.unary.run(route.plan, incoming, this.#send);
    else this.#stream(route.plan, incoming, false);
  }

  #incoming(
    route: Route,
    query: string,
    body: Buffer | null,
    form: readonly FormPart[] | null = null,
  ): IncomingRequest {
    const { raw } = this.#request;
    return {
      httpMethod: raw.method ?? "",
      captures: route.captures,
      rawQuery: query,
      headers: raw.headers,
      rawHeaders: raw.rawHeaders,
      remoteAddress: raw.socket.remoteAddress ?? "",
      secure: "encrypted" in raw.socket,
      http2: raw.httpVersionMajor === 2,
      requestId: this.requestId,
      body,
      form,
    };
  }

  #stream(plan: CallPlan, incoming: IncomingRequest, hasBody: boolean): void {
    let body: { resume(): void } = this.#request.raw;
    const client = createStreamClient(this.#reply, {
      send: this.#send,
      ended: (outcome) => this.#settle(outcome),
      headersOfExchange: () => this.#ownHeaders(),
      resumeBody: () => body.resume(),
      drained: () => call?.drained(),
    });
    let call: StreamCall | null = null;
    call = this.#table.streams.open(plan, incoming, client);
    if (call === null) return;
    this.#call = call;
    this.#streamed = client;
    if (hasBody) linger(this.#request.raw, this.#reply.raw);
    if (!hasBody) call.bodyEnd();
    else if (takesForm(plan, incoming.headers)) body = pipeForm(this.#request.raw, this.#options.forms, call);
    else pipeBody(this.#request.raw, call);
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
    this.#settle(outcome);
    this.#bytes = outcome.body.length;
    if (this.#reply.raw.destroyed) return;
    const own = this.#ownHeaders();
    if (this.#options.unmatched === "answer" && sendDirectly(this.#reply.raw, outcome, own)) return;
    for (let i = 0; i < own.length; i += 2) this.#reply.header(own[i] ?? "", own[i + 1]);
    sendReply(this.#reply, outcome);
  };

  /** How it ended is known: nothing is left to cancel. */
  #settle(outcome: StreamOutcome): void {
    this.#outcome = outcome;
    this.#call = null;
    const { error } = outcome;
    if (error !== null && isFailure(error)) this.#options.log.failure(this.requestId, error);
  }

  #ownHeaders(): readonly string[] {
    const id = [this.#options.requestId.header, this.requestId];
    // HTTP/2 says it with GOAWAY (RFC 9113, 6.8).
    const says = this.#options.draining() && this.#request.raw.httpVersionMajor === 1;
    return says ? [...id, "connection", "close"] : id;
  }

  readonly #onClose = (): void => {
    const { raw } = this.#reply;
    const gone = wasCutShort(raw);
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
      bytes: this.#streamed === null ? this.#bytes : this.#streamed.bytes(),
      client: this.#client,
      error: outcome?.error?.id ?? (gone ? "GW_CLIENT_GONE" : null),
    });
  };
}
