/** Fastify with a fixed reply and no upstream: the limit. */
import type { AddressInfo } from "node:net";
import { fastify } from "fastify";
import { reportReady } from "../../support/child.js";
import { user } from "../user.js";

const app = fastify();
const body = Buffer.from(JSON.stringify(user));
app.get("/v2/users/:user", (_request, reply) => {
  reply.header("content-type", "application/json").send(body);
});
await app.listen({ host: "127.0.0.1", port: 0 });
reportReady((app.server.address() as AddressInfo).port);
