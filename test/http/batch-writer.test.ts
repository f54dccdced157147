import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { buffer } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type BatchWriter, createBatchWriter } from "../../src/http/batch-writer.js";
import { Random } from "../codec/support/random.js";

/** A body of one connection without chunks, so that it is read as it was written. */
const REQUEST = "GET / HTTP/1.0\r\n\r\n";

describe("createBatchWriter", () => {
  let serve: (writer: BatchWriter, response: ServerResponse) => void = () => undefined;
  let drained: () => void = () => undefined;
  let flushes = 0;
  const server = createServer((_request, response) => {
    response.writeHead(200, { connection: "close" });
    flushes = 0;
    const writer = createBatchWriter(
      response,
      () => drained(),
      () => flushes++,
    );
    serve(writer, response);
  });
  beforeAll(async () => {
    await once(server.listen(0, "127.0.0.1"), "listening");
  });
  afterAll(() => server.close());

  async function bodyOf(write: typeof serve): Promise<Buffer> {
    serve = write;
    const client = connect((server.address() as AddressInfo).port, "127.0.0.1");
    client.write(REQUEST);
    const all = await buffer(client);
    return all.subarray(all.indexOf("\r\n\r\n") + 4);
  }

  it("joins the parts of a turn in one chunk, though each is written over after it", async () => {
    const part = Buffer.alloc(300);
    const body = await bodyOf((writer, response) => {
      for (let i = 0; i < 100; i++) writer.write(part.fill(`${i % 10}`));
      setImmediate(() => setImmediate(() => response.end()));
    });
    expect(body.toString()).toBe(Array.from({ length: 100 }, (_, i) => `${i % 10}`.repeat(300)).join(""));
    expect(flushes).toBe(1);
  });

  it.each([1, 4095, 4096, 4097, 65_535, 65_536, 65_537, 1_000_000, 3_000_000])(
    "writes one part of %i bytes whole",
    async (size) => {
      const part = Buffer.alloc(size, "abc");
      const body = await bodyOf((writer, response) => {
        writer.write(part);
        part.fill("!");
        writer.flush();
        response.end();
      });
      expect(body.equals(Buffer.alloc(size, "abc"))).toBe(true);
    },
  );

  it("counts the bytes of parts, and forgets those that are dropped", async () => {
    let bytes = 0;
    const body = await bodyOf((writer, response) => {
      writer.write(Buffer.from("kept"));
      writer.flush();
      writer.write(Buffer.from("dropped"));
      bytes = writer.bytes;
      writer.drop();
      response.end();
    });
    expect([body.toString(), bytes]).toEqual(["kept", 11]);
  });

  it("gives every byte once and in order, in parts of any size, over several turns", async () => {
    const random = new Random(20_261_126);
    const sizes = Array.from({ length: 400 }, () => (random.chance(0.1) ? random.below(200_000) : random.below(2_000)));
    const total = sizes.reduce((sum, size) => sum + size, 0);
    const expected = Buffer.alloc(total);
    for (let i = 0; i < total; i++) expected[i] = (i * 31 + (i >> 8)) & 255;
    const scratch = Buffer.alloc(200_000);
    const bodies = await Promise.all(
      [0, 1, 2].map(() =>
        bodyOf((writer, response) => {
          let at = 0;
          let index = 0;
          const go = (): void => {
            for (let room = true; room && index < sizes.length; ) {
              const size = sizes[index++] ?? 0;
              expected.copy(scratch, 0, at, at + size);
              at += size;
              room = writer.write(scratch.subarray(0, size));
              scratch.fill(0);
              if (index % 7 === 0) break;
            }
            if (index < sizes.length) setImmediate(go);
            else {
              writer.flush();
              response.end();
            }
          };
          go();
        }),
      ),
    );
    expect(bodies.map((body) => body.equals(expected))).toEqual([true, true, true]);
  });

  it("tells when a client that was slow takes more", async () => {
    const held = new Promise<void>((resolve) => {
      drained = resolve;
    });
    let room: boolean | null = null;
    serve = (writer) => {
      for (let i = 0; i < 200; i++) room = writer.write(Buffer.alloc(65_536));
    };
    const client = connect((server.address() as AddressInfo).port, "127.0.0.1").pause();
    client.write(REQUEST);
    while (room === null) await new Promise((resolve) => setImmediate(resolve));
    expect(room).toBe(false);
    client.resume();
    await held;
    client.destroy();
  });
});
