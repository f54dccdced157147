import { Server, ServerCredentials } from "@grpc/grpc-js";
import { HealthImplementation, type ServingStatusMap } from "grpc-health-check";
import { afterEach, describe, expect, it } from "vitest";
import { type Health, type HealthWatch, type Upstream, watchHealth } from "../../src/upstream/index.js";
import { eventually, transports, upstreamTo } from "./support/client.js";
import { startService } from "./support/service.js";

describe.each(transports)("the health of an upstream on %s", (transport) => {
  const upstreams: Upstream[] = [];
  const servers: Server[] = [];
  const watches: HealthWatch[] = [];

  afterEach(async () => {
    for (const watch of watches.splice(0)) watch.stop();
    await Promise.all(upstreams.splice(0).map((upstream) => upstream.close(0)));
    for (const server of servers.splice(0)) server.forceShutdown();
  });

  async function start(
    statuses: ServingStatusMap,
    port = 0,
  ): Promise<{ health: HealthImplementation; server: Server; port: number }> {
    const server = new Server();
    servers.push(server);
    const health = new HealthImplementation(statuses);
    health.addToServer(server);
    const bound = await new Promise<number>((resolve, reject) => {
      server.bindAsync(`127.0.0.1:${port}`, ServerCredentials.createInsecure(), (error, at) =>
        error === null ? resolve(at) : reject(error),
      );
    });
    return { health, server, port: bound };
  }

  async function watch(target: string, service: string): Promise<Health[]> {
    const upstream = await upstreamTo(target, transport);
    upstreams.push(upstream);
    const told: Health[] = [];
    watches.push(watchHealth(upstream, service, (health) => told.push(health)));
    return told;
  }

  it("follows what the upstream's health service says, over its restart too", async () => {
    const { health, server, port } = await start({ "": "SERVING", "shop.v1.Orders": "NOT_SERVING" });
    const whole = await watch(`127.0.0.1:${port}`, "");
    const orders = await watch(`127.0.0.1:${port}`, "shop.v1.Orders");
    const other = await watch(`127.0.0.1:${port}`, "shop.v1.Nothing");
    await eventually(() => whole.length === 1 && orders.length === 1 && other.length === 1, "each is told");
    health.setStatus("shop.v1.Orders", "SERVING");
    await eventually(() => orders.length === 2, "a change is told");
    server.forceShutdown();
    await eventually(() => whole.length === 2 && orders.length === 3 && other.length === 2, "the loss is told");
    await start({ "": "NOT_SERVING" }, port);
    await eventually(() => whole.length === 3, "the successor is watched");
    expect({ whole, orders: orders.slice(0, 3), other: other.slice(0, 2) }).toEqual({
      whole: ["serving", "unknown", "not_serving"],
      orders: ["not_serving", "serving", "unknown"],
      other: ["service_unknown", "unknown"],
    });
  });

  it("is not watched where there is no health service", async () => {
    const service = await startService();
    const told = await watch(service.target, "");
    await eventually(() => told.length === 1, "it is told");
    expect(told).toEqual(["unwatched"]);
    await Promise.all(upstreams.splice(0).map((upstream) => upstream.close(0)));
    await service.stop();
  });
});
