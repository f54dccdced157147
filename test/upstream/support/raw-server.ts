import { createServer, type Socket } from "node:net";

/** A frame as a test writes or reads it. */
export interface RawFrame {
  readonly type: number;
  readonly flags: number;
  readonly id: number;
  readonly payload: Buffer;
}

export const DATA = 0;
export const HEADERS = 1;
export const RST_STREAM = 3;
export const SETTINGS = 4;
export const PUSH_PROMISE = 5;
export const PING = 6;
export const GOAWAY = 7;
export const WINDOW_UPDATE = 8;
export const CONTINUATION = 9;

export function frame(type: number, flags: number, id: number, payload: Buffer | string = ""): Buffer {
  const body = typeof payload === "string" ? Buffer.from(payload.replace(/\s/g, ""), "hex") : payload;
  const header = Buffer.alloc(9);
  header.writeUIntBE(body.length, 0, 3);
  header[3] = type;
  header[4] = flags;
  header.writeUInt32BE(id, 5);
  return Buffer.concat([header, body]);
}

export function uint32(...values: readonly number[]): Buffer {
  const out = Buffer.alloc(values.length * 4);
  values.forEach((value, i) => {
    out.writeUInt32BE(value >>> 0, i * 4);
  });
  return out;
}

export function settings(...pairs: readonly (readonly [number, number])[]): Buffer {
  return frame(
    SETTINGS,
    0,
    0,
    Buffer.concat(pairs.map(([id, value]) => Buffer.concat([Buffer.from([0, id]), uint32(value)]))),
  );
}

/** Literals without indexing: a header block that needs no table. */
export function block(...headers: readonly (readonly [string, string])[]): Buffer {
  return Buffer.concat(
    headers.map(([name, value]) => {
      const parts = [name, value].map((text) => {
        const bytes = Buffer.from(text, "latin1");
        if (bytes.length < 127) return Buffer.concat([Buffer.from([bytes.length]), bytes]);
        const rest = bytes.length - 127;
        return Buffer.concat([Buffer.from([127, (rest & 0x7f) | 0x80, (rest >> 7) & 0x7f]), bytes]);
      });
      return Buffer.concat([Buffer.from([0]), ...parts]);
    }),
  );
}

export const responseHeaders = block([":status", "200"], ["content-type", "application/grpc"]);
export const okTrailers = block(["grpc-status", "0"]);

export function message(body: string | Buffer, flag = 0): Buffer {
  const bytes = Buffer.from(body);
  return Buffer.concat([Buffer.from([flag]), uint32(bytes.length), bytes]);
}

/** The three frames of a unary reply. */
export function reply(id: number, body: string | Buffer = "reply"): Buffer {
  return Buffer.concat([
    frame(HEADERS, 0x4, id, responseHeaders),
    frame(DATA, 0, id, message(body)),
    frame(HEADERS, 0x5, id, okTrailers),
  ]);
}

/** One connection of a client, and what it sent. */
export interface RawConnection {
  readonly socket: Socket;
  readonly frames: RawFrame[];
  send(...frames: readonly Buffer[]): void;
  /** The error code of the client's GOAWAY, or null. */
  goAway(): number | null;
  readonly closed: boolean;
}

export interface RawServer {
  readonly target: string;
  readonly connections: RawConnection[];
  /** Takes no further connections; those that are open stay. */
  refuse(): Promise<void>;
  close(): Promise<void>;
}

/**
 * A server that speaks frames as a test tells it to. `connected` runs once the client's preface is there; `received` for
 * each frame. SETTINGS are sent and acknowledged here unless `silent`.
 */
export async function startRawServer(script: {
  readonly connected?: (connection: RawConnection) => void;
  readonly received?: (connection: RawConnection, frame: RawFrame) => void;
  readonly settings?: Buffer;
  readonly silent?: boolean;
}): Promise<RawServer> {
  const connections: RawConnection[] = [];
  const server = createServer((socket) => {
    const state = { closed: false };
    const frames: RawFrame[] = [];
    const connection: RawConnection = {
      socket,
      frames,
      send(...out) {
        if (!socket.destroyed) socket.write(Buffer.concat(out));
      },
      goAway: () => frames.find(({ type }) => type === GOAWAY)?.payload.readUInt32BE(4) ?? null,
      get closed() {
        return state.closed;
      },
    };
    connections.push(connection);
    let rest: Buffer = Buffer.alloc(0);
    let prefaced = false;
    socket.on("data", (chunk) => {
      rest = Buffer.concat([rest, chunk]);
      if (!prefaced) {
        if (rest.length < 24) return;
        prefaced = true;
        rest = rest.subarray(24);
        if (script.silent !== true) connection.send(script.settings ?? settings());
        script.connected?.(connection);
      }
      while (rest.length >= 9 && rest.length >= 9 + rest.readUIntBE(0, 3)) {
        const end = 9 + rest.readUIntBE(0, 3);
        const got = {
          type: rest[3] ?? 0,
          flags: rest[4] ?? 0,
          id: rest.readUInt32BE(5),
          payload: rest.subarray(9, end),
        };
        rest = rest.subarray(end);
        frames.push(got);
        if (got.type === SETTINGS && (got.flags & 1) === 0 && script.silent !== true)
          connection.send(frame(SETTINGS, 1, 0));
        script.received?.(connection, got);
      }
    });
    // A client that ends a broken connection may reset it: close is what counts.
    socket.on("error", () => undefined);
    socket.on("close", () => {
      state.closed = true;
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    target: `127.0.0.1:${address.port}`,
    connections,
    async refuse() {
      server.close();
    },
    async close() {
      const closed = server.listening ? new Promise((resolve) => server.close(resolve)) : null;
      for (const { socket } of connections) socket.destroy();
      await closed;
    },
  };
}

/** Whether a frame ends a request: every script answers at that. */
export function endsRequest({ type, flags }: RawFrame): boolean {
  return (type === DATA || type === HEADERS) && (flags & 1) !== 0;
}
