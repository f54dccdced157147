import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { describe, expect, it } from "vitest";
import { headerValue, type RawReply, type RawRequest, sendRaw } from "./raw-http.js";

/** Sends a request to a server that answers with these bytes and no others; also gives what the server read. */
async function exchange(answer: string, request: RawRequest): Promise<{ reply: RawReply; read: string }> {
  let read = "";
  const server = createServer((socket) => {
    socket.on("data", (bytes) => {
      read += bytes.toString("utf8");
      if (read.includes("\r\n\r\n")) socket.end(Buffer.from(answer));
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  try {
    return { reply: await sendRaw({ host: "127.0.0.1", port }, request), read: read.replaceAll(String(port), "PORT") };
  } finally {
    server.close();
  }
}

const get: RawRequest = { method: "GET", path: "/" };

describe("sending", () => {
  it.each<[string, RawRequest, string]>([
    [
      "the target byte for byte",
      { method: "GET", path: "/a/../%2f%2F//é?+#" },
      "GET /a/../%2f%2F//é?+# HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\nConnection: close\r\n\r\n",
    ],
    [
      "headers in their order, as often as they are given",
      { method: "GET", path: "/", headers: { B: ["1", "é"], host: "h" } },
      "GET / HTTP/1.1\r\nB: 1\r\nB: é\r\nhost: h\r\nConnection: close\r\n\r\n",
    ],
    [
      "a body with GET, its length counted in bytes",
      { method: "GET", path: "/", body: "é" },
      "GET / HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\nContent-Length: 2\r\nConnection: close\r\n\r\né",
    ],
    [
      "a length of 0 where a method gives a body a meaning",
      { method: "PATCH", path: "/" },
      "PATCH / HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
    ],
  ])("sends %s", async (_what, request, expected) => {
    expect((await exchange("HTTP/1.1 204 No Content\r\n\r\n", request)).read).toBe(expected);
  });
});

describe("reading", () => {
  it("reads a body of a known length", async () => {
    const { reply } = await exchange("HTTP/1.1 200 OK\r\nX-A: 1\r\nx-a:  é \r\nContent-Length: 3\r\n\r\na\r\n", get);
    expect({ ...reply, body: reply.body.toString() }).toEqual({
      status: 200,
      headers: [
        ["x-a", "1"],
        ["x-a", "é"],
        ["content-length", "3"],
      ],
      body: "a\r\n",
      trailers: [],
    });
    expect(headerValue(reply.headers, "X-A")).toBe("1");
    expect(headerValue(reply.headers, "x-b")).toBeNull();
  });

  it("reads chunks and trailers", async () => {
    const head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    const { reply } = await exchange(`${head}1\r\na\r\nA\r\n0123456789\r\n0\r\nX-T: 1\r\n\r\n`, get);
    expect(reply.body.toString()).toBe("a0123456789");
    expect(reply.trailers).toEqual([["x-t", "1"]]);
  });

  it("reads past an interim reply, and no body to HEAD", async () => {
    const text = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200\r\nContent-Length: 9\r\n\r\n";
    expect((await exchange(text, { method: "HEAD", path: "/" })).reply).toMatchObject({
      status: 200,
      body: Buffer.alloc(0),
    });
  });

  it.each([
    ["no HTTP", "hello\r\n\r\n"],
    ["a head that breaks off", "HTTP/1.1 200 OK\r\nX-A"],
    ["a body that is shorter than it says", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\na"],
    ["a body that is longer than it says", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabcd"],
    ["chunks without an end", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n"],
    ["a chunk that is shorter than it says", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\na\r\n"],
    [
      "a chunk that is longer than it says",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n0\r\n\r\n",
    ],
    ["a body with 204", "HTTP/1.1 204 No Content\r\n\r\na"],
    ["a header without a name", "HTTP/1.1 200 OK\r\n: a\r\n\r\n"],
  ])("refuses %s", async (_what, answer) => {
    await expect(exchange(answer, get)).rejects.toThrow();
  });
});
