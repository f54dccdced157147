import type { Socket } from "node:net";
import { Flag, FRAME_HEADER, FrameType, PREFACE, readUint32, writeUint32 } from "../../../src/upstream/http2/frames.js";
import { HpackDecoder } from "../../../src/upstream/http2/hpack/decoder.js";
import type { Answer } from "../answers.js";
import { ReplyWriter } from "./reply-writer.js";

const HEADER_TABLE = 4_096;
const INITIAL_WINDOW_SIZE = 4;
const MAX_CONCURRENT_STREAMS = 3;
const WINDOW = 0x3fffffff;
const PREFIX = 5;

/** A request that is coming in. */
interface Request {
  path: string;
  body: Buffer;
}

/**
 * Serves canned answers over one HTTP/2 connection (h2c with prior knowledge), as fast as Node can: it reads the path, the
 * length of the request and, for a stream, how many messages are wanted. Unlike a real server it trusts its clients.
 */
export function serveConnection(socket: Socket, answers: ReadonlyMap<string, Answer>): void {
  const writer = new ReplyWriter((bytes) => socket.write(bytes));
  const decoder = new HpackDecoder(HEADER_TABLE);
  const requests = new Map<number, Request>();
  let rest: Buffer = Buffer.alloc(0);
  let expected = PREFACE.length;
  let received = 0;

  const answer = (id: number, { path, body }: Request): void => {
    requests.delete(id);
    const found = answers.get(path);
    if (found === undefined) writer.refuse(id, 12, "no such method");
    else if (body.length - PREFIX < found.atLeast) writer.refuse(id, 3, "some of the request is missing");
    else writer.answer(id, found.message, found.streamed ? countIn(body) : 1);
  };

  const onFrame = (type: number, flags: number, id: number, data: Buffer, from: number, to: number): void => {
    switch (type) {
      case FrameType.HEADERS: {
        if ((flags & Flag.END_HEADERS) === 0) throw new Error("the upstream of the bench reads no CONTINUATION");
        const padding = (flags & Flag.PADDED) === 0 ? 0 : (data[from++] ?? 0);
        if ((flags & Flag.PRIORITY) !== 0) from += 5;
        const request: Request = { path: "", body: Buffer.alloc(0) };
        decoder.decode(data, from, to - padding, {
          field({ name, value }) {
            if (name === ":path") request.path = value;
          },
        });
        requests.set(id, request);
        break;
      }
      case FrameType.DATA: {
        received += to - from;
        const padding = (flags & Flag.PADDED) === 0 ? 0 : (data[from++] ?? 0);
        const request = requests.get(id);
        const part = data.subarray(from, to - padding);
        if (request !== undefined)
          request.body = request.body.length === 0 ? part : Buffer.concat([request.body, part]);
        break;
      }
      case FrameType.RST_STREAM:
        requests.delete(id);
        writer.forget(id);
        return;
      case FrameType.SETTINGS:
        if ((flags & Flag.ACK) !== 0) return;
        for (let at = from; at < to; at += 6) {
          if (data.readUInt16BE(at) === INITIAL_WINDOW_SIZE) writer.initialWindow(readUint32(data, at + 2));
        }
        writer.control(FrameType.SETTINGS, Flag.ACK, Buffer.alloc(0));
        return;
      case FrameType.PING:
        if ((flags & Flag.ACK) === 0) writer.control(FrameType.PING, Flag.ACK, data.subarray(from, to));
        return;
      case FrameType.WINDOW_UPDATE:
        writer.credit(id, readUint32(data, from));
        return;
      default:
        return;
    }
    const request = requests.get(id);
    if ((flags & Flag.END_STREAM) !== 0 && request !== undefined) answer(id, request);
  };

  writer.control(FrameType.SETTINGS, 0, settings());
  writer.control(FrameType.WINDOW_UPDATE, 0, uint32(WINDOW));
  writer.flush();
  socket.on("data", (chunk) => {
    const data = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let at = 0;
    if (expected > 0) {
      if (data.length < expected) {
        rest = data;
        return;
      }
      at = expected;
      expected = 0;
    }
    while (data.length - at >= FRAME_HEADER) {
      const end = at + FRAME_HEADER + data.readUIntBE(at, 3);
      if (end > data.length) break;
      onFrame(data[at + 3] ?? 0, data[at + 4] ?? 0, readUint32(data, at + 5), data, at + FRAME_HEADER, end);
      at = end;
    }
    rest = data.subarray(at);
    if (received > WINDOW / 2) {
      writer.control(FrameType.WINDOW_UPDATE, 0, uint32(received));
      received = 0;
    }
    writer.flush();
  });
  // A client that goes away: nothing is owed to it.
  socket.on("error", () => socket.destroy());
}

/** Field 1 of a message, a varint; the request of a stream has it first. */
function countIn(body: Buffer): number {
  let value = 0;
  let shift = 0;
  for (let at = PREFIX + 1; at < body.length; at++) {
    const octet = body[at] ?? 0;
    value |= (octet & 0x7f) << shift;
    if (octet < 0x80) break;
    shift += 7;
  }
  return value;
}

function settings(): Buffer {
  const payload = Buffer.alloc(12);
  payload.writeUInt16BE(MAX_CONCURRENT_STREAMS, 0);
  payload.writeUInt32BE(4_096, 2);
  payload.writeUInt16BE(INITIAL_WINDOW_SIZE, 6);
  payload.writeUInt32BE(WINDOW, 8);
  return payload;
}

function uint32(value: number): Buffer {
  const payload = Buffer.alloc(4);
  writeUint32(payload, 0, value);
  return payload;
}
