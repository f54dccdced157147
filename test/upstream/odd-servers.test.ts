import {
  constants,
  createServer,
  type Http2Server,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
  type ServerOptions,
} from "node:http2";
import type { AddressInfo } from "node:net";
import { gunzipSync, gzipSync } from "node:zlib";
import { afterEach, describe, expect, it } from "vitest";
import type { UnaryEnd, Upstream, UpstreamOptions } from "../../src/upstream/index.js";
import { eventually, record, transports, unary, upstreamTo } from "./support/client.js";

type Answer = (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => void;

function message(body: string | Buffer): Buffer {
  const bytes = Buffer.from(body);
  const header = Buffer.alloc(5);
  header.writeUInt32BE(bytes.length, 1);
  return Buffer.concat([header, bytes]);
}

const grpc = { ":status": 200, "content-type": "application/grpc" };

/** Header, these pieces of DATA, and trailers. */
function answer(pieces: readonly Buffer[], trailers: Record<string, string | string[]>, headers = {}): Answer {
  return (stream) => {
    stream.respond({ ...grpc, ...headers }, { waitForTrailers: true });
    stream.on("wantTrailers", () => stream.sendTrailers(trailers));
    for (const piece of pieces) stream.write(piece);
    stream.end();
  };
}

const ok = answer([message("reply")], { "grpc-status": "0" });

describe.each(transports)("an odd server, called by %s,", (transport) => {
  const servers: Http2Server[] = [];
  const sessions = new Set<ServerHttp2Session>();
  const upstreams: Upstream[] = [];

  afterEach(async () => {
    await Promise.all(upstreams.splice(0).map((upstream) => upstream.close(0)));
    await eventually(() => sessions.size === 0, "no connection is left");
    await Promise.all(servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve))));
  });

  async function listen(answers: Answer, options: ServerOptions = {}): Promise<string> {
    const server = createServer(options);
    servers.push(server);
    server.on("session", (session) => {
      sessions.add(session);
      session.on("close", () => sessions.delete(session));
      session.on("error", () => undefined);
    });
    server.on("stream", (stream, headers) => {
      // A client that cancels resets the stream.
      stream.on("error", () => undefined);
      answers(stream, headers);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return `127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  async function serve(
    answers: Answer,
    options: ServerOptions = {},
    more: Partial<UpstreamOptions> = {},
  ): Promise<Upstream> {
    const upstream = await upstreamTo(await listen(answers, options), transport, more);
    upstreams.push(upstream);
    return upstream;
  }

  const summary = ({ status, origin, message: bytes }: UnaryEnd): unknown => ({
    code: status.code,
    origin,
    message: bytes === null ? null : Buffer.from(bytes).toString(),
  });

  it.each([
    [400, 13, "protocol"],
    [401, 16, "protocol"],
    [403, 7, "protocol"],
    [404, 12, "protocol"],
    [429, 14, "connection"],
    [500, 2, "protocol"],
    [502, 14, "connection"],
    [503, 14, "connection"],
    [504, 14, "connection"],
    [302, 2, "protocol"],
    [204, 2, "protocol"],
  ])("that answers HTTP %i without grpc-status gives code %i", async (httpStatus, code, origin) => {
    for (const endStream of [true, false]) {
      if (httpStatus === 204 && !endStream) continue;
      const upstream = await serve((stream) => {
        stream.respond({ ":status": httpStatus, "content-type": "text/html" }, { endStream });
        if (!endStream) stream.end("<html><body>Upstream address 10.1.2.3 is sad</body></html>");
      });
      expect(summary(await unary(upstream, "x"))).toEqual({ code, origin, message: null });
    }
  });

  it("that answers HTTP 503 with a grpc-status is taken by the grpc-status", async () => {
    const upstream = await serve((stream) => {
      stream.respond(
        { ":status": 503, "content-type": "application/grpc", "grpc-status": "7", "grpc-message": "no" },
        { endStream: true },
      );
    });
    const end = await unary(upstream, "x");
    expect({ status: end.status, origin: end.origin }).toEqual({
      status: { code: 7, message: "no", details: null },
      origin: "upstream",
    });
  });

  it("that answers trailers-only gives status, message, details and metadata", async () => {
    const upstream = await serve((stream) => {
      stream.respond(
        {
          ...grpc,
          "grpc-status": "9",
          "grpc-message": "100%25 b%C3%B6se%0A",
          "grpc-status-details-bin": "CAkSAm5v",
          "x-more": "here",
        },
        { endStream: true },
      );
    });
    const end = await unary(upstream, "x");
    expect({ ...end, trailer: end.trailer.filter((_, i, all) => all[i - (i % 2)] === "x-more") }).toEqual({
      status: { code: 9, message: "100% böse\n", details: Buffer.from([8, 9, 18, 2, 110, 111]) },
      message: null,
      header: [],
      trailer: ["x-more", "here"],
      origin: "upstream",
    });
  });

  it.each<[string, Answer, number, string]>([
    [
      "ends without trailers",
      (stream) => {
        stream.respond(grpc);
        stream.end(message("reply"));
      },
      13,
      "protocol",
    ],
    ["ends with trailers without grpc-status", answer([message("reply")], { "x-a": "b" }), 2, "protocol"],
    ["answers OK without a message", answer([], { "grpc-status": "0" }), 12, "protocol"],
    ["answers with two messages", answer([message("a"), message("b")], { "grpc-status": "0" }), 12, "protocol"],
    [
      "answers with two messages in one frame",
      answer([Buffer.concat([message("a"), message("b")])], { "grpc-status": "0" }),
      12,
      "protocol",
    ],
    ["resets the stream with CANCEL", (stream) => stream.close(constants.NGHTTP2_CANCEL), 1, "connection"],
    [
      "resets the stream with INTERNAL_ERROR",
      (stream) => stream.close(constants.NGHTTP2_INTERNAL_ERROR),
      13,
      "connection",
    ],
    [
      "resets the stream with ENHANCE_YOUR_CALM",
      (stream) => stream.close(constants.NGHTTP2_ENHANCE_YOUR_CALM),
      8,
      "connection",
    ],
    [
      "resets the stream with INADEQUATE_SECURITY",
      (stream) => stream.close(constants.NGHTTP2_INADEQUATE_SECURITY),
      7,
      "connection",
    ],
    [
      "ends in the middle of a message",
      (stream) => {
        stream.respond(grpc);
        stream.end(message("reply").subarray(0, 7));
      },
      13,
      "protocol",
    ],
    [
      "drops the connection in the middle of a message",
      (stream) => {
        stream.respond(grpc);
        stream.write(message("reply").subarray(0, 7), () => stream.session?.destroy());
      },
      14,
      "connection",
    ],
    ["drops the connection without an answer", (stream) => stream.session?.destroy(), 14, "connection"],
  ])("that %s gives an error of this side", async (_name, answers, code, origin) => {
    const upstream = await serve(answers);
    expect(summary(await unary(upstream, "x"))).toEqual({ code, origin, message: null });
  });

  it("that sends a code gRPC does not define has it handed on", async () => {
    const upstream = await serve(answer([], { "grpc-status": "99", "grpc-message": "new" }));
    const end = await unary(upstream, "x");
    expect({ status: end.status, origin: end.origin }).toEqual({
      status: { code: 99, message: "new", details: null },
      origin: "upstream",
    });
  });

  it("that sends a message and then an error gives the error", async () => {
    const upstream = await serve(answer([message("reply")], { "grpc-status": "5", "grpc-message": "gone" }));
    const end = await unary(upstream, "x");
    expect({ code: end.status.code, text: end.status.message, message: end.message, origin: end.origin }).toEqual({
      code: 5,
      text: "gone",
      message: null,
      origin: "upstream",
    });
  });

  it.each([1, 2, 3, 5, 7])("that sends a message %i octets at a time has it put together", async (size) => {
    const whole = message("put together again");
    const pieces: Buffer[] = [];
    for (let at = 0; at < whole.length; at += size) pieces.push(whole.subarray(at, at + size));
    const upstream = await serve((stream) => {
      stream.respond(grpc, { waitForTrailers: true });
      stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
      const next = (): void => {
        const piece = pieces.shift();
        if (piece === undefined) stream.end();
        else stream.write(piece, () => setImmediate(next));
      };
      next();
    });
    expect(summary(await unary(upstream, "x"))).toEqual({ code: 0, origin: "upstream", message: "put together again" });
  });

  it("that sends informational responses first is heard out", async () => {
    const upstream = await serve((stream, headers) => {
      stream.additionalHeaders({ ":status": 103, "x-early": "1" });
      ok(stream, headers);
    });
    const end = await unary(upstream, "x");
    expect(summary(end)).toEqual({ code: 0, origin: "upstream", message: "reply" });
    expect(end.header.includes("x-early")).toBe(false);
  });

  it("that pads its frames is read past the padding", async () => {
    const upstream = await serve(answer([message("reply".repeat(1000))], { "grpc-status": "0" }), {
      paddingStrategy: constants.PADDING_STRATEGY_MAX,
    });
    expect(summary(await unary(upstream, "x"))).toEqual({ code: 0, origin: "upstream", message: "reply".repeat(1000) });
  });

  it("that has small windows and frames still gets large requests, in order", async () => {
    const request = Buffer.from(Array.from({ length: 300_000 }, (_, i) => (i * 7) % 251));
    let received: Buffer | null = null;
    const upstream = await serve(
      (stream, headers) => {
        const chunks: Buffer[] = [];
        stream.on("data", (chunk: Buffer) => chunks.push(chunk));
        stream.on("end", () => {
          received = Buffer.concat(chunks);
          ok(stream, headers);
        });
      },
      { settings: { initialWindowSize: 1000, maxFrameSize: 16_384 } },
    );
    expect(summary(await unary(upstream, request))).toEqual({ code: 0, origin: "upstream", message: "reply" });
    expect(Buffer.compare(received ?? Buffer.alloc(0), message(request))).toBe(0);
  });

  it.each([1, 2, 4, 6])("that opens its window %i octets wide gets whole messages over a stream", async (window) => {
    const chunks: Buffer[] = [];
    const upstream = await serve(
      (stream, headers) => {
        stream.on("data", (chunk: Buffer) => chunks.push(chunk));
        stream.on("end", () => ok(stream, headers));
      },
      { settings: { initialWindowSize: window } },
    );
    const recorder = record(upstream);
    for (const text of ["one", "", "three"]) recorder.stream.write(Buffer.from(text));
    recorder.stream.closeSend();
    await recorder.until((r) => r.end !== null);
    expect(Buffer.concat(chunks).toString("latin1")).toBe(
      Buffer.concat([message("one"), message(""), message("three")]).toString("latin1"),
    );
    expect(recorder.messages).toEqual(["reply"]);
  });

  it("that changes its settings in the middle of a connection is followed", async () => {
    const sizes = [100_000, 0, 65_535, 150, 200_000];
    const upstream = await serve((stream, headers) => {
      let size = 0;
      stream.on("data", (chunk: Buffer) => {
        size += chunk.length;
      });
      stream.on("end", () => {
        stream.session?.settings({
          initialWindowSize: sizes[size % sizes.length] ?? 1,
          headerTableSize: [0, 4096, 100][size % 3] ?? 0,
          maxFrameSize: 16_384 + (size % 1000),
        });
        if (sizes[size % sizes.length] === 0) stream.session?.settings({ initialWindowSize: 300 });
        ok(stream, headers);
      });
    });
    for (let i = 0; i < 40; i++) {
      const metadata = ["x-number", `${i}`, "x-long", "v".repeat(i * 10)];
      const end = await unary(upstream, Buffer.alloc(i * 97), { metadata });
      expect(summary(end)).toEqual({ code: 0, origin: "upstream", message: "reply" });
    }
  });

  it("that takes one stream at a time gets the others one after the other", async () => {
    let now = 0;
    let most = 0;
    const upstream = await serve(
      (stream, headers) => {
        now++;
        most = Math.max(most, now);
        stream.on("close", () => {
          now--;
        });
        stream.resume();
        stream.on("end", () => ok(stream, headers));
      },
      { settings: { maxConcurrentStreams: 1 } },
    );
    const ends = await Promise.all(Array.from({ length: 60 }, () => unary(upstream, "x")));
    expect(ends.map((end) => end.status.code)).toEqual(Array.from({ length: 60 }, () => 0));
    // One a connection: the http2 transport opens further ones, up to eight.
    expect(most).toBeLessThanOrEqual(8);
  });

  it("that refuses a stream gets it again, unprocessed as it was", async () => {
    let refusals = 0;
    const bodies: string[] = [];
    const upstream = await serve((stream, headers) => {
      if (refusals < 1) {
        refusals++;
        stream.close(constants.NGHTTP2_REFUSED_STREAM);
        return;
      }
      stream.on("data", (chunk: Buffer) => bodies.push(chunk.toString("latin1")));
      stream.on("end", () => ok(stream, headers));
    });
    expect(summary(await unary(upstream, "once"))).toEqual({ code: 0, origin: "upstream", message: "reply" });
    expect(bodies.join("")).toBe(message("once").toString("latin1"));
    expect(refusals).toBe(1);
  });

  it("that says GOAWAY gracefully loses no call, though it does so all the time", async () => {
    let calls = 0;
    const processed = new Map<string, number>();
    const upstream = await serve((stream, headers) => {
      const key = String(headers["x-key"]);
      processed.set(key, (processed.get(key) ?? 0) + 1);
      stream.resume();
      stream.on("end", () => ok(stream, headers));
      if (++calls % 25 === 0) stream.session?.close();
    });
    const codes: number[] = [];
    await Promise.all(
      Array.from({ length: 8 }, async (_, worker) => {
        for (let i = 0; i < 40; i++) {
          const end = await unary(upstream, "x", { metadata: ["x-key", `${worker}-${i}`] });
          codes.push(end.status.code);
        }
      }),
    );
    expect(codes.filter((code) => code !== 0)).toEqual([]);
    expect([...processed.values()].filter((times) => times !== 1)).toEqual([]);
  });

  it("that answers while the request is still coming ends the call at once", async () => {
    const upstream = await serve((stream) => {
      stream.respond({ ...grpc, "grpc-status": "8", "grpc-message": "enough" }, { endStream: true });
    });
    const recorder = record(upstream);
    recorder.stream.write(Buffer.alloc(1000));
    await recorder.until((r) => r.end !== null);
    expect({ code: recorder.end?.status.code, origin: recorder.end?.origin }).toEqual({ code: 8, origin: "upstream" });
  });

  it("that sends the same -bin name twice gives both values", async () => {
    const upstream = await serve(answer([message("reply")], { "grpc-status": "0", "x-t-bin": ["AQI", "AwQ"] }));
    const end = await unary(upstream, "x");
    const values = end.trailer.filter((_, i) => i % 2 === 1 && end.trailer[i - 1] === "x-t-bin");
    expect(values.map((value) => Buffer.from(value, "base64").toString("hex"))).toEqual(["0102", "0304"]);
  });

  describe("with gzip", () => {
    function packed(body: Buffer): Buffer {
      const out = message(body);
      out[0] = 1;
      return out;
    }
    const text = "reply ".repeat(2000);

    it("in its reply has it inflated", async () => {
      const upstream = await serve((stream, headers) => {
        const accepted = String(headers["grpc-accept-encoding"]).split(",");
        answer(
          [packed(gzipSync(text))],
          { "grpc-status": accepted.includes("gzip") ? "0" : "13" },
          { "grpc-encoding": "gzip" },
        )(stream, headers);
      });
      expect(summary(await unary(upstream, "x"))).toEqual({ code: 0, origin: "upstream", message: text });
    });

    it("named and not used in its reply has it as it is", async () => {
      const upstream = await serve(answer([message("plain")], { "grpc-status": "0" }, { "grpc-encoding": "gzip" }));
      expect(summary(await unary(upstream, "x"))).toEqual({ code: 0, origin: "upstream", message: "plain" });
    });

    it.each<[string, Buffer, string, number, string]>([
      ["a bomb of 100 MB", gzipSync(Buffer.alloc(100_000_000)), "gzip", 8, "limit"],
      ["bytes that are no gzip", Buffer.from("not gzip at all"), "gzip", 13, "protocol"],
      ["gzip that is cut short", gzipSync(text).subarray(0, 20), "gzip", 13, "protocol"],
    ])("in its reply is refused: %s", async (_name, body, encoding, code, origin) => {
      const upstream = await serve(answer([packed(body)], { "grpc-status": "0" }, { "grpc-encoding": encoding }));
      expect(summary(await unary(upstream, "x"))).toEqual({ code, origin, message: null });
    });

    it("is sent requests in it when they are to be compressed", async () => {
      const flags: number[] = [];
      const bodies: string[] = [];
      const encodings: unknown[] = [];
      const upstream = await serve(
        (stream, headers) => {
          encodings.push(headers["grpc-encoding"]);
          const chunks: Buffer[] = [];
          stream.on("data", (chunk: Buffer) => chunks.push(chunk));
          stream.on("end", () => {
            const all = Buffer.concat(chunks);
            flags.push(all[0] ?? -1);
            bodies.push(gunzipSync(all.subarray(5)).toString());
            ok(stream, headers);
          });
        },
        {},
        { compression: "gzip" },
      );
      expect(summary(await unary(upstream, text))).toEqual({ code: 0, origin: "upstream", message: "reply" });
      const recorder = record(upstream);
      recorder.stream.write(Buffer.from(text));
      recorder.stream.closeSend();
      await recorder.until((r) => r.end !== null);
      expect({ flags, encodings, bodies }).toEqual({
        flags: [1, 1],
        encodings: ["gzip", "gzip"],
        bodies: [text, text],
      });
    });
  });
});
