/** A gRPC server that answers every call with one message and then keeps quiet. Argument: the message. */
import { readFileSync } from "node:fs";
import { createServer } from "node:http2";
import type { AddressInfo } from "node:net";
import { reportReady } from "../../support/child.js";

const message = readFileSync(process.argv[2] ?? "");
const frame = Buffer.concat([Buffer.from([0, 0, 0, 0, 0]), message]);
frame.writeUInt32BE(message.length, 1);

const server = createServer();
server.on("stream", (stream) => {
  stream.on("error", () => stream.close());
  stream.respond({ ":status": 200, "content-type": "application/grpc" });
  stream.write(frame);
  stream.resume();
});
server.listen(0, "127.0.0.1", () => reportReady((server.address() as AddressInfo).port));
