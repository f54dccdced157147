import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { ConnectionError, ErrorCode } from "../../src/upstream/http2/errors.js";
import { FrameReader } from "../../src/upstream/http2/frame-reader.js";
import { HpackDecoder } from "../../src/upstream/http2/hpack/decoder.js";
import { MessageReader } from "../../src/upstream/http2/message-reader.js";
import { type Call, createUpstream } from "../../src/upstream/index.js";
import type { Random } from "../codec/support/random.js";
import { anyByte, cut, mutate, randomBytes } from "./support/mutate.js";
import { attempt, check, target } from "./support/target.js";

export const frames = target("http2-frames", () => (random) => {
  const list = Array.from({ length: 1 + random.below(5) }, (_, i) => {
    const payload = randomBytes(random, random.below(40));
    const head = Buffer.from([
      0,
      0,
      payload.length,
      i === 0 ? 4 : random.below(12),
      random.below(256),
      0,
      0,
      0,
      random.below(9),
    ]);
    return Buffer.concat([head, payload]);
  });
  const input = random.chance(0.6) ? Buffer.concat(list) : mutate(random, Buffer.concat(list), anyByte);
  const told = (pieces: readonly Uint8Array[]): string[] => {
    const found: string[] = [];
    const reader = new FrameReader();
    const sink = {
      closed: false,
      frame: (type: number, flags: number, id: number, buffer: Buffer, start: number, end: number) =>
        found.push(`${type} ${flags} ${id} ${buffer.toString("hex", start, end)}`),
    };
    const done = attempt(
      () => {
        for (const piece of pieces) reader.read(Buffer.from(piece), piece.length, sink);
        return true;
      },
      () => input.toString("hex"),
      (error) => error instanceof ConnectionError,
    );
    return [...found, done === null ? "refused" : "read"];
  };
  const whole = told([input]);
  const cutUp = told(cut(random, input));
  check(
    isDeepStrictEqual(whole, cutUp),
    () => `${input.toString("hex")} is ${whole.join()} whole, ${cutUp.join()} in pieces`,
  );
});

/** Blocks of RFC 7541's examples and of attacks, as they are, changed or made up; one decoder reads several in a row. */
export const hpack = target("hpack", () => {
  const seeds = readCorpus("hpack").map((frames) => Buffer.concat(frames));
  return (random) => {
    const size = random.pick([0, 64, 4096]);
    const input = Array.from({ length: 1 + random.below(4) }, () => {
      if (random.chance(0.3)) return randomBytes(random, random.below(40));
      const seed = random.pick(seeds);
      return random.chance(0.3) ? seed : mutate(random, seed, anyByte);
    });
    const told = (): string[] => {
      const decoder = new HpackDecoder(size);
      const fields: string[] = [];
      for (const block of input) {
        const done = attempt(
          () => {
            decoder.decode(block, 0, block.length, { field: ({ name, value }) => fields.push(`${name}: ${value}`) });
            return true;
          },
          () => block.toString("hex"),
          (error) => error instanceof ConnectionError && error.code === ErrorCode.COMPRESSION_ERROR,
        );
        check(
          decoder.tableSize <= size,
          () => `the table has ${decoder.tableSize} octets after ${block.toString("hex")}`,
        );
        if (done === null) return [...fields, "refused"];
      }
      return fields;
    };
    check(
      isDeepStrictEqual(told(), told()),
      () => `${input.map((block) => block.toString("hex"))} is read in two ways`,
    );
  };
});

export const messages = target("grpc-messages", () => (random) => {
  const list = Array.from({ length: random.below(4) }, () => {
    const body = randomBytes(random, random.below(50));
    return Buffer.concat([Buffer.from([random.below(2), 0, 0, 0, body.length]), body]);
  });
  const input = random.chance(0.6) ? Buffer.concat(list) : mutate(random, Buffer.concat(list), anyByte);
  const told = (pieces: readonly Uint8Array[]): string[] => {
    const found: string[] = [];
    const reader = new MessageReader(64);
    let over = false;
    for (const piece of pieces) {
      if (over) break;
      reader.read(Buffer.from(piece), 0, piece.length, {
        message: (bytes, compressed) => found.push(`${compressed} ${bytes.toString("hex")}`) > 0,
        tooLarge(size) {
          over = true;
          found.push(`too large ${size}`);
        },
      });
    }
    return [...found, over ? "" : String(reader.inside)];
  };
  const whole = told([input]);
  const cutUp = told(cut(random, input));
  check(
    isDeepStrictEqual(whole, cutUp),
    () => `${input.toString("hex")} is ${whole.join()} whole, ${cutUp.join()} in pieces`,
  );
});

