import { describe, expect, it } from "vitest";
import { ErrorCode } from "../../../src/upstream/http2/errors.js";
import type { UnaryEnd } from "../../../src/upstream/index.js";
import { eventually, unary, upstreamTo } from "../support/client.js";
import { serveRaw } from "../support/http2-upstream.js";
import { randomOf } from "../support/random.js";
import {
  block,
  CONTINUATION,
  DATA,
  endsRequest,
  frame,
  GOAWAY,
  HEADERS,
  message,
  okTrailers,
  PING,
  PUSH_PROMISE,
  type RawConnection,
  RST_STREAM,
  reply,
  responseHeaders,
  SETTINGS,
  settings,
  uint32,
  WINDOW_UPDATE,
} from "../support/raw-server.js";

const summary = ({ status, origin }: UnaryEnd): unknown => ({ code: status.code, origin });

const header = (id: number): Buffer => frame(HEADERS, 0x4, id, responseHeaders);
const many = (count: number, each: Buffer): Buffer => Buffer.concat(Array.from({ length: count }, () => each));

/** What a server sends in place of an answer to stream 1, and the error code of the client's GOAWAY. */
const attacks: readonly (readonly [name: string, code: number, bytes: Buffer])[] = [
  ["DATA on stream 0", ErrorCode.PROTOCOL_ERROR, frame(DATA, 0, 0, "00")],
  ["DATA on a stream that was never opened", ErrorCode.PROTOCOL_ERROR, frame(DATA, 0, 99, "00")],
  ["DATA on a stream of its own", ErrorCode.PROTOCOL_ERROR, frame(DATA, 0, 2, "00")],
  ["DATA with padding longer than the frame", ErrorCode.PROTOCOL_ERROR, frame(DATA, 0x8, 1, "0500")],
  ["DATA that is padded and empty", ErrorCode.PROTOCOL_ERROR, frame(DATA, 0x8, 1)],
  ["HEADERS on stream 0", ErrorCode.PROTOCOL_ERROR, frame(HEADERS, 0x4, 0, responseHeaders)],
  ["HEADERS on a stream that was never opened", ErrorCode.PROTOCOL_ERROR, header(7)],
  ["HEADERS with padding longer than the frame", ErrorCode.PROTOCOL_ERROR, frame(HEADERS, 0xc, 1, "ff88")],
  ["HEADERS with a priority that is cut short", ErrorCode.PROTOCOL_ERROR, frame(HEADERS, 0x24, 1, "0000")],
  ["a broken header block", ErrorCode.COMPRESSION_ERROR, frame(HEADERS, 0x4, 1, "80")],
  ["a header block of an index beyond the table", ErrorCode.COMPRESSION_ERROR, frame(HEADERS, 0x4, 1, "88ff8001")],
  ["a table size beyond the limit", ErrorCode.COMPRESSION_ERROR, frame(HEADERS, 0x4, 1, "3fe2ff0388")],
  ["CONTINUATION without HEADERS", ErrorCode.PROTOCOL_ERROR, frame(CONTINUATION, 0x4, 1, "88")],
  [
    "CONTINUATION of another stream",
    ErrorCode.PROTOCOL_ERROR,
    Buffer.concat([frame(HEADERS, 0, 1, "88"), frame(CONTINUATION, 0x4, 3, "")]),
  ],
  [
    "a frame in the middle of a header block",
    ErrorCode.PROTOCOL_ERROR,
    Buffer.concat([frame(HEADERS, 0, 1, "88"), frame(PING, 0, 0, "0000000000000000")]),
  ],
  [
    "empty CONTINUATION frames without end",
    ErrorCode.ENHANCE_YOUR_CALM,
    Buffer.concat([frame(HEADERS, 0, 1, "88"), many(100_000, frame(CONTINUATION, 0, 1))]),
  ],
  [
    "a header block of 16 MB in CONTINUATION frames",
    ErrorCode.ENHANCE_YOUR_CALM,
    Buffer.concat([frame(HEADERS, 0, 1, "88"), many(1000, frame(CONTINUATION, 0, 1, Buffer.alloc(16_384, 0x88)))]),
  ],
  [
    "headers of 24 MB from a table entry of 3 KB",
    ErrorCode.ENHANCE_YOUR_CALM,
    frame(
      HEADERS,
      0x4,
      1,
      Buffer.concat([
        Buffer.from([0x88, 0x40, 1, 0x78, 0x7f, ((3000 - 127) % 128) | 0x80, Math.floor((3000 - 127) / 128)]),
        Buffer.alloc(3000, "v"),
        Buffer.alloc(8000, 0xbe),
      ]),
    ),
  ],
  ["RST_STREAM of 3 octets", ErrorCode.FRAME_SIZE_ERROR, frame(RST_STREAM, 0, 1, "000000")],
  ["RST_STREAM on stream 0", ErrorCode.PROTOCOL_ERROR, frame(RST_STREAM, 0, 0, uint32(8))],
  ["RST_STREAM on a stream that was never opened", ErrorCode.PROTOCOL_ERROR, frame(RST_STREAM, 0, 9, uint32(8))],
  ["SETTINGS on a stream", ErrorCode.PROTOCOL_ERROR, frame(SETTINGS, 0, 1)],
  ["SETTINGS of 5 octets", ErrorCode.FRAME_SIZE_ERROR, frame(SETTINGS, 0, 0, "0000000000")],
  ["an acknowledgement of SETTINGS with octets", ErrorCode.FRAME_SIZE_ERROR, frame(SETTINGS, 1, 0, "000000000000")],
  ["SETTINGS_ENABLE_PUSH", ErrorCode.PROTOCOL_ERROR, settings([2, 1])],
  ["SETTINGS_INITIAL_WINDOW_SIZE of 2^31", ErrorCode.FLOW_CONTROL_ERROR, settings([4, 0x80000000])],
  ["SETTINGS_MAX_FRAME_SIZE of 16383", ErrorCode.PROTOCOL_ERROR, settings([5, 16_383])],
  ["SETTINGS_MAX_FRAME_SIZE of 2^24", ErrorCode.PROTOCOL_ERROR, settings([5, 0x1000000])],
  [
    "SETTINGS_INITIAL_WINDOW_SIZE that overflows a stream's window",
    ErrorCode.FLOW_CONTROL_ERROR,
    Buffer.concat([frame(WINDOW_UPDATE, 0, 1, uint32(0x7fff0000)), settings([4, 0x7fffffff])]),
  ],
  ["PUSH_PROMISE", ErrorCode.PROTOCOL_ERROR, frame(PUSH_PROMISE, 0x4, 1, Buffer.concat([uint32(2), responseHeaders]))],
  ["PING on a stream", ErrorCode.PROTOCOL_ERROR, frame(PING, 0, 1, "0000000000000000")],
  ["PING of 7 octets", ErrorCode.FRAME_SIZE_ERROR, frame(PING, 0, 0, "00000000000000")],
  ["GOAWAY on a stream", ErrorCode.PROTOCOL_ERROR, frame(GOAWAY, 0, 1, uint32(0, 0))],
  ["GOAWAY of 4 octets", ErrorCode.FRAME_SIZE_ERROR, frame(GOAWAY, 0, 0, uint32(0))],
  ["WINDOW_UPDATE by 0 on the connection", ErrorCode.PROTOCOL_ERROR, frame(WINDOW_UPDATE, 0, 0, uint32(0))],
  ["WINDOW_UPDATE of 3 octets", ErrorCode.FRAME_SIZE_ERROR, frame(WINDOW_UPDATE, 0, 0, "000001")],
  ["WINDOW_UPDATE on a stream that was never opened", ErrorCode.PROTOCOL_ERROR, frame(WINDOW_UPDATE, 0, 9, uint32(1))],
  [
    "WINDOW_UPDATE that overflows the connection's window",
    ErrorCode.FLOW_CONTROL_ERROR,
    frame(WINDOW_UPDATE, 0, 0, uint32(0x7fffffff)),
  ],
  ["a frame above SETTINGS_MAX_FRAME_SIZE", ErrorCode.FRAME_SIZE_ERROR, frame(DATA, 0, 1, Buffer.alloc(16_385))],
  ["PING without end", ErrorCode.ENHANCE_YOUR_CALM, many(50_000, frame(PING, 0, 0, "0000000000000000"))],
  ["SETTINGS without end", ErrorCode.ENHANCE_YOUR_CALM, many(50_000, settings([3, 100]))],
  ["SETTINGS by the thousand in a second", ErrorCode.ENHANCE_YOUR_CALM, many(1500, settings([4, 100]))],
  [
    "WINDOW_UPDATE of the connection without end",
    ErrorCode.ENHANCE_YOUR_CALM,
    many(50_000, frame(WINDOW_UPDATE, 0, 0, uint32(1))),
  ],
  [
    "WINDOW_UPDATE of a stream without end",
    ErrorCode.ENHANCE_YOUR_CALM,
    many(50_000, frame(WINDOW_UPDATE, 0, 1, uint32(1))),
  ],
  ["empty DATA without end", ErrorCode.ENHANCE_YOUR_CALM, Buffer.concat([header(1), many(50_000, frame(DATA, 0, 1))])],
  ["PRIORITY without end", ErrorCode.ENHANCE_YOUR_CALM, many(50_000, frame(2, 0, 1, "0000000000"))],
  ["frames of unknown types without end", ErrorCode.ENHANCE_YOUR_CALM, many(50_000, frame(0xbb, 0, 0))],
  [
    "informational responses without end",
    ErrorCode.ENHANCE_YOUR_CALM,
    many(50_000, frame(HEADERS, 0x4, 1, block([":status", "103"]))),
  ],
  [
    "RST_STREAM on a closed stream without end",
    ErrorCode.ENHANCE_YOUR_CALM,
    many(50_000, frame(RST_STREAM, 0, 1, uint32(8))),
  ],
];

