/** What people write today: Fastify, grpc-js and proto-loader's objects. */
import type { AddressInfo } from "node:net";
import { credentials, loadPackageDefinition, type ServiceClientConstructor } from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";
import { fastify } from "fastify";
import { getProtoPath } from "google-proto-files";
import { reportReady } from "../../support/child.js";

const definition = loadSync("portico/examples/v1/users.proto", {
  includeDirs: ["proto", getProtoPath("..")],
  longs: String,
  enums: String,
  defaults: false,
});
const service = loadPackageDefinition(definition) as unknown as {
  portico: { examples: { v1: { UserService: ServiceClientConstructor } } };
};
const client = new service.portico.examples.v1.UserService(
  `127.0.0.1:${process.argv[2]}`,
  credentials.createInsecure(),
);

const app = fastify();
app.get<{ Params: { user: string } }>("/v1/users/:user", (request, reply) => {
  client["GetUser"]?.({ name: `users/${request.params.user}` }, (error: Error | null, message: unknown) => {
    reply.code(error === null ? 200 : 500).send(error === null ? message : { message: error.message });
  });
});
app.post("/v1/users", (request, reply) => {
  client["CreateUser"]?.({ user: request.body }, (error: Error | null, message: unknown) => {
    reply.code(error === null ? 200 : 500).send(error === null ? message : { message: error.message });
  });
});
await app.listen({ host: "127.0.0.1", port: 0 });
reportReady((app.server.address() as AddressInfo).port);