/**
 * A whole client connection against a server that answers with the frames of a seed, put in another order, left out, doubled,
 * changed or mixed with those of another seed, and in any pieces. Every call must end, once, and the upstream close.
 */
export const connection = target("http2-connection", () => {
  const seeds = readCorpus("http2");
  return async (random) => {
    const list = [...random.pick(seeds)];
    if (random.chance(0.3)) list.splice(random.below(list.length + 1), 0, ...random.pick(seeds));
    for (let i = random.below(4); i > 0 && list.length > 0; i--) changeFrames(random, list);
    const whole = Buffer.concat(list);
    const pieces = cut(random, random.chance(0.5) ? whole : mutate(random, whole, anyByte));
    const server = await answerWith(pieces);
    const upstream = await createUpstream("fuzz", {
      target: `127.0.0.1:${server.port}`,
      transport: "http2",
      tls: null,
      maxReplyBytes: 100_000,
    });
    const crowded = random.chance(0.3);
    if (crowded) {
      upstream.connect();
      while (upstream.state() !== "ready") await new Promise((resolve) => setImmediate(resolve));
    }
    const ends: number[] = [];
    const options = { path: "/a.B/C", metadata: [], deadline: Date.now() + 25 };
    const calls: Promise<void>[] = [];
    const begun: Call[] = [];
    const begin = (call: (end: () => void) => Call): void => {
      const index = ends.push(0) - 1;
      calls.push(
        new Promise((resolve) => {
          begun.push(
            call(() => {
              ends[index] = (ends[index] ?? 0) + 1;
              resolve();
            }),
          );
        }),
      );
    };
    const unary = (): void => begin((end) => upstream.call(Buffer.from("x"), options, end));
    unary();
    unary();
    begin((end) => {
      const stream = upstream.stream(options, {
        header: () => random.chance(0.2) && stream.pause(),
        message: () => random.chance(0.1) && stream.cancel(),
        drain: () => undefined,
        end,
      });
      stream.write(Buffer.from("x"));
      stream.closeSend();
      return stream;
    });
    if (crowded) {
      // More cancelled calls than may be reset at once: what the server says of the first three, nobody takes.
      while (begun.length < 103) unary();
      const cancelled = begun.splice(0).reverse();
      unary();
      // They are on their way at the end of this turn, and their answers are not there yet.
      await new Promise((resolve) => setImmediate(resolve));
      for (const call of cancelled) call.cancel();
    }
    await Promise.all(calls);
    await upstream.close(0);
    await server.close();
    check(
      ends.every((times) => times === 1),
      () => `calls ended ${ends} times after ${whole.toString("hex")}`,
    );
  };
});

/** One change of a list of frames: left out, doubled, moved, its flags, its stream or its type another one. */
function changeFrames(random: Random, list: Buffer[]): void {
  const at = random.below(list.length);
  const frame = Buffer.from(list[at] ?? "");
  switch (random.below(6)) {
    case 0:
      list.splice(at, 1);
      return;
    case 1:
      list.splice(random.below(list.length), 0, frame);
      return;
    case 2:
      list.splice(at, 1);
      list.splice(random.below(list.length + 1), 0, frame);
      return;
    case 3:
      frame[4] = random.below(256);
      break;
    case 4:
      frame[8] = random.pick([0, 1, 2, 3, 5, 7, 255]);
      break;
    default:
      frame[3] = random.below(12);
  }
  list[at] = frame;
}

/** A server on loopback that sends the same to everyone, once a request is there, and then ends. */
async function answerWith(pieces: readonly Uint8Array[]): Promise<{ port: number; close(): Promise<void> }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.write(Buffer.from("000000040000000000", "hex"));
    let size = 0;
    const read = (chunk: Buffer): void => {
      size += chunk.length;
      // The preface and SETTINGS, and then HEADERS of the three calls.
      if (size < 300) return;
      socket.off("data", read).resume();
      for (const piece of pieces) socket.write(piece);
      socket.end();
    };
    socket.on("data", read);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

/** The seeds of a folder of the corpus: each line a piece in hex, up to a `#`. */
function readCorpus(folder: string): Buffer[][] {
  const path = join(import.meta.dirname, "corpus", folder);
  return readdirSync(path).map((name) =>
    readFileSync(join(path, name), "latin1")
      .split("\n")
      .map((line) => Buffer.from(line.replace(/#.*|\s/g, ""), "hex"))
      .filter((piece) => piece.length > 0),
  );
}