describe("an upstream that breaks HTTP/2", () => {
  it.each(attacks)(
    "by %s loses its connection with code %i; the call ends and the next one works",
    async (_name, code, bytes) => {
      let attacked: RawConnection | null = null;
      const { upstream } = await serveRaw({
        received(connection, got) {
          if (!endsRequest(got)) return;
          if (attacked === null || attacked === connection) {
            attacked = connection;
            connection.send(bytes);
          } else {
            connection.send(reply(got.id));
          }
        },
      });
      const end = summary(await unary(upstream, "request"));
      // A flood may end the call itself first, by a frame of its own on the call's stream.
      if (_name.startsWith("RST_STREAM on a closed")) expect(end).toEqual({ code: 1, origin: "connection" });
      else expect(end).toEqual({ code: 14, origin: "connection" });
      const connection = attacked as unknown as RawConnection;
      await eventually(() => connection.goAway() !== null, "the client sends GOAWAY");
      expect(connection.goAway()).toBe(code);
      await eventually(() => connection.closed, "the client closes");
      await eventually(() => upstream.state() === "ready", "the client connects again");
      expect(summary(await unary(upstream, "again"))).toEqual({ code: 0, origin: "upstream" });
    },
  );

  it.each<[string, Buffer]>([
    ["HTTP/1.1", Buffer.from("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")],
    ["a banner", Buffer.from("220 mail.example ESMTP\r\n")],
    ["noise", randomOf(1).bytes(4096)],
    ["a PING before SETTINGS", frame(PING, 0, 0, "0000000000000000")],
  ])("by speaking %s is unavailable, and is not asked again and again at once", async (_name, bytes) => {
    const { server, upstream } = await serveRaw({ silent: true, connected: (connection) => connection.send(bytes) });
    expect(summary(await unary(upstream, "x"))).toEqual({ code: 14, origin: "connection" });
    expect(upstream.state()).toBe("failing");
    expect(server.connections.length).toBeLessThanOrEqual(3);
  });
});

