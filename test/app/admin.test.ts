import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { type AdminServer, healthPages, startAdminServer } from "../../src/app/admin/index.js";
import { type GatewayConfig, parseConfig } from "../../src/app/config/index.js";
import type { ReadyState } from "../../src/app/gateway.js";
import { FaultsError } from "../../src/core/index.js";

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

const configOf = (admin: string): GatewayConfig => parseConfig(`admin: { ${admin} }`, "gateway.config.yaml", {});

async function start(state: () => ReadyState, admin = ""): Promise<AdminServer> {
  const config = configOf(`port: 0, ${admin}`);
  const server = await startAdminServer(config, healthPages(config.admin.readiness, state));
  closers.push(() => server.close());
  return server;
}

async function get(url: string, method = "GET"): Promise<unknown> {
  const response = await fetch(url, { method });
  const text = await response.text();
  const { status, headers } = response;
  return { status, type: headers.get("content-type"), allow: headers.get("allow"), json: text && JSON.parse(text) };
}

const json = (status: number, body: unknown, allow: string | null = null) => ({
  status,
  type: "application/json",
  allow,
  json: body,
});

describe("the admin port", () => {
  test("is live and ready, read or only asked for, query or none", async () => {
    const { address } = await start(() => ({ kind: "ready", failing: [], notServing: [], withoutSchema: [] }));
    expect(address).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(await get(`${address}/livez`)).toEqual(json(200, { status: "live" }));
    expect(await get(`${address}/readyz?verbose`)).toEqual(json(200, { status: "ready" }));
    expect(await get(`${address}/readyz`, "HEAD")).toEqual(json(200, ""));
  });

  test.each<{ title: string; state: ReadyState; rule: string; status: number; body: unknown }>([
    {
      title: "not while it starts",
      state: { kind: "starting" },
      rule: "gateway",
      status: 503,
      body: { status: "not ready", reasons: ["the gateway is starting"] },
    },
    {
      title: "not while it drains",
      state: { kind: "draining" },
      rule: "gateway",
      status: 503,
      body: { status: "not ready", reasons: ["the gateway is draining"] },
    },
    {
      title: "with a warning while an upstream fails",
      state: { kind: "ready", failing: ["users", "orders"], notServing: [], withoutSchema: ["orders"] },
      rule: "gateway",
      status: 200,
      body: {
        status: "ready",
        warnings: [
          "upstream users is failing",
          "upstream orders is failing",
          "upstream orders has not told its schema",
        ],
      },
    },
    {
      title: "not while upstreams fail or do not serve, where upstreams count",
      state: { kind: "ready", failing: ["users"], notServing: ["orders"], withoutSchema: [] },
      rule: "upstreams",
      status: 503,
      body: {
        status: "not ready",
        reasons: ["upstream users is failing", "upstream orders says that it is not serving"],
      },
    },
    {
      title: "not while the schema of an upstream is not known, where upstreams count",
      state: { kind: "ready", failing: [], notServing: [], withoutSchema: ["users"] },
      rule: "upstreams",
      status: 503,
      body: { status: "not ready", reasons: ["upstream users has not told its schema"] },
    },
    {
      title: "while none fails, where upstreams count",
      state: { kind: "ready", failing: [], notServing: [], withoutSchema: [] },
      rule: "upstreams",
      status: 200,
      body: { status: "ready" },
    },
  ])("is ready $title", async ({ state, rule, status, body }) => {
    const { address } = await start(() => state, `readiness: ${rule}`);
    expect(await get(`${address}/readyz`)).toEqual(json(status, body));
    expect(await get(`${address}/livez`)).toEqual(json(200, { status: "live" }));
  });

  test("has no other pages, and nothing to write to", async () => {
    const { address } = await start(() => ({ kind: "ready", failing: [], notServing: [], withoutSchema: [] }));
    const none = json(404, { error: "no such page; the admin port has /livez, /readyz" });
    expect(await get(`${address}/`)).toEqual(none);
    expect(await get(`${address}/__proto__`)).toEqual(none);
    expect(await get(`${address}/livez/`)).toEqual(none);
    expect(await get(`${address}/livez`, "POST")).toEqual(
      json(405, { error: "the pages of the admin port are only read" }, "GET, HEAD"),
    );
  });

  test("closes though a client keeps its connection", async () => {
    const server = await start(() => ({ kind: "starting" }));
    await get(`${server.address}/livez`);
    await server.close();
    await expect(fetch(`${server.address}/livez`)).rejects.toThrow("fetch failed");
  });

  test("says whose port it could not have", async () => {
    const other: Server = createServer();
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    closers.push(() => new Promise((resolve) => other.close(resolve)));
    const { port } = other.address() as AddressInfo;
    await expect(startAdminServer(configOf(`port: ${port}`), {})).rejects.toEqual(
      new FaultsError([
        {
          file: "gateway.config.yaml",
          line: null,
          column: null,
          subject: "admin.port",
          message: `cannot listen on 127.0.0.1:${port}: another process has it`,
        },
      ]),
    );
  });

  test("says why it could not be bound", async () => {
    // RFC 5737: an address for documentation, which no machine has.
    await expect(startAdminServer(configOf("host: 192.0.2.1, port: 0"), {})).rejects.toMatchObject({
      faults: [{ subject: "admin.port", message: "cannot listen on 192.0.2.1:0: this machine has no such address" }],
    });
  });
});
