/** What people write today: Fastify, grpc-js and proto-loader's objects. Argument: the upstream's port. */
import {
  type ClientReadableStream,
  credentials,
  loadPackageDefinition,
  type ServiceClientConstructor,
} from "@grpc/grpc-js";
import { loadDefinition } from "../naive/definition.js";
import { serveNaively } from "../naive/serve.js";

const { portico } = loadPackageDefinition(loadDefinition()) as unknown as {
  portico: { bench: { v1: { DirectoryService: ServiceClientConstructor } } };
};
const client = new portico.bench.v1.DirectoryService(`127.0.0.1:${process.argv[2]}`, credentials.createInsecure());

await serveNaively({
  unary: (method, request, done) => client[method]?.(request, done),
  stream(method, request, { message, end }) {
    const call: ClientReadableStream<object> = client[method]?.(request);
    call.on("data", (reply: object) => {
      if (!message(reply)) call.pause();
    });
    call.on("end", () => end(null)).on("error", end);
    return call;
  },
});
