/**
 * A grpc-js server for test:interop: the byte echo that test/interop asks for, without generated code.
 *
 * It prints "listening on PORT" and serves until its standard input ends. With two arguments, the PEM files of a certificate
 * and its key, it speaks TLS. In the environment MAX_CONNECTION_AGE_MS ends connections at that age, and PORT is the port,
 * any free one without it. REFLECTED_SET is a descriptor set whose services @grpc/reflection tells of.
 */
import { readFileSync } from "node:fs";
import {
  compressionAlgorithms,
  Metadata,
  type MethodDefinition,
  Server,
  ServerCredentials,
  type ServerDuplexStream,
} from "@grpc/grpc-js";
import { loadFileDescriptorSetFromBuffer } from "@grpc/proto-loader";
import { ReflectionService } from "@grpc/reflection";

const [cert, key] = process.argv.slice(2);
const { MAX_CONNECTION_AGE_MS: age, PORT = "0", REFLECTED_SET: set } = process.env;
const same = (bytes: Buffer): Buffer => bytes;

function method(path: string): MethodDefinition<Buffer, Buffer> {
  return {
    path,
    requestStream: true,
    responseStream: true,
    requestSerialize: same,
    requestDeserialize: same,
    responseSerialize: same,
    responseDeserialize: same,
  };
}

/** The entries whose names begin so. */
function only(metadata: Metadata, prefix: string): Metadata {
  const out = new Metadata();
  for (const name of Object.keys(metadata.toJSON())) {
    if (name.startsWith(prefix)) for (const value of metadata.get(name)) out.add(name, value);
  }
  return out;
}

function serve(call: ServerDuplexStream<Buffer, Buffer>, unary: boolean): void {
  const { metadata } = call;
  const header = only(metadata, "x-echo-header");
  const trailer = only(metadata, "x-echo-trailer");
  const [code] = metadata.get("x-code");
  if (metadata.get("x-hang").length > 0) return;
  if (Object.keys(header.toJSON()).length > 0) call.sendMetadata(header);
  call.on("data", (bytes: Buffer) => {
    if (!(unary && code !== undefined) && !call.write(bytes)) {
      call.pause();
      call.once("drain", () => call.resume());
    }
  });
  call.on("end", () => {
    if (code === undefined) call.end(trailer);
    else {
      const details = Buffer.concat(metadata.get("x-message-bin").map((part) => Buffer.from(part))).toString();
      call.emit("error", { code: Number(code), details, metadata: trailer });
    }
  });
}

const server = new Server({
  "grpc.max_receive_message_length": 64 << 20,
  "grpc.default_compression_algorithm": compressionAlgorithms.gzip,
  ...(age === undefined ? {} : { "grpc.max_connection_age_ms": Number(age) }),
});
server.addService(
  { unary: method("/test.Echo/Unary"), stream: method("/test.Echo/Stream") },
  {
    unary: (call: ServerDuplexStream<Buffer, Buffer>) => serve(call, true),
    stream: (call: ServerDuplexStream<Buffer, Buffer>) => serve(call, false),
  },
);
server.addService(
  { watch: method("/grpc.health.v1.Health/Watch") },
  // HealthCheckResponse { status: SERVING }, then nothing more: it does not change.
  { watch: (call: ServerDuplexStream<Buffer, Buffer>) => call.resume().write(Buffer.from("0801", "hex")) },
);
if (set !== undefined) new ReflectionService(loadFileDescriptorSetFromBuffer(readFileSync(set))).addToServer(server);
const credentials =
  cert === undefined || key === undefined
    ? ServerCredentials.createInsecure()
    : ServerCredentials.createSsl(null, [{ private_key: readFileSync(key), cert_chain: readFileSync(cert) }]);
server.bindAsync(`127.0.0.1:${PORT}`, credentials, (error, port) => {
  if (error !== null) throw error;
  process.stdout.write(`listening on ${port}\n`);
});
process.stdin.on("end", () => process.exit()).resume();
