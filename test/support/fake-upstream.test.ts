import { beforeAll, describe, expect, it } from "vitest";
import { buildDescriptors, googleProtos } from "./build-descriptors.js";
import { type FakeUpstream, startFakeUpstream } from "./fake-upstream.js";
import { GrpcClient } from "./grpc-client.js";
import { Oracle } from "./oracle.js";

const PACKAGE = "portico.examples.v1";

let oracle: Oracle;
let upstream: FakeUpstream;
let client: GrpcClient;

beforeAll(async () => {
  oracle = new Oracle(
    buildDescriptors([
      { root: "proto", paths: ["portico/examples/v1/chat.proto"] },
      googleProtos("google/rpc/error_details.proto", "google/rpc/status.proto"),
    ]),
  );
  upstream = await startFakeUpstream(oracle);
  client = new GrpcClient(upstream.address, oracle);
  return async () => {
    client.close();
    await upstream.close();
  };
});

describe("a fake upstream", () => {
  it("answers as told and remembers what it saw", async () => {
    upstream.answer({
      messages: [{ text: "a" }, { text: "b" }],
      initialMetadata: { "x-a": ["1", "2"], "x-b-bin": Buffer.from([0, 255]) },
      trailingMetadata: { "x-c": "3" },
    });
    const answer = await client.call(`${PACKAGE}.ChatService/JoinRoom`, [{ text: "c" }, { text: "d" }], {
      metadata: { "x-d": "4", "x-e-bin": Buffer.from([1]) },
      timeout: 60_000,
    });
    expect(answer).toMatchObject({
      code: "OK",
      messages: [{ text: "a" }, { text: "b" }],
      header: { "x-a": "1, 2", "x-b-bin": "AP8=" },
      trailer: { "x-c": "3" },
    });
    const [call] = upstream.calls;
    const type = oracle.type(`${PACKAGE}.JoinRoomRequest`);
    expect(upstream.calls).toHaveLength(1);
    expect(call).toMatchObject({ method: `${PACKAGE}.ChatService/JoinRoom`, state: "answered" });
    expect(call?.messages.map((bytes) => oracle.toJson(type, bytes))).toEqual([{ text: "c" }, { text: "d" }]);
    expect(call?.metadata.getMap()).toMatchObject({ "x-d": "4", "x-e-bin": Buffer.from([1]) });
    expect(call?.deadlineMs).toBeGreaterThan(50_000);
    expect(call?.deadlineMs).toBeLessThanOrEqual(60_000);
  });

  it("sends details that are known and that nobody knows", async () => {
    const known = { "@type": "type.googleapis.com/google.rpc.ErrorInfo", reason: "R".repeat(300) };
    const strange = {
      "@type": "type.googleapis.com/no.such.Type",
      $raw_base64: Buffer.alloc(300, 7).toString("base64"),
    };
    upstream.answer({ status: { code: 9, message: "é%", details: [known] } });
    const seen = await client.call(`${PACKAGE}.ChatService/CreateMessage`, [{}]);
    expect(seen).toMatchObject({ code: "FAILED_PRECONDITION", message: "é%", details: [known], messages: [] });

    upstream.answer({ status: { code: 1024, message: "m", details: [strange, known] } });
    expect(await client.call(`${PACKAGE}.ChatService/CreateMessage`, [{}])).toMatchObject({
      code: "1024",
      details: [known, { "@type": strange["@type"], value: strange.$raw_base64 }],
    });
  });

  it("sends bytes that are no message, and details that are no Status", async () => {
    upstream.answer({ messages: [Uint8Array.of(255)] });
    await expect(client.call(`${PACKAGE}.ChatService/CreateMessage`, [{}])).resolves.not.toMatchObject({ code: "OK" });
    upstream.answer({ status: { code: 2, message: "", rawDetails: Uint8Array.of(255) } });
    await expect(client.call(`${PACKAGE}.ChatService/CreateMessage`, [{}])).rejects.toThrow();
  });

  it("answers by the call, late if told, and knows when a caller gives up", async () => {
    upstream.answer((call) => ({ messages: [{ text: call.method }], delayMs: 1 }));
    expect(await client.call(`${PACKAGE}.ChatService/CreateMessage`, [{}])).toMatchObject({
      messages: [{ text: `${PACKAGE}.ChatService/CreateMessage` }],
    });
    upstream.answer({ delayMs: 60_000 });
    expect(await client.call(`${PACKAGE}.ChatService/CreateMessage`, [{}], { timeout: 100 })).toMatchObject({
      code: "DEADLINE_EXCEEDED",
    });
    await expect.poll(() => upstream.calls.map((call) => call.state), { timeout: 10_000 }).toEqual(["cancelled"]);
  });
});
