import type { JsonValue } from "@bufbuild/protobuf";
import { expect, vi } from "vitest";
import type { FakeReply, FakeUpstream, MetadataValue, SeenCall } from "../support/fake-upstream.js";
import type { Address } from "../support/http2-client.js";
import type { Oracle } from "../support/oracle.js";
import { headerValue, type RawReply, sendRaw } from "../support/raw-http.js";
import type { Case, ExpectedCall, ExpectedHttp, NeutralMetadata, Outcome, UpstreamAnswer } from "./load-cases.js";

/** For a machine that is busy with something else. */
const PATIENCE = { timeout: 10_000, interval: 5 };

/** Where a case is performed. */
export interface Stage {
  readonly gateway: Address;
  readonly upstream: FakeUpstream;
  readonly oracle: Oracle;
}

/** Sends a case's request and holds what the upstream saw and what came back against the outcome. */
export async function performCase(stage: Stage, testCase: Case, outcome: Outcome): Promise<void> {
  const { request } = testCase;
  stage.upstream.answer(toReply(outcome.upstream ?? testCase.upstream ?? {}));
  const body = request.body_base64 === undefined ? request.body : Buffer.from(request.body_base64, "base64");
  const reply = await sendRaw(stage.gateway, {
    method: request.method,
    path: request.path,
    headers: request.headers ?? {},
    ...(body === undefined ? {} : { body }),
  });
  checkReply(reply, outcome.expect_http);
  if (outcome.expect_call === null) checkNothingSent(stage);
  else await checkCall(stage, outcome.expect_call);
}

function toReply(upstream: UpstreamAnswer): FakeReply {
  return {
    messages: upstream.messages ?? [],
    ...(upstream.status === undefined ? {} : { status: upstream.status }),
    ...(upstream.initial_metadata === undefined ? {} : { initialMetadata: fromNeutral(upstream.initial_metadata) }),
    ...(upstream.trailing_metadata === undefined ? {} : { trailingMetadata: fromNeutral(upstream.trailing_metadata) }),
    delayMs: upstream.delay_ms ?? 0,
  };
}

function fromNeutral(metadata: Readonly<Record<string, NeutralMetadata>>): Record<string, MetadataValue[]> {
  return Object.fromEntries(
    Object.entries(metadata).map(([key, value]) => [
      key,
      listOf(value).map((one) => (typeof one === "string" ? one : Buffer.from(one.base64, "base64"))),
    ]),
  );
}

/** The one call, once it has arrived whole or was given up. */
async function checkCall({ upstream, oracle }: Stage, expected: ExpectedCall): Promise<void> {
  const call = await vi.waitFor(() => {
    expect(upstream.calls.map(({ method }) => method)).toEqual([expected.method]);
    const [only] = upstream.calls as [SeenCall];
    expect(only.state).not.toBe("open");
    return only;
  }, PATIENCE);
  const { input } = oracle.method(expected.method);
  const wanted = expected.messages.map((json) => oracle.read(input, json));
  const seen = call.messages.map((bytes) => oracle.decode(input, bytes));
  expect(call.messages.map((bytes) => oracle.toJson(input, bytes))).toEqual(
    wanted.map((message) => oracle.printJson(input, message)),
  );
  // JSON does not tell all: unknown fields, or the bytes inside an Any.
  for (const [index, message] of seen.entries()) {
    const other = wanted[index];
    expect(other !== undefined && oracle.same(input, message, other)).toBe(true);
  }
  checkMetadata(call, expected.metadata ?? {});
  checkDeadline(call, expected.deadline_ms);
}

/** No message has reached a method. A call without a message may have been opened, but by a stream of messages alone. */
function checkNothingSent({ upstream, oracle }: Stage): void {
  expect(upstream.calls.flatMap((call) => call.messages)).toEqual([]);
  const unary = upstream.calls.filter(({ method }) =>
    /^(unary|server_streaming)$/.test(oracle.method(method).methodKind),
  );
  expect(unary.map(({ method }) => method)).toEqual([]);
}

function checkMetadata(call: SeenCall, expected: NonNullable<ExpectedCall["metadata"]>): void {
  const seen = Object.fromEntries(
    Object.keys(expected).map((key) => [
      key,
      call.metadata.get(key).map((value) => (typeof value === "string" ? value : { base64: value.toString("base64") })),
    ]),
  );
  const wanted = Object.fromEntries(
    Object.entries(expected).map(([key, value]) => [key, value === null ? [] : listOf(value)]),
  );
  expect(seen).toEqual(wanted);
}

function checkDeadline(call: SeenCall, expected: ExpectedCall["deadline_ms"]): void {
  if (expected === undefined) return;
  if (expected === null) {
    expect(call.deadlineMs).toBeNull();
    return;
  }
  expect(call.deadlineMs).toBeGreaterThanOrEqual(expected[0]);
  expect(call.deadlineMs).toBeLessThanOrEqual(expected[1]);
}

function listOf(value: NeutralMetadata): readonly (string | { readonly base64: string })[] {
  return Array.isArray(value) ? value : [value as string | { readonly base64: string }];
}

function checkReply(reply: RawReply, expected: ExpectedHttp): void {
  // The body beside the status: it says why the status is not the one that was expected.
  expect({
    status: reply.status,
    ...(reply.status === expected.status ? {} : { body: reply.body.toString() }),
  }).toEqual({
    status: expected.status,
  });
  expect(pick(reply.headers, expected.headers ?? {})).toEqual(expected.headers ?? {});
  expect(pick(reply.trailers, expected.trailers ?? {})).toEqual(expected.trailers ?? {});
  if (expected.body_text !== undefined) expect(reply.body.toString()).toBe(expected.body_text);
  if (expected.body_base64 !== undefined) expect(reply.body.toString("base64")).toBe(expected.body_base64);
  if (expected.body_json !== undefined) {
    const body = JSON.parse(reply.body.toString()) as JsonValue;
    if (expected.body_match === "subset") expect(body).toMatchObject(expected.body_json as object);
    else expect(body).toEqual(expected.body_json);
  }
}

/** The headers that are expected, as they came; a content type without parameters is compared by its media type. */
function pick(
  headers: RawReply["headers"],
  expected: Readonly<Record<string, string | null>>,
): Record<string, string | null> {
  return Object.fromEntries(
    Object.entries(expected).map(([name, wanted]) => {
      const value = headerValue(headers, name);
      const byType = name.toLowerCase() === "content-type" && wanted !== null && !wanted.includes(";");
      return [name, byType && value !== null ? (value.split(";")[0] ?? "").trim().toLowerCase() : value];
    }),
  );
}