/** An answer to stream 1 with a content-length, which may be wrong. Null: it ends with its DATA. */
function lengthy(
  length: string,
  body: Buffer,
  trailers: Buffer | null,
  ...more: readonly (readonly [string, string])[]
): Buffer {
  const headers = Buffer.concat([responseHeaders, block(["content-length", length], ...more)]);
  const data = frame(DATA, trailers === null ? 1 : 0, 1, body);
  const end = trailers === null ? Buffer.alloc(0) : frame(HEADERS, 0x5, 1, trailers);
  return Buffer.concat([frame(HEADERS, 0x4, 1, headers), data, end]);
}

/** Faults of one stream: what the server answers to stream 1, and how that call ends. Others go on. */
const faults: readonly (readonly [name: string, code: number, origin: string, bytes: Buffer])[] = [
  ["DATA before HEADERS", 13, "protocol", frame(DATA, 0, 1, message("x"))],
  ["no :status", 13, "protocol", frame(HEADERS, 0x4, 1, block(["content-type", "application/grpc"]))],
  ["two :status", 13, "protocol", frame(HEADERS, 0x4, 1, block([":status", "200"], [":status", "200"]))],
  ["a :status that is no number", 13, "protocol", frame(HEADERS, 0x4, 1, block([":status", "2oo"]))],
  ["a :status behind another field", 13, "protocol", frame(HEADERS, 0x4, 1, block(["a", "b"], [":status", "200"]))],
  ["an unknown pseudo-header field", 13, "protocol", frame(HEADERS, 0x4, 1, block([":status", "200"], [":x", "y"]))],
  ["a name in upper case", 13, "protocol", frame(HEADERS, 0x4, 1, block([":status", "200"], ["X-A", "y"]))],
  ["a value with a line feed", 13, "protocol", frame(HEADERS, 0x4, 1, block([":status", "200"], ["x-a", "y\nz"]))],
  ["a connection field", 13, "protocol", frame(HEADERS, 0x4, 1, block([":status", "200"], ["connection", "close"]))],
  ["an informational response that ends it", 13, "protocol", frame(HEADERS, 0x5, 1, block([":status", "103"]))],
  ["101", 13, "protocol", frame(HEADERS, 0x4, 1, block([":status", "101"]))],
  [
    "trailers that do not end it",
    13,
    "protocol",
    Buffer.concat([frame(HEADERS, 0x4, 1, responseHeaders), frame(HEADERS, 0x4, 1, okTrailers)]),
  ],
  [
    "trailers with a pseudo-header field",
    13,
    "protocol",
    Buffer.concat([frame(HEADERS, 0x4, 1, responseHeaders), frame(HEADERS, 0x5, 1, block([":status", "200"]))]),
  ],
  ["WINDOW_UPDATE by 0", 13, "protocol", frame(WINDOW_UPDATE, 0, 1, uint32(0))],
  ["WINDOW_UPDATE that overflows", 13, "protocol", frame(WINDOW_UPDATE, 0, 1, uint32(0x7fffffff))],
  [
    "headers of 100 KB from a table entry of 3 KB",
    8,
    "limit",
    frame(
      HEADERS,
      0x4,
      1,
      Buffer.concat([
        Buffer.from("88", "hex"),
        // x: 3000 octets, with incremental indexing; then 34 times that entry.
        Buffer.from([0x40, 1, 0x78, 0x7f, ((3000 - 127) % 128) | 0x80, Math.floor((3000 - 127) / 128)]),
        Buffer.alloc(3000, "v"),
        Buffer.alloc(34, 0xbe),
      ]),
    ),
  ],
  [
    "a message cut short by the trailers",
    13,
    "protocol",
    Buffer.concat([
      frame(HEADERS, 0x4, 1, responseHeaders),
      frame(DATA, 0, 1, message("whole").subarray(0, 7)),
      frame(HEADERS, 0x5, 1, okTrailers),
    ]),
  ],
  [
    "DATA shorter than its content-length, before trailers",
    13,
    "protocol",
    lengthy("11", message("reply"), okTrailers),
  ],
  ["DATA shorter than its content-length, and no trailers", 13, "protocol", lengthy("11", message("reply"), null)],
  ["DATA longer than its content-length", 13, "protocol", lengthy("9", message("reply"), okTrailers)],
  ["DATA where its content-length is 0", 13, "protocol", lengthy("0", message("reply"), okTrailers)],
  ["no DATA where its content-length is 5", 13, "protocol", lengthy("5", Buffer.alloc(0), okTrailers)],
  ["a content-length that is no number", 13, "protocol", lengthy("1e1", message("reply"), okTrailers)],
  ["a content-length below nothing", 13, "protocol", lengthy("-10", message("reply"), okTrailers)],
  ["two lengths of its content", 13, "protocol", lengthy("10", message("reply"), okTrailers, ["content-length", "11"])],
  [
    "trailers alone with a content-length",
    13,
    "protocol",
    frame(HEADERS, 0x5, 1, Buffer.concat([responseHeaders, okTrailers, block(["content-length", "10"])])),
  ],
  [
    "a page of HTTP that does not end",
    14,
    "connection",
    Buffer.concat([
      frame(HEADERS, 0x4, 1, block([":status", "503"], ["content-type", "text/html"])),
      many(5, frame(DATA, 0, 1, Buffer.alloc(16_384, "x"))),
    ]),
  ],
  [
    "a message that claims 4 GB",
    8,
    "limit",
    Buffer.concat([frame(HEADERS, 0x4, 1, responseHeaders), frame(DATA, 0, 1, "00ffffffff")]),
  ],
  [
    "a compressed message that no one asked for",
    13,
    "protocol",
    Buffer.concat([frame(HEADERS, 0x4, 1, responseHeaders), frame(DATA, 0, 1, message("x", 1))]),
  ],
];

