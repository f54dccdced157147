import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { buffer } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sendDirectly } from "../../src/http/send-directly.js";
import type { OutgoingReply } from "../../src/transcode/index.js";
import { sendRaw } from "../support/raw-http.js";

const MOST = 15 * 1024;

const reply = (changes: Partial<OutgoingReply> = {}): OutgoingReply => ({
  status: 200,
  headers: ["content-type", "application/json"],
  trailers: null,
  body: Buffer.from('{"name":"Ünïcode €"}'),
  grpcCode: 0,
  error: null,
  ...changes,
});

const sent: readonly { title: string; reply: OutgoingReply; headers?: readonly [string, string][] }[] = [
  { title: "a short one, octet for octet though it goes as a text", reply: reply() },
  { title: "every octet", reply: reply({ body: Uint8Array.from({ length: 256 }, (_, i) => i) }) },
  { title: "a part of a larger buffer", reply: reply({ body: Buffer.from("before{}after").subarray(6, 8) }) },
  { title: "the longest that goes as a text", reply: reply({ body: Buffer.alloc(MOST, "x") }) },
  { title: "the shortest that goes as bytes", reply: reply({ body: Buffer.alloc(MOST + 1, "x") }) },
  { title: "one larger than any buffer that is lent", reply: reply({ body: Buffer.alloc(2 << 20, "xyz") }) },
  {
    title: "one with headers of the upstream, but for values that no header has",
    reply: reply({ headers: ["content-type", "text/plain", "etag", '"7"', "grpc-metadata-bad", "a\nb"] }),
    headers: [
      ["x-request-id", "r-1"],
      ["content-type", "text/plain"],
      ["etag", '"7"'],
    ],
  },
];

const left: readonly { title: string; reply: OutgoingReply; method?: string }[] = [
  { title: "an empty one", reply: reply({ body: new Uint8Array() }) },
  { title: "any status but 200", reply: reply({ status: 404 }) },
  { title: "one with trailers", reply: reply({ trailers: ["grpc-status", "0"] }) },
  { title: "one to HEAD", reply: reply(), method: "HEAD" },
  { title: "one with a header twice", reply: reply({ headers: ["vary", "a", "vary", "b"] }) },
  { title: "one whose header is the exchange's as well", reply: reply({ headers: ["x-request-id", "theirs"] }) },
  { title: "one that says its length itself", reply: reply({ headers: ["content-length", "20"] }) },
];

describe("sendDirectly", () => {
  let next = reply();
  let did: boolean | null = null;
  let sends: (() => void) | null = null;
  const server = createServer((_request, response) => {
    did = sendDirectly(response, next, ["x-request-id", "r-1"]);
    if (!did) response.writeHead(202).end();
    sends?.();
  });
  const ask = (method = "GET") =>
    sendRaw(
      { host: "127.0.0.1", port: (server.address() as AddressInfo).port },
      { method, path: "/", headers: { connection: "close" } },
    );

  beforeAll(async () => {
    await once(server.listen(0, "127.0.0.1"), "listening");
  });
  afterAll(() => server.close());

  for (const { title, reply: outgoing, headers } of sent) {
    it(`sends ${title}`, async () => {
      next = outgoing;
      const { status, body, headers: got } = await ask();
      expect([did, status, Buffer.from(outgoing.body).equals(body)]).toEqual([true, 200, true]);
      const own = headers ?? [
        ["x-request-id", "r-1"],
        ["content-type", "application/json"],
      ];
      const since = got.findIndex(([name]) => name === "x-request-id");
      expect(got.slice(since, since + own.length + 1)).toEqual([...own, ["content-length", String(body.length)]]);
    });
  }

  for (const { title, reply: outgoing, method } of left) {
    it(`leaves ${title} alone`, async () => {
      next = outgoing;
      const { status } = await ask(method);
      expect([did, status]).toEqual([false, 202]);
    });
  }

  it("keeps what a client has not read apart from all that is sent after it", async () => {
    const { port } = server.address() as AddressInfo;
    const bodies = Array.from({ length: 40 }, (_, i) => Buffer.alloc(200_000, `${i}.`));
    const clients: Socket[] = [];
    for (const body of bodies) {
      const client = connect(port, "127.0.0.1").pause();
      clients.push(client);
      next = reply({ body });
      const sent = new Promise<void>((resolve) => {
        sends = resolve;
      });
      client.write("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
      await sent;
      // The codec and the hop have the bytes again as soon as the reply was taken.
      body.fill("!");
    }
    const got = await Promise.all(clients.map((client) => buffer(client)));
    const expected = bodies.map((_, i) => Buffer.alloc(200_000, `${i}.`));
    expect(got.map((text, i) => text.subarray(text.indexOf("\r\n\r\n") + 4).equals(expected[i] as Buffer))).toEqual(
      bodies.map(() => true),
    );
  });
});
