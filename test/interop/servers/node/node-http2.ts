/**
 * A server on node:http2 (nghttp2) for test:interop, with gRPC's framing written by hand: the byte echo that test/interop
 * asks for.
 *
 * It prints "listening on PORT" and serves until its standard input ends. With two arguments, the PEM files of a certificate
 * and its key, it speaks TLS. In the environment MAX_CONNECTION_AGE_MS ends connections at that age, and PORT is the port,
 * any free one without it.
 */
import { readFileSync } from "node:fs";
import {
  createSecureServer,
  createServer,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from "node:http2";
import type { AddressInfo } from "node:net";
import { gunzipSync, gzipSync } from "node:zlib";

const [cert, key] = process.argv.slice(2);
const { MAX_CONNECTION_AGE_MS: age, PORT = "0" } = process.env;

function frameOf(bytes: Buffer, gzip: boolean): Buffer {
  const body = gzip ? gzipSync(bytes) : bytes;
  const header = Buffer.alloc(5);
  header[0] = gzip ? 1 : 0;
  header.writeUInt32BE(body.length, 1);
  return Buffer.concat([header, body]);
}

/** The fields whose names begin so. */
function only(headers: IncomingHttpHeaders, prefix: string): OutgoingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name.startsWith(prefix)));
}

function serve(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): void {
  // A client that cancels resets the stream.
  stream.on("error", () => undefined);
  const path = headers[":path"];
  const code = headers["x-code"];
  const gzip = headers["x-compress"] !== undefined;
  if (headers["x-hang"] !== undefined) return;
  stream.respond(
    {
      ":status": 200,
      "content-type": "application/grpc",
      ...(gzip ? { "grpc-encoding": "gzip" } : {}),
      ...only(headers, "x-echo-header"),
    },
    { waitForTrailers: true },
  );
  const message = Buffer.from(String(headers["x-message-bin"] ?? ""), "base64").toString();
  stream.on("wantTrailers", () =>
    stream.sendTrailers({
      "grpc-status": code ?? "0",
      ...(code === undefined ? {} : { "grpc-message": encodeURIComponent(message) }),
      ...only(headers, "x-echo-trailer"),
    }),
  );
  if (path === "/grpc.health.v1.Health/Watch") {
    stream.write(frameOf(Buffer.from("0801", "hex"), false));
    return;
  }
  let rest = Buffer.alloc(0);
  stream.on("data", (chunk: Buffer) => {
    rest = Buffer.concat([rest, chunk]);
    while (rest.length >= 5 && rest.length >= 5 + rest.readUInt32BE(1)) {
      const end = 5 + rest.readUInt32BE(1);
      const body = rest[0] === 1 ? gunzipSync(rest.subarray(5, end)) : rest.subarray(5, end);
      rest = rest.subarray(end);
      if (path === "/test.Echo/Unary" && code !== undefined) continue;
      if (!stream.write(frameOf(body, gzip))) {
        stream.pause();
        stream.once("drain", () => stream.resume());
      }
    }
  });
  stream.on("end", () => stream.end());
}

const server =
  cert === undefined || key === undefined
    ? createServer()
    : createSecureServer({ cert: readFileSync(cert), key: readFileSync(key) });
server.on("stream", serve);
server.on("session", (session: ServerHttp2Session) => {
  session.on("error", () => undefined);
  // GOAWAY, then the end once its streams have ended.
  if (age !== undefined) setTimeout(() => session.close(), Number(age)).unref();
});
server.listen(Number(PORT), "127.0.0.1", () => {
  process.stdout.write(`listening on ${(server.address() as AddressInfo).port}\n`);
});
process.stdin.on("end", () => process.exit()).resume();
