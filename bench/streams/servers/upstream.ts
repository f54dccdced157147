/** A gRPC server that answers every call with one message many times over. Arguments: the message, how many. */
import { readFileSync } from "node:fs";
import { createServer, type ServerHttp2Stream } from "node:http2";
import type { AddressInfo } from "node:net";
import { reportReady } from "../../support/child.js";

const message = readFileSync(process.argv[2] ?? "");
const count = Number(process.argv[3]);
const frame = Buffer.concat([Buffer.from([0, 0, 0, 0, 0]), message]);
frame.writeUInt32BE(message.length, 1);

/** Messages in one write: the upstream must not be what is measured. */
const BATCH = 64;
const batch = Buffer.concat(Array.from({ length: BATCH }, () => frame));

function send(stream: ServerHttp2Stream): void {
  let left = count;
  const more = (): void => {
    while (left > 0) {
      const amount = Math.min(left, BATCH);
      left -= amount;
      if (!stream.write(amount === BATCH ? batch : batch.subarray(0, amount * frame.length))) {
        stream.once("drain", more);
        return;
      }
    }
    stream.end();
  };
  more();
}

const server = createServer();
server.on("stream", (stream) => {
  stream.on("error", () => stream.close());
  stream.on("end", () => {
    stream.respond({ ":status": 200, "content-type": "application/grpc" }, { waitForTrailers: true });
    stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
    send(stream);
  });
  stream.resume();
});
server.listen(0, "127.0.0.1", () => reportReady((server.address() as AddressInfo).port));
