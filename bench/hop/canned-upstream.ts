/**
 * A gRPC server that answers every call with the same reply, as fast as Node can: it reads frame headers only, and its
 * replies are laid out once. It stands for a fast upstream, so that the client is what the bench measures.
 * Run as a child process; its argument is the reply's size.
 */
import { createServer, type Socket } from "node:net";
import { reportReady } from "../support/child.js";

const FRAME_HEADER = 9;

function frame(type: number, flags: number, payload: Buffer): Buffer {
  const header = Buffer.alloc(FRAME_HEADER);
  header.writeUIntBE(payload.length, 0, 3);
  header[3] = type;
  header[4] = flags;
  return Buffer.concat([header, payload]);
}

/** A literal with incremental indexing and a new name (RFC 7541 section 6.2.1). */
function indexed(name: string, value: string): Buffer {
  return Buffer.concat([
    Buffer.from([0x40, name.length]),
    Buffer.from(name),
    Buffer.from([value.length]),
    Buffer.from(value),
  ]);
}

/** The frames of one reply, with stream id 0 and the places where the id belongs. */
function layReply(size: number, first: boolean): { readonly bytes: Buffer; readonly ids: readonly number[] } {
  const headers = first
    ? Buffer.concat([Buffer.from([0x88]), indexed("content-type", "application/grpc")])
    : Buffer.from([0x88, 62 + 1 + 0x80]);
  const trailers = first ? indexed("grpc-status", "0") : Buffer.from([62 + 0x80]);
  const message = Buffer.alloc(5 + size, 0x20);
  message[0] = 0;
  message.writeUInt32BE(size, 1);
  const frames = [frame(1, 0x4, headers)];
  for (let at = 0; at < message.length; at += 16_384) frames.push(frame(0, 0, message.subarray(at, at + 16_384)));
  frames.push(frame(1, 0x5, trailers));
  const ids: number[] = [];
  let at = 0;
  for (const each of frames) {
    ids.push(at + 5);
    at += each.length;
  }
  return { bytes: Buffer.concat(frames), ids };
}

function serve(socket: Socket, size: number): void {
  const firstReply = layReply(size, true);
  const reply = layReply(size, false);
  let first = true;
  let rest: Buffer = Buffer.alloc(0);
  let prefaced = false;
  // Enough for any client's reading without flow control of its own: the bench's replies stay below the windows.
  socket.write(Buffer.concat([frame(4, 0, Buffer.from([0, 3, 0, 0, 16, 0, 0, 4, 0x3f, 0xff, 0xff, 0xff]))]));
  const credit = Buffer.alloc(4);
  credit.writeUInt32BE(0x3fffffff);
  socket.write(frame(8, 0, credit));
  let received = 0;
  socket.on("data", (chunk) => {
    let data = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    if (!prefaced) {
      if (data.length < 24) {
        rest = data;
        return;
      }
      prefaced = true;
      data = data.subarray(24);
    }
    const out: Buffer[] = [];
    let at = 0;
    while (data.length - at >= FRAME_HEADER) {
      const length = data.readUIntBE(at, 3);
      if (data.length - at < FRAME_HEADER + length) break;
      const type = data[at + 3];
      const flags = data[at + 4] ?? 0;
      const id = data.readUInt32BE(at + 5);
      if (type === 4 && (flags & 1) === 0) out.push(frame(4, 1, Buffer.alloc(0)));
      if (type === 6 && (flags & 1) === 0) out.push(frame(6, 1, data.subarray(at + 9, at + 17)));
      if (type === 0) received += length;
      if ((type === 0 || type === 1) && (flags & 1) !== 0) {
        const { bytes, ids } = first ? firstReply : reply;
        const answer = Buffer.from(bytes);
        for (const place of ids) answer.writeUInt32BE(id, place);
        out.push(answer);
        first = false;
      }
      at += FRAME_HEADER + length;
    }
    if (received > 0x1fffffff) {
      const more = Buffer.alloc(4);
      more.writeUInt32BE(received);
      out.push(frame(8, 0, more));
      received = 0;
    }
    rest = data.subarray(at);
    if (out.length > 0) socket.write(Buffer.concat(out));
  });
  socket.on("error", () => socket.destroy());
}

const size = Number(process.argv[2] ?? "397");
const server = createServer({ noDelay: true }, (socket) => serve(socket, size));
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  if (address !== null && typeof address !== "string") reportReady(address.port);
});