describe("an upstream that breaks one stream", () => {
  it.each(faults)("by %s ends that call with code %i from %s and no other", async (_name, code, origin, bytes) => {
    const { server, upstream } = await serveRaw({
      received(connection, got) {
        if (!endsRequest(got)) return;
        connection.send(got.id === 1 ? bytes : reply(got.id));
      },
    });
    expect(summary(await unary(upstream, "request"))).toEqual({ code, origin });
    expect(summary(await unary(upstream, "again"))).toEqual({ code: 0, origin: "upstream" });
    expect(server.connections.length).toBe(1);
  });

  it.each<[string, Buffer]>([
    ["once", block(["content-length", "10"])],
    ["twice", block(["content-length", "10"], ["content-length", "010"])],
  ])("takes an answer that says its length %s, over several frames and with padding", async (_name, length) => {
    const body = message("reply");
    const { upstream } = await serveRaw({
      received(connection, got) {
        if (!endsRequest(got)) return;
        connection.send(
          frame(HEADERS, 0x4, got.id, Buffer.concat([responseHeaders, length])),
          frame(DATA, 0x8, got.id, Buffer.concat([Buffer.from([3]), body.subarray(0, 6), Buffer.alloc(3)])),
          frame(DATA, 0, got.id, body.subarray(6)),
          frame(HEADERS, 0x5, got.id, okTrailers),
        );
      },
    });
    const end = await unary(upstream, "x");
    expect({ ...(summary(end) as object), message: end.message?.toString() }).toEqual({
      code: 0,
      origin: "upstream",
      message: "reply",
    });
  });

  it("takes frames on streams that are closed, and keeps the header tables alike over them", async () => {
    // The late HEADERS put an entry in the table that the next answer uses.
    const entry = Buffer.concat([Buffer.from("4001780176", "hex")]);
    const { server, upstream } = await serveRaw({
      received(connection, got) {
        if (!endsRequest(got)) return;
        if (got.id > 1) {
          const late = [
            frame(HEADERS, 0x4, 1, entry),
            frame(DATA, 0, 1, message("late")),
            frame(WINDOW_UPDATE, 0, 1, uint32(1)),
            frame(RST_STREAM, 0, 1, uint32(8)),
          ];
          connection.send(
            ...late,
            frame(HEADERS, 0x4, got.id, Buffer.concat([responseHeaders, Buffer.from("be", "hex")])),
            frame(DATA, 0, got.id, message("reply")),
            frame(HEADERS, 0x5, got.id, okTrailers),
          );
        }
      },
    });
    await unary(upstream, "cancelled", {}, (call) => {
      void eventually(() => server.connections[0]?.frames.some(endsRequest) === true, "the request").then(() =>
        call.cancel(),
      );
    });
    const end = await unary(upstream, "second");
    expect({ ...(summary(end) as object), header: end.header }).toEqual({
      code: 0,
      origin: "upstream",
      header: ["x", "v"],
    });
    expect(server.connections.length).toBe(1);
  });

  it("reads answers with padding, priority, CONTINUATION at every octet, and unknown frames between", async () => {
    const headers = Buffer.concat([responseHeaders, block(["x-a", "1"])]);
    const { upstream } = await serveRaw({
      received(connection, got) {
        if (!endsRequest(got)) return;
        const octets = Array.from(headers, (octet) => Buffer.from([octet]));
        const padded = message("reply");
        connection.send(
          frame(0xbb, 0xff, got.id, "00"),
          frame(HEADERS, 0x20, got.id, Buffer.concat([Buffer.alloc(5), Buffer.from(octets[0] ?? [])])),
          ...octets.slice(1, 60).map((octet) => frame(CONTINUATION, 0, got.id, octet)),
          frame(CONTINUATION, 0x4, got.id, headers.subarray(60)),
          ...Array.from(padded, (octet, i) =>
            frame(
              DATA,
              0x8,
              got.id,
              Buffer.concat([Buffer.from([i % 200]), Buffer.from([octet]), Buffer.alloc(i % 200)]),
            ),
          ),
          frame(HEADERS, 0xd, got.id, Buffer.concat([Buffer.from([9]), okTrailers, Buffer.alloc(9)])),
        );
      },
    });
    const end = await unary(upstream, "x");
    expect({ code: end.status.code, header: end.header, message: end.message?.toString() }).toEqual({
      code: 0,
      header: ["x-a", "1"],
      message: "reply",
    });
  });
});

