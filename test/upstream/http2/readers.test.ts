import { describe, expect, it } from "vitest";
import { FrameReader } from "../../../src/upstream/http2/frame-reader.js";
import { MessageReader } from "../../../src/upstream/http2/message-reader.js";
import { randomOf } from "../support/random.js";

type Frame = readonly [type: number, flags: number, streamId: number, payload: string];

function frame(type: number, flags: number, id: number, payload: Buffer): Buffer {
  const header = Buffer.alloc(9);
  header.writeUIntBE(payload.length, 0, 3);
  header[3] = type;
  header[4] = flags;
  header.writeUInt32BE(id, 5);
  return Buffer.concat([header, payload]);
}

function readFrames(chunks: readonly Buffer[]): Frame[] {
  const frames: Frame[] = [];
  const reader = new FrameReader();
  const shared = Buffer.alloc(70_000);
  for (const chunk of chunks) {
    // One buffer for all reads, as on a socket: what a reader keeps must be a copy.
    shared.fill(0xee);
    chunk.copy(shared);
    reader.read(shared, chunk.length, {
      closed: false,
      frame: (type, flags, id, buffer, start, end) =>
        frames.push([type, flags, id, buffer.toString("hex", start, end)]),
    });
  }
  return frames;
}

describe("frames", () => {
  const expected: Frame[] = [
    [4, 0, 0, "000300000064"],
    [1, 4, 1, "88"],
    [0, 0, 1, "0000000003616263"],
    [0, 0, 1, ""],
    [8, 0, 0x7fffffff, "00000001"],
    [0x42, 0xff, 3, "00"],
    [1, 5, 1, "bebf"],
  ];
  const bytes = Buffer.concat(
    expected.map(([type, flags, id, hex]) => frame(type, flags, id, Buffer.from(hex, "hex"))),
  );

  it("are the same at every split into two chunks", () => {
    for (let at = 0; at <= bytes.length; at++) {
      expect(readFrames([bytes.subarray(0, at), bytes.subarray(at)])).toEqual(expected);
    }
  });

  it("are the same at every split into three chunks", () => {
    for (let a = 0; a <= bytes.length; a++) {
      for (let b = a; b <= bytes.length; b++) {
        expect(readFrames([bytes.subarray(0, a), bytes.subarray(a, b), bytes.subarray(b)])).toEqual(expected);
      }
    }
  });

  it("are the same octet by octet, the largest one allowed too", () => {
    const large = frame(0, 0, 1, Buffer.alloc(16_384, 7));
    const all = Buffer.concat([bytes, large]);
    const octets = Array.from(all, (octet) => Buffer.from([octet]));
    expect(readFrames(octets)).toEqual([...expected, [0, 0, 1, "07".repeat(16_384)]]);
  });

  it("ignore the reserved bit of the stream id (RFC 9113 section 4.1)", () => {
    const reserved = frame(8, 0, 0x80000005, Buffer.alloc(4));
    expect(readFrames([frame(4, 0, 0, Buffer.alloc(0)), reserved])[1]).toEqual([8, 0, 5, "00000000"]);
  });

  it("refuse one octet more than SETTINGS_MAX_FRAME_SIZE, and a beginning other than SETTINGS", () => {
    const tooLarge = Buffer.concat([frame(4, 0, 0, Buffer.alloc(0)), frame(0, 0, 1, Buffer.alloc(16_385))]);
    expect(() => readFrames([tooLarge])).toThrow(expect.objectContaining({ name: "ConnectionError", code: 6 }));
    expect(() => readFrames([frame(6, 0, 0, Buffer.alloc(8))])).toThrow(expect.objectContaining({ code: 1 }));
    expect(() => readFrames([Buffer.from("HTTP/1.1 400 Bad Request\r\n\r\n")])).toThrow(
      expect.objectContaining({ code: 1 }),
    );
  });
});

describe("messages", () => {
  function message(body: Buffer, flag = 0): Buffer {
    const header = Buffer.alloc(5);
    header[0] = flag;
    header.writeUInt32BE(body.length, 1);
    return Buffer.concat([header, body]);
  }

  function readMessages(chunks: readonly Buffer[], limit = 1_000_000): (string | number)[] {
    const out: (string | number)[] = [];
    const reader = new MessageReader(limit);
    for (const chunk of chunks) {
      const placed = Buffer.concat([Buffer.alloc(3, 0xee), chunk, Buffer.alloc(3, 0xee)]);
      reader.read(placed, 3, 3 + chunk.length, {
        message(bytes, compressed) {
          out.push(`${compressed ? "compressed " : ""}${bytes.toString("latin1")}`);
          return true;
        },
        tooLarge: (size) => out.push(size),
      });
    }
    return out;
  }

  const bytes = Buffer.concat([
    message(Buffer.from("first")),
    message(Buffer.alloc(0)),
    message(Buffer.from("third"), 1),
    message(Buffer.alloc(0)),
  ]);

  it("are the same at every split into three chunks", () => {
    for (let a = 0; a <= bytes.length; a++) {
      for (let b = a; b <= bytes.length; b++) {
        const chunks = [bytes.subarray(0, a), bytes.subarray(a, b), bytes.subarray(b)];
        expect(readMessages(chunks)).toEqual(["first", "", "compressed third", ""]);
      }
    }
  });

  it("are put together from any pieces when they are large", () => {
    const random = randomOf(5);
    const body = random.bytes(700_000);
    const whole = message(body);
    for (const size of [1 + random.int(1000), 16_384, 65_536, 300_000]) {
      const chunks: Buffer[] = [];
      for (let at = 0; at < whole.length; at += size) chunks.push(whole.subarray(at, at + size));
      expect(readMessages(chunks)).toEqual([body.toString("latin1")]);
    }
  });

  it("may be as large as the limit and not larger", () => {
    expect(readMessages([message(Buffer.alloc(10, "a"))], 10)).toEqual(["a".repeat(10)]);
    expect(readMessages([message(Buffer.alloc(11, "a")).subarray(0, 5)], 10)).toEqual([11]);
    expect(readMessages([Buffer.from([0, 0xff, 0xff, 0xff, 0xff])], 10)).toEqual([0xffffffff]);
  });

  it("end when their taker wants no more", () => {
    const out: string[] = [];
    new MessageReader(100).read(bytes, 0, bytes.length, {
      message(body) {
        out.push(body.toString());
        return false;
      },
      tooLarge: () => undefined,
    });
    expect(out).toEqual(["first"]);
  });
});
