/** The same over node:http2, as people write who have measured grpc-js. Argument: the upstream's port. */
import { type ClientHttp2Stream, connect } from "node:http2";
import type { MethodDefinition } from "@grpc/grpc-js";
import { service } from "../answers.js";
import { loadDefinition } from "../naive/definition.js";
import { serveNaively } from "../naive/serve.js";

const PREFIX = 5;

const methods = loadDefinition()[service] as Record<string, MethodDefinition<object, object>>;
const session = connect(`http://127.0.0.1:${process.argv[2]}`);

function methodOf(name: string): MethodDefinition<object, object> {
  const method = methods[name];
  if (method === undefined) throw new Error(`${service} has no ${name}`);
  return method;
}

function open({ path, requestSerialize }: MethodDefinition<object, object>, request: object): ClientHttp2Stream {
  const stream = session.request({
    ":method": "POST",
    ":path": path,
    "content-type": "application/grpc",
    te: "trailers",
  });
  const message = requestSerialize(request);
  const prefix = Buffer.alloc(PREFIX);
  prefix.writeUInt32BE(message.length, 1);
  stream.end(Buffer.concat([prefix, message]));
  return stream;
}

/** Cuts messages out of chunks; what `message` returns says whether to go on at once. */
function readMessages(stream: ClientHttp2Stream, message: (bytes: Buffer) => boolean, end: (e: Error | null) => void) {
  let rest: Buffer = Buffer.alloc(0);
  let status = "";
  stream.on("trailers", (trailers) => {
    status = String(trailers["grpc-status"]);
  });
  stream.on("data", (chunk: Buffer) => {
    const data = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let at = 0;
    while (data.length - at >= PREFIX) {
      const to = at + PREFIX + data.readUInt32BE(at + 1);
      if (to > data.length) break;
      if (!message(data.subarray(at + PREFIX, to))) stream.pause();
      at = to;
    }
    rest = data.subarray(at);
  });
  stream.on("error", end);
  stream.on("end", () => end(status === "0" ? null : new Error(`grpc-status ${status}`)));
}

await serveNaively({
  unary(name, request, done) {
    const method = methodOf(name);
    let reply: object | undefined;
    readMessages(
      open(method, request),
      (bytes) => {
        reply = method.responseDeserialize(bytes);
        return true;
      },
      (error) => done(error, reply),
    );
  },
  stream(name, request, { message, end }) {
    const method = methodOf(name);
    const stream = open(method, request);
    readMessages(stream, (bytes) => message(method.responseDeserialize(bytes)), end);
    return stream;
  },
});
