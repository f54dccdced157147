import type { Socket } from "node:net";
import { PassThrough } from "node:stream";
import { describe, expect, it } from "vitest";
import { sortByPreface } from "../../../src/http/server/preface.js";

const PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

type Sorted = "http1" | "http2" | "late";

/** Gives the parts one after the other, each once the one before was looked at, and says who took the connection and what it then reads. */
async function sort(parts: readonly string[], { ends = false, milliseconds = 60_000 } = {}) {
  const stream = new PassThrough();
  const taken = new Promise<Sorted>((resolve) => {
    sortByPreface(stream as unknown as Socket, milliseconds, {
      http1: () => resolve("http1"),
      http2: () => resolve("http2"),
      late: () => resolve("late"),
    });
  });
  for (const part of parts) {
    stream.write(part);
    await new Promise(setImmediate);
  }
  if (ends) stream.end();
  const by = await taken;
  let bytes = "";
  stream.on("data", (chunk) => {
    bytes += String(chunk);
  });
  await new Promise(setImmediate);
  return { by, bytes, listeners: stream.listenerCount("readable") + stream.listenerCount("error") };
}

/** A text cut in two at every place. */
const splits = (text: string): string[][] =>
  Array.from({ length: text.length - 1 }, (_, i) => [text.slice(0, i + 1), text.slice(i + 1)]);

describe("The first bytes of a connection", () => {
  const settings = `${PREFACE}\0\0\0\u0004\0\0\0\0\0`;

  it("are HTTP/2 by its preface, wherever it is cut, and are all still there", async () => {
    for (const parts of [[settings], [...settings], ...splits(settings)]) {
      expect(await sort(parts)).toEqual({ by: "http2", bytes: settings, listeners: 0 });
    }
  });

  it.each([
    ["GET", "GET / HTTP/1.1\r\nHost: a\r\n\r\n"],
    ["POST", "POST / HTTP/1.1\r\nHost: a\r\n\r\n"],
    ["PROPFIND", "PROPFIND / HTTP/1.1\r\nHost: a\r\n\r\n"],
    ["a method PRI of HTTP/1.1", "PRI * HTTP/1.1\r\nHost: a\r\n\r\n"],
    ["a preface with a mistake in its last byte", `${PREFACE.slice(0, -1)}x`],
    ["TLS", "\u0016\u0003\u0001"],
  ])("are for HTTP/1.1 to read with %s, wherever they are cut", async (_what, text) => {
    for (const parts of [[text], [...text], ...splits(text)]) {
      expect(await sort(parts)).toEqual({ by: "http1", bytes: text, listeners: 0 });
    }
  });

  it.each([
    ["nothing", []],
    ["a half of the preface", ["PRI * HT"]],
    ["one letter", ["P"]],
  ])("are for HTTP/1.1 to answer where the client ends after %s", async (_what, parts) => {
    expect(await sort(parts, { ends: true })).toEqual({ by: "http1", bytes: parts.join(""), listeners: 0 });
  });

  it.each([
    ["nothing", []],
    ["a half of the preface", ["PRI * HT"]],
  ])("are late where %s has come in time", async (_what, parts) => {
    expect((await sort(parts, { milliseconds: 30 })).by).toBe("late");
  });
});
