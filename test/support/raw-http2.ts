import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { block, frame, HEADERS, type RawFrame, settings } from "../upstream/support/raw-server.js";

/** A connection of HTTP/2 of which a test writes and reads every frame. */
export interface RawHttp2 {
  readonly socket: Socket;
  /** The next frame, SETTINGS and WINDOW_UPDATE left out unless asked for; rejects at the end of the connection. */
  next(type?: number): Promise<RawFrame>;
  write(...frames: readonly Buffer[]): void;
}

/** A GET without a body as a frame. */
export function get(id: number, path: string): Buffer {
  return frame(HEADERS, 0x5, id, block([":method", "GET"], [":scheme", "http"], [":path", path], [":authority", "a"]));
}

/** Connects and says hello. */
export async function openRawHttp2(address: { readonly host: string; readonly port: number }): Promise<RawHttp2> {
  const socket = connect({ host: address.host, port: address.port });
  socket.on("error", () => undefined);
  await once(socket, "connect");
  const frames = readFrames(socket);
  socket.write(Buffer.concat([Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), settings()]));
  return {
    socket,
    write: (...parts) => {
      socket.write(Buffer.concat(parts));
    },
    async next(type) {
      for (;;) {
        const { value, done } = await frames.next();
        if (done === true) throw new Error("the connection has ended");
        if (type === undefined ? value.type !== 4 && value.type !== 8 : value.type === type) return value;
      }
    },
  };
}

async function* readFrames(socket: Socket): AsyncGenerator<RawFrame, void> {
  let held = Buffer.alloc(0);
  for await (const chunk of socket) {
    held = Buffer.concat([held, chunk as Buffer]);
    while (held.length >= 9 && held.length >= 9 + held.readUIntBE(0, 3)) {
      const end = 9 + held.readUIntBE(0, 3);
      yield { type: held[3] ?? 0, flags: held[4] ?? 0, id: held.readUInt32BE(5), payload: held.subarray(9, end) };
      held = held.subarray(end);
    }
  }
}
