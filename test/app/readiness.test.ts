import { createServer } from "node:http2";
import type { AddressInfo } from "node:net";
import { Server, ServerCredentials, type ServerInterceptor } from "@grpc/grpc-js";
import { HealthImplementation, type ServingStatusMap } from "grpc-health-check";
import { afterEach, describe, expect, it } from "vitest";
import { type ConfigInput, createGateway, type Gateway, type ReadyState, resolveConfig } from "../../src/app/index.js";
import { closedPort } from "../support/closed-port.js";
import { demandMetadata } from "../support/demand-metadata.js";
import { projectRoot } from "../support/project-root.js";

describe.each(["http2", "grpc-js"] as const)("whether a gateway is ready, over %s", (transport) => {
  const gateways: Gateway[] = [];
  const servers: Server[] = [];

  afterEach(async () => {
    await Promise.all(gateways.splice(0).map((gateway) => gateway.close(0)));
    for (const server of servers.splice(0)) server.forceShutdown();
  });

  /** A server with grpc.health.v1; without, where there are no statuses. */
  async function serve(
    statuses: ServingStatusMap | null,
    port = 0,
    interceptors: readonly ServerInterceptor[] = [],
  ): Promise<{ health: HealthImplementation; port: number }> {
    const server = new Server({ interceptors: [...interceptors] });
    servers.push(server);
    const health = new HealthImplementation(statuses ?? {});
    if (statuses !== null) health.addToServer(server);
    const bound = await new Promise<number>((resolve, reject) => {
      server.bindAsync(`127.0.0.1:${port}`, ServerCredentials.createInsecure(), (error, actual) =>
        error === null ? resolve(actual) : reject(error),
      );
    });
    return { health, port: bound };
  }

  async function start(
    ports: Readonly<Record<string, number>>,
    readiness: "gateway" | "upstreams",
    more: NonNullable<ConfigInput["upstreams"]>[string] | object = {},
  ): Promise<Gateway> {
    const upstreams: NonNullable<ConfigInput["upstreams"]> = Object.fromEntries(
      Object.entries(ports).map(([name, port]) => [
        name,
        { target: `127.0.0.1:${port}`, transport, services: [`${name}.*`], maxOpenCalls: 1, ...more },
      ]),
    );
    const config = resolveConfig(
      { server: { port: 0 }, openapi: { enabled: false }, admin: { readiness }, upstreams },
      projectRoot,
    );
    const gateway = await createGateway(config, { access: null, failure: () => undefined });
    gateways.push(gateway);
    await gateway.listen();
    return gateway;
  }

  const ready = (failing: readonly string[], notServing: readonly string[]): ReadyState => ({
    kind: "ready",
    failing,
    notServing,
    withoutSchema: [],
  });

  it("follows what the upstreams say of themselves", async () => {
    const users = await serve({ "": "SERVING" });
    const orders = await serve({ "": "NOT_SERVING" });
    const gateway = await start({ users: users.port, orders: orders.port }, "upstreams");
    await expect.poll(() => gateway.ready()).toEqual(ready([], ["orders"]));
    users.health.setStatus("", "NOT_SERVING");
    await expect.poll(() => gateway.ready()).toEqual(ready([], ["users", "orders"]));
    users.health.setStatus("", "SERVING");
    orders.health.setStatus("", "SERVING");
    await expect.poll(() => gateway.ready()).toEqual(ready([], []));
  });

  it("goes by the connections of upstreams without a health service, or that do not know themselves by it", async () => {
    const plain = await serve(null);
    const named = await serve({ "some.v1.Service": "NOT_SERVING" });
    const gateway = await start({ plain: plain.port, named: named.port, gone: await closedPort() }, "upstreams");
    await expect.poll(() => gateway.ready()).toEqual(ready(["gone"], []));
  });

  it("asks with the metadata that an upstream demands of it", async () => {
    const admits = demandMetadata((metadata) => metadata.get("authorization")[0] === "Bearer abc");
    const { port } = await serve({ "": "NOT_SERVING" }, 0, [admits]);
    const gateway = await start({ users: port }, "upstreams", {
      ownMetadata: { authorization: { value: "Bearer abc" } },
    });
    await expect.poll(() => gateway.ready()).toEqual(ready([], ["users"]));
  });

  it("forgets what an upstream said once it is gone, and asks its successor", async () => {
    const { port } = await serve({ "": "NOT_SERVING" });
    const gateway = await start({ users: port }, "upstreams");
    await expect.poll(() => gateway.ready()).toEqual(ready([], ["users"]));
    for (const server of servers.splice(0)) server.forceShutdown();
    await expect.poll(() => gateway.ready()).toEqual(ready(["users"], []));
    const successor = await serve({ "": "SERVING" }, port);
    await expect.poll(() => gateway.ready(), { timeout: 5000 }).toEqual(ready([], []));
    // Until the watch is open again the connection alone speaks for the successor.
    successor.health.setStatus("", "NOT_SERVING");
    await expect.poll(() => gateway.ready(), { timeout: 8000 }).toEqual(ready([], ["users"]));
  });

  it.each([
    ["gateway", []],
    ["upstreams", ["/grpc.health.v1.Health/Watch"]],
  ] as const)(
    "asks upstreams of their health where they count alone: readiness %s makes the calls %j",
    async (readiness, calls) => {
      const paths: unknown[] = [];
      const server = createServer();
      server.on("stream", (stream, headers) => {
        paths.push(headers[":path"]);
        stream.on("error", () => undefined);
      });
      // Its answer comes after whatever the gateway sends as soon as it is connected.
      const answered = new Promise((resolve) => server.on("session", (session) => session.ping(resolve)));
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      const gateway = await start({ users: (server.address() as AddressInfo).port }, readiness);
      await answered;
      await expect.poll(() => paths).toEqual(calls);
      await gateway.close(0);
      await new Promise((resolve) => server.close(resolve));
    },
  );
});
