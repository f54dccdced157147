/** The fast gRPC server behind every server of the bench: what it costs is not what is measured. */
import { type AddressInfo, createServer } from "node:net";
import { reportReady } from "../../support/child.js";
import { createAnswers } from "../answers.js";
import { serveConnection } from "../upstream/serve-connection.js";

const PREFIX = 5;

const answers = new Map(
  [...createAnswers()].map(([path, answer]) => {
    const message = Buffer.alloc(PREFIX + answer.message.length);
    message.writeUInt32BE(answer.message.length, 1);
    message.set(answer.message, PREFIX);
    return [path, { ...answer, message }];
  }),
);
const server = createServer({ noDelay: true }, (socket) => serveConnection(socket, answers));
server.listen(0, "127.0.0.1", () => reportReady((server.address() as AddressInfo).port));