describe("an upstream that sends random frames", () => {
  it("loses the connection or not, but every call ends and the process lives", async () => {
    const random = randomOf(20260707);
    const { server } = await serveRaw({
      received(connection, got) {
        if (!endsRequest(got)) return;
        if (random.int(4) === 0) {
          connection.send(reply(got.id));
          return;
        }
        const out: Buffer[] = [];
        for (let i = random.int(6); i >= 0; i--) {
          const id = [0, got.id, got.id, got.id, 1, got.id + 2][random.int(6)] ?? 0;
          const bodies = [
            responseHeaders,
            okTrailers,
            message("x"),
            uint32(random.int(2 ** 31)),
            uint32(0, random.int(14)),
            random.bytes(random.int(40)),
            Buffer.alloc(0),
          ];
          out.push(frame(random.int(11), random.int(64), id, bodies[random.int(bodies.length)] ?? ""));
        }
        const all = Buffer.concat(out);
        if (random.int(3) === 0) all[random.int(all.length)] = random.int(256);
        connection.send(all);
        // Whatever it was, the answer follows or the connection goes: no call may hang.
        if (random.int(2) === 0) connection.send(reply(got.id));
        else connection.socket.end();
      },
    });
    const counts = new Map<number, number>();
    for (let round = 0; round < 300; round++) {
      // A new upstream each time: one that lost its connection pauses before the next.
      const upstream = await upstreamTo(server.target, "http2");
      for (let call = 0; call < 3; call++) {
        const { status } = await unary(upstream, "x", { deadline: Date.now() + 100 });
        counts.set(status.code, (counts.get(status.code) ?? 0) + 1);
      }
      await upstream.close(0);
    }
    expect([...counts.values()].reduce((sum, count) => sum + count, 0)).toBe(900);
    expect(counts.get(0)).toBeGreaterThan(50);
    expect(counts.get(14)).toBeGreaterThan(20);
  });
});
