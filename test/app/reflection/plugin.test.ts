import { fastify } from "fastify";
import { afterEach, describe, expect, it } from "vitest";
import { portico } from "../../../src/app/index.js";
import { closedPort } from "../../support/closed-port.js";
import { type ReflectingServer, startReflectingServer } from "../../support/reflecting-server.js";
import { item, tellingShop } from "./support.js";

describe("the plugin before an upstream that tells its schema", () => {
  const ends: (() => unknown)[] = [];
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
  });

  async function serve(rules: readonly string[], port = 0): Promise<ReflectingServer> {
    const paths = rules.map((_rule, i) => `/shop.Shop/Get${i}`);
    const server = await startReflectingServer(tellingShop({ rules }), { paths, unary: () => item("a", "b") }, port);
    ends.push(() => server.kill());
    return server;
  }

  async function start(target: string) {
    const app = fastify();
    app.get("/own", async () => "own");
    app.setNotFoundHandler((_request, reply) => reply.code(404).send("the app's"));
    await app.register(portico, {
      prefix: "/api",
      config: {
        schema: { reflection: ["shop"], reflectionRefresh: "20ms" },
        upstreams: { shop: { target } },
        openapi: { ui: false },
      },
    });
    const url = await app.listen({ port: 0, host: "127.0.0.1" });
    ends.push(() => app.close());
    const ask = async (method: string, path: string): Promise<[number, string]> => {
      const reply = await fetch(`${url}${path}`, { method });
      return [reply.status, await reply.text()];
    };
    return { app, ask };
  }

  const found: [number, string] = [200, '{"name":"a","note":"b"}'];

  it("serves what it tells under the prefix, later rules with other methods too, and stops with the app", async () => {
    const server = await serve(["GET /shop/{name}"]);
    const { app, ask } = await start(server.address);
    expect(await ask("GET", "/api/shop/a")).toEqual(found);
    server.tell(tellingShop({ rules: ["PURGE /shop/{name}"] }));
    await expect.poll(() => ask("PURGE", "/api/shop/a")).toEqual(found);
    expect((await ask("GET", "/api/openapi.json"))[1]).toContain("/shop/{name}");
    expect(await ask("GET", "/own")).toEqual([200, "own"]);
    await app.close();
    const after = server.asked.length;
    // Someone else's questions take longer than many of the intervals that there would be.
    const other = await start((await serve(["GET /shop/{name}"])).address);
    expect(await other.ask("GET", "/api/shop/a")).toEqual(found);
    expect(server.asked.length).toBe(after);
  });

  it("leaves paths to the app while the upstream is down, and serves them when it is there", async () => {
    const port = await closedPort();
    const { ask } = await start(`127.0.0.1:${port}`);
    expect(await ask("GET", "/api/shop/a")).toEqual([404, "the app's"]);
    await serve(["GET /shop/{name}"], port);
    await expect.poll(() => ask("GET", "/api/shop/a"), { timeout: 5000 }).toEqual(found);
  });
});
