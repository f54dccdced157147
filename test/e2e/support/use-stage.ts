import type { JsonValue } from "@bufbuild/protobuf";
import { beforeAll, expect } from "vitest";
import type { ConfigInput } from "../../../src/app/index.js";
import { type FakeReply, type FakeUpstream, startFakeUpstream } from "../../support/fake-upstream.js";
import { type RunningGateway, startGateway } from "../../support/gateway.js";
import type { Speaks } from "../../support/http2-client.js";
import type { Oracle } from "../../support/oracle.js";
import { headerValue, type RawReply, type RawRequest, sendRaw } from "../../support/raw-http.js";
import { type Format, leaksOf, shapeFaultsOf } from "./no-leaks.js";
import { e2eOracle, stageConfig, type Transport } from "./stage-config.js";

export { e2eOracle, stageConfig };
export const transports = ["http2", "grpc-js"] as const;

/** Both ends of the gateway: what its clients speak to it, and the transport to the upstream. */
export const ends: readonly { readonly speaks: Speaks; readonly transport: Transport }[] = [
  { speaks: "http/1.1", transport: "http2" },
  { speaks: "http/1.1", transport: "grpc-js" },
  { speaks: "h2c", transport: "http2" },
];

/** A reply as most tests want it. */
export interface Answer {
  readonly status: number;
  /** JSON if its content type says so, else text. */
  readonly body: unknown;
  readonly raw: RawReply;
  header(name: string): string | null;
}

export interface Question extends Partial<RawRequest> {
  readonly path: string;
  /** What the upstream answers; a message without fields by default. */
  readonly answer?: FakeReply;
}

/** The gateway before an upstream that answers as told, both over sockets. */
export interface Stage {
  readonly gateway: RunningGateway;
  readonly upstream: FakeUpstream;
  readonly oracle: Oracle;
  /** Sends a request, GET unless told. Every error reply is looked at for leaks and for its shape. */
  ask(request: Question): Promise<Answer>;
  /** What the upstream was asked since the last `ask`: method and message in ProtoJSON. */
  saw(): readonly Seen[];
  /**
   * What reached the upstream once everything that was under way has: a call is made after it, on the connection that all
   * calls share, and left out.
   */
  sawAfterAll(): Promise<readonly Seen[]>;
}

export interface Seen {
  readonly method: string;
  readonly message: JsonValue;
}

/** The rules that the tests of a file go by: e2e.proto, in the configuration given. */
export function useStage(config: ConfigInput = {}, transport: Transport = "http2", speaks: Speaks = "http/1.1"): Stage {
  let stage: Stage | null = null;
  beforeAll(async () => {
    const oracle = e2eOracle();
    const upstream = await startFakeUpstream(oracle);
    const gateway = await startGateway(stageConfig(upstream.address, transport, config), speaks);
    stage = stageOf(gateway, upstream, oracle, config.errors?.format ?? "status");
    return async () => {
      await gateway.close();
      await upstream.close();
      expect(gateway.failures.filter((failure) => failure.startsWith("internal error"))).toEqual([]);
    };
  });
  const ready = (): Stage => {
    if (stage === null) throw new Error("the gateway is only there while tests run");
    return stage;
  };
  return {
    get gateway() {
      return ready().gateway;
    },
    get upstream() {
      return ready().upstream;
    },
    get oracle() {
      return ready().oracle;
    },
    ask: (request) => ready().ask(request),
    saw: () => ready().saw(),
    sawAfterAll: () => ready().sawAfterAll(),
  };
}

function stageOf(gateway: RunningGateway, upstream: FakeUpstream, oracle: Oracle, format: Format): Stage {
  const seen = (): Seen[] =>
    upstream.calls.map(({ method, messages }) => {
      const { input } = oracle.method(method);
      const [message, ...more] = messages.map((bytes) => oracle.toJson(input, bytes));
      if (message === undefined || more.length > 0) throw new Error(`${method} was sent ${messages.length} messages`);
      return { method, message };
    });
  return {
    gateway,
    upstream,
    oracle,
    async ask({ answer = emptyMessage, ...request }) {
      upstream.answer(answer);
      const raw = await sendRaw(gateway, { method: "GET", ...request });
      return checkedAnswer(raw, [upstream.address], wantsProblem(request) ? "problem" : format);
    },
    saw: seen,
    async sawAfterAll() {
      await sendRaw(gateway, { method: "GET", path: "/c/after-all" });
      return seen().filter(({ message }) => JSON.stringify(message) !== '{"text":"after-all"}');
    },
  };
}

const emptyMessage: FakeReply = { messages: [new Uint8Array(0)] };

function wantsProblem({ headers = {} }: Partial<RawRequest>): boolean {
  return Object.entries(headers).some(
    ([name, value]) => name.toLowerCase() === "accept" && String(value) === "application/problem+json",
  );
}

/** A reply, held against what every error reply must be. */
export function checkedAnswer(raw: RawReply, addresses: readonly string[], format: Format): Answer {
  expect(leaksOf(raw, addresses)).toEqual([]);
  expect(shapeFaultsOf(raw, format)).toEqual([]);
  const type = headerValue(raw.headers, "content-type") ?? "";
  const isJson = /^application\/([a-z]+\+)?json$/.test(type) && raw.body.length > 0;
  return {
    status: raw.status,
    body: isJson ? JSON.parse(raw.body.toString()) : raw.body.toString(),
    raw,
    header: (name) => headerValue(raw.headers, name),
  };
}

/** The body of an error of the gateway, in the format `status`. */
export function statusBody(code: number, message: string, id: string, field?: { field: string; description: string }) {
  const details: unknown[] = [{ "@type": "type.googleapis.com/google.rpc.ErrorInfo", reason: id, domain: "portico" }];
  if (field !== undefined) {
    details.push({ "@type": "type.googleapis.com/google.rpc.BadRequest", fieldViolations: [field] });
  }
  return { code, message, details };
}
