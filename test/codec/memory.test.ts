import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { createCodec } from "../../src/codec/index.js";
import { messageOf } from "./support/conformance-schema.js";
import { kindsSchema } from "./support/kinds.js";

setFlagsFromString("--expose-gc");
const gc = runInNewContext("gc") as () => void;

const kinds = messageOf(kindsSchema, "t.Kinds");

function heldBytes(): number {
  // Twice: buffers that the first one finds dead are freed beside it.
  gc();
  gc();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

describe("memory", () => {
  it("stays flat over a million messages", () => {
    const codec = createCodec(kindsSchema);
    const encode = codec.encoder(kinds);
    const decode = codec.decoder(kinds);
    const json = Buffer.from('{"int32Value":5,"names":["a","b"],"labels":{"k":"v"},"struct":{"a":[1]}}');
    let length = 0;
    const run = (count: number): void => {
      for (let i = 0; i < count; i++) length += decode(encode(json)).length;
    };
    run(20_000);
    const before = heldBytes();
    run(500_000);
    expect(heldBytes() - before).toBeLessThan(256 * 1024);
    expect(length).toBe(520_000 * json.length);
  });

  it("of one large message is given back after the next small one", () => {
    const codec = createCodec(kindsSchema);
    const encode = codec.encoder(kinds);
    const decode = codec.decoder(kinds);
    const small = Buffer.from('{"int32Value":5}');
    decode(encode(small));
    const before = heldBytes();
    // In a function of its own, whose frame holds nothing once it is left.
    const roundTrip = (): void => {
      const large = Buffer.from(JSON.stringify({ stringValue: "x".repeat(6_000_000) }));
      expect(decode(encode(large)).length).toBe(large.length);
    };
    roundTrip();
    decode(encode(small));
    decode(encode(small));
    expect(heldBytes() - before).toBeLessThan(1024 * 1024);
  });

  it("in use for a list of 100 KB is a few times its text", () => {
    const codec = createCodec(kindsSchema);
    const decode = codec.decoder(kinds);
    const child = { int32Value: 5, names: ["one", "two"], timestamp: "2024-05-17T08:30:00Z", labels: { a: "b" } };
    const json = Buffer.from(JSON.stringify({ children: Array.from({ length: 1200 }, () => child) }));
    const wire = Buffer.from(codec.encoder(kinds)(json));
    for (let i = 0; i < 20; i++) decode(wire);
    gc();
    // Between two collections nothing is given back, so what was allocated is what is held more.
    const before = process.memoryUsage();
    const text = decode(wire);
    const after = process.memoryUsage();
    const used = after.heapUsed - before.heapUsed + after.arrayBuffers - before.arrayBuffers;
    expect(text.length).toBe(json.length);
    expect(used).toBeLessThan(3 * json.length);
  });

  it("and time for a map of a hundred thousand keys stay in bounds", () => {
    const encode = createCodec(kindsSchema).encoder(kinds);
    const labels = Object.fromEntries(Array.from({ length: 100_000 }, (_, i) => [`key-${i.toString(36)}`, ""]));
    const json = Buffer.from(JSON.stringify({ labels }));
    const start = process.cpuUsage();
    encode(json);
    const { user, system } = process.cpuUsage(start);
    expect((user + system) / 1000).toBeLessThan(2000);
  });
});
