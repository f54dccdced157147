import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Metadata, ServerCredentials } from "@grpc/grpc-js";
import { afterEach, describe, expect, it } from "vitest";
import type { ConfigInput } from "../../../src/app/index.js";
import { closedPort } from "../../support/closed-port.js";
import {
  type AnswerReflection,
  bareFile,
  filesAnswer,
  type ReflectingServer,
  type ReflectingServerOptions,
  servicesAnswer,
  startReflectingServer,
} from "../../support/reflecting-server.js";
import { type Followed, failureWith, handshake, item, type Line, startFollowing, tellingShop } from "./support.js";

const get = { paths: ["/shop.Shop/Get0", "/shop.Shop/Get1"], unary: () => item("a", "b") };
const rule = (path: string): { readonly rules: readonly string[] } => ({ rules: [`GET ${path}`] });

describe.each(["http2", "grpc-js"] as const)("a gateway whose upstream tells its schema, over %s", (transport) => {
  const gateways: Followed[] = [];
  const servers: ReflectingServer[] = [];

  afterEach(async () => {
    await Promise.all(gateways.splice(0).map(({ gateway }) => gateway.close(0)));
    for (const server of servers.splice(0)) server.kill();
  });

  async function serve(
    answer: AnswerReflection,
    options: ReflectingServerOptions = get,
    port = 0,
  ): Promise<ReflectingServer> {
    const server = await startReflectingServer(answer, options, port);
    servers.push(server);
    return server;
  }

  async function start(ports: Readonly<Record<string, number>>, config: ConfigInput = {}): Promise<Followed> {
    const upstreams = Object.fromEntries(
      Object.entries(ports).map(([name, port]) => [name, { target: `127.0.0.1:${port}`, transport }]),
    );
    const schema = { reflection: Object.keys(ports), reflectionRefresh: "none", ...config.schema };
    const followed = await startFollowing({ openapi: { ui: false }, ...config, schema, upstreams });
    gateways.push(followed);
    return followed;
  }

  const of = (lines: readonly Line[], pattern: RegExp): string[] =>
    lines.filter(({ message }) => pattern.test(message)).map(({ level, message }) => `${level} ${message}`);

  it("serves what the upstream tells, from the first request on", async () => {
    const { port } = await serve(tellingShop(rule("/shop/{name}")));
    const { get: ask, gateway, lines } = await start({ shop: port });
    expect(await ask("/shop/a")).toMatchObject({ status: 200, body: { name: "a", note: "b" } });
    expect(await ask("/other")).toMatchObject({ status: 404, body: { code: 5 } });
    const { body } = await ask("/openapi.json");
    expect(Object.keys((body as { paths: object }).paths)).toEqual(["/shop/{name}"]);
    expect(gateway.ready()).toEqual({ kind: "ready", failing: [], notServing: [], withoutSchema: [] });
    expect(of(lines, /schema/)).toEqual(["info upstream shop has told its schema, and 1 route of it is served"]);
  });

  it("asks over TLS where the upstream has it, and goes on with what it knows when the files are no more", async () => {
    const folder = mkdtempSync(join(tmpdir(), "portico-reflection-"));
    const ca = join(folder, "ca.pem");
    copyFileSync("test/upstream/certs/ca-cert.pem", ca);
    const [key, cert] = ["key", "cert"].map((name) => readFileSync(`test/upstream/certs/server-${name}.pem`));
    const credentials = ServerCredentials.createSsl(null, [{ private_key: key as Buffer, cert_chain: cert as Buffer }]);
    const { port } = await serve(tellingShop(rule("/shop/{name}")), { ...get, credentials });
    const followed = await startFollowing({
      openapi: { enabled: false },
      schema: { reflection: ["shop"], reflectionRefresh: "20ms" },
      upstreams: { shop: { target: `127.0.0.1:${port}`, transport, tls: { ca } } },
    });
    gateways.push(followed);
    expect((await followed.get("/shop/a")).status).toBe(200);
    rmSync(folder, { recursive: true });
    await expect.poll(() => of(followed.lines, /does not tell its schema: .*ca\.pem/)).toHaveLength(1);
    expect((await followed.get("/shop/a")).status).toBe(200);
  });

  it("is told by servers that demand a token, which may change while it runs, and sends it with no call of a client", async () => {
    const folder = mkdtempSync(join(tmpdir(), "portico-reflection-"));
    const file = join(folder, "token");
    writeFileSync(file, "first\n");
    let token = "first";
    const seen: string[] = [];
    const admits = (metadata: Metadata): boolean => {
      const [given = "none", tenant = "none"] = [...metadata.get("authorization"), ...metadata.get("x-tenant")].map(
        String,
      );
      seen.push(given);
      // Calls of clients have no token here, and are let through.
      return given === "none" || (given === `Bearer ${token}` && tenant === "gateway");
    };
    const versions: ReflectingServerOptions["versions"] = ["v1alpha"];
    const { port } = await serve(tellingShop(rule("/shop/{name}")), { ...get, versions, admits });
    const followed = await startFollowing({
      openapi: { enabled: false },
      schema: { reflection: ["shop"], reflectionRefresh: "20ms" },
      upstreams: {
        shop: {
          target: `127.0.0.1:${port}`,
          transport,
          ownMetadata: { authorization: { file, prefix: "Bearer " }, "x-tenant": { value: "gateway" } },
        },
      },
    });
    gateways.push(followed);
    seen.length = 0;
    expect((await followed.get("/shop/a")).status).toBe(200);
    await expect.poll(() => new Set(seen)).toEqual(new Set(["none", "Bearer first"]));

    token = "second";
    const refused = 'warn upstream shop does not tell its schema: it answered UNAUTHENTICATED: "no token"';
    await expect.poll(() => of(followed.lines, /does not tell/)).toEqual([refused]);
    writeFileSync(file, "second");
    await expect.poll(() => seen.includes("Bearer second"), { timeout: 5000 }).toBe(true);
    rmSync(folder, { recursive: true });
    await expect
      .poll(() => of(followed.lines, /its metadata as it was: metadata authorization: cannot read/))
      .toHaveLength(1);
    seen.length = 0;
    await expect.poll(() => seen.length).toBeGreaterThan(3);
    expect(new Set(seen)).toEqual(new Set(["Bearer second"]));
    expect(of(followed.lines, /metadata/)).toHaveLength(1);
  });

  it("starts while the upstream is down, and has its routes within a second or so of its return", async () => {
    const port = await closedPort();
    const other = await serve(tellingShop({ ...rule("/other/{name}"), package: "other" }), {
      ...get,
      paths: ["/other.Shop/Get0"],
    });
    const { get: ask, gateway, url, lines, failures } = await start({ shop: port, other: other.port });
    expect(await ask("/other/a")).toMatchObject({ status: 200 });
    expect(of(lines, /is not known/)).toEqual([
      "warn the schema of upstream shop is not known: until it is, what no known rule has is answered 503",
    ]);
    const unknown = await ask("/shop/a");
    expect([unknown.status, unknown.headers.get("retry-after"), unknown.body]).toEqual([
      503,
      "1",
      {
        code: 14,
        message: 'the gateway does not know all of its routes yet, and none that it knows has the path "/shop/a"',
        details: [
          { "@type": "type.googleapis.com/google.rpc.ErrorInfo", reason: "GW_ROUTES_UNKNOWN", domain: "portico" },
        ],
      },
    ]);
    expect(await handshake(`${url}/shop/a`)).toBe(503);
    // Neither that another method nor that a stream is there is known to be false.
    expect(await ask("/other/a", {}, "DELETE")).toMatchObject({
      status: 503,
      body: {
        message:
          'the gateway does not know all of its routes yet, and none that it knows has "DELETE" at the path "/other/a"',
      },
    });
    expect(await handshake(`${url}/other/a`)).toBe(503);
    expect(await ask("/other/a", {}, "OPTIONS")).toMatchObject({ status: 204 });
    expect(failures).toEqual([]);
    await expect.poll(() => gateway.ready()).toMatchObject({ failing: ["shop"], withoutSchema: ["shop"] });
    const back = performance.now();
    await serve(tellingShop(rule("/shop/{name}")), get, port);
    await expect.poll(async () => (await ask("/shop/a")).status, { interval: 10, timeout: 5000 }).toBe(200);
    expect(performance.now() - back).toBeLessThan(2000);
    expect((await ask("/unknown")).status).toBe(404);
    expect((await ask("/other/a", {}, "DELETE")).status).toBe(405);
    expect(await handshake(`${url}/other/a`)).toBe(400);
    expect(gateway.ready()).toMatchObject({ failing: [], withoutSchema: [] });
  });

  it("goes on with the schema that it knows while the upstream is gone", async () => {
    const server = await serve(tellingShop(rule("/shop/{name}")));
    const { get: ask, gateway } = await start({ shop: server.port });
    server.kill();
    await expect.poll(() => gateway.ready()).toMatchObject({ failing: ["shop"], withoutSchema: [] });
    expect(await ask("/shop/a")).toMatchObject({
      status: 503,
      body: { message: "the upstream service cannot be reached" },
    });
    expect((await ask("/other")).status).toBe(404);
  });

  it("asks again on an interval, and does nothing while the schema is the same", async () => {
    const server = await serve(tellingShop(rule("/shop/{name}")));
    const followed = await start({ shop: server.port }, { schema: { reflectionRefresh: "20ms" } });
    const lists = (): number => server.asked.filter(({ kind }) => kind === "services").length;
    await expect.poll(lists).toBeGreaterThan(5);
    expect(of(followed.lines, /schema/)).toHaveLength(1);
    server.tell(tellingShop(rule("/v2/{name}")));
    await expect.poll(async () => (await followed.get("/v2/a")).status).toBe(200);
    expect((await followed.get("/shop/a")).status).toBe(404);
    expect(of(followed.lines, /schema/)).toHaveLength(2);
    await followed.gateway.close(0);
    const after = lists();
    // The server answers nobody else: one question more would come within a few intervals.
    const other = await start({ shop: server.port });
    expect(lists()).toBe(after + 1);
    await other.gateway.close(0);
  });

  it("loses no request when the upstream is replaced by others with other schemas, under load", async () => {
    const versions = [1, 2, 3, 4].map((version) => ({
      rules: ["GET /stable/{name}", `GET /v${version}/{name}`],
    }));
    const [first = rule("/"), ...others] = versions;
    const server = await serve(tellingShop(first));
    const { get: ask } = await start({ shop: server.port });
    const statuses: number[] = [];
    let sent = 0;
    let loaded = true;
    const load = Array.from({ length: 8 }, async () => {
      while (loaded) {
        sent++;
        statuses.push((await ask("/stable/a")).status);
      }
    });
    for (const [index, version] of others.entries()) {
      const before = statuses.length;
      server.replace(tellingShop(version));
      await expect.poll(async () => (await ask(`/v${index + 2}/a`)).status, { timeout: 5000 }).toBe(200);
      expect((await ask(`/v${index + 1}/a`)).status).toBe(404);
      await expect.poll(() => statuses.length).toBeGreaterThan(before + 50);
    }
    loaded = false;
    await Promise.all(load);
    expect(statuses.filter((status) => status !== 200)).toEqual([]);
    expect(statuses).toHaveLength(sent);
  });

  it("ends a request by the schema that it began with", async () => {
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    let calls = 0;
    const paths = ["/shop.Shop/Get0"];
    const server = await serve(tellingShop(rule("/shop/{name}")), {
      paths,
      async unary() {
        calls++;
        await held;
        return item("a", "b");
      },
    });
    const { get: ask } = await start({ shop: server.port });
    const old = ask("/shop/a");
    await expect.poll(() => calls).toBe(1);
    server.replace(tellingShop({ ...rule("/shop/{name}"), note: "remark" }), { ...get, paths });
    await expect.poll(async () => (await ask("/shop/a")).body).toEqual({ name: "a", remark: "b" });
    release();
    expect(await old).toMatchObject({ status: 200, body: { name: "a", note: "b" } });
  });

  it("refuses a schema that is faulty, says all that is wrong once, and takes the next good one", async () => {
    const server = await serve(tellingShop(rule("/shop/{name}")));
    const followed = await start({ shop: server.port }, { schema: { reflectionRefresh: "20ms" } });
    const faulty = { rules: ["GET /v2/{nothing}", "GET /v2/{name=}"] };
    server.tell(tellingShop(faulty));
    await expect.poll(() => of(followed.lines, /refused/)).toHaveLength(1);
    const asked = server.asked.length;
    await expect.poll(() => server.asked.length).toBeGreaterThan(asked + 10);
    const warnings = followed.lines.filter(({ level }) => level === "warn");
    expect(warnings.map(({ message }) => message)).toEqual([
      'the schema of upstream shop is refused, the one before stays: shop/shop.proto: shop.Shop.Get0: cannot bind variable nothing (column 6 of "/v2/{nothing}"): shop.Item has no field "nothing" (and 1 more)',
    ]);
    expect(warnings[0]?.fields).toEqual({ upstream: "shop", faults: [expect.any(String), expect.any(String)] });
    expect((await followed.get("/shop/a")).status).toBe(200);
    server.tell(tellingShop(rule("/v3/{name}")));
    await expect.poll(async () => (await followed.get("/v3/a")).status).toBe(200);
    // The same faults again are worth another line: they had been gone.
    server.tell(tellingShop(faulty));
    await expect.poll(() => of(followed.lines, /refused/)).toHaveLength(2);
  });

  it("serves none of what begins faulty, and all of it once it is not", async () => {
    const server = await serve(() => new Uint8Array(0));
    const followed = await start({ shop: server.port }, { schema: { reflectionRefresh: "20ms" } });
    expect(of(followed.lines, /schema/)).toEqual([
      "warn upstream shop does not tell its schema: it was asked for the list of its services and answered something else",
      "warn the schema of upstream shop is not known: until it is, what no known rule has is answered 503",
    ]);
    expect((await followed.get("/shop/a")).status).toBe(503);
    server.tell(tellingShop(rule("/shop/{nothing}")));
    await expect.poll(() => of(followed.lines, /refused, none of it is served/), { timeout: 5000 }).toHaveLength(1);
    expect(followed.gateway.ready()).toMatchObject({ withoutSchema: ["shop"] });
    server.tell(tellingShop(rule("/shop/{name}")));
    await expect.poll(async () => (await followed.get("/shop/a")).status).toBe(200);
  });

  it("lets one upstream's schema fail alone, and tries it again when the other's has changed", async () => {
    const users = await serve(tellingShop({ ...rule("/same/{name}"), package: "users" }), {
      ...get,
      paths: ["/users.Shop/Get0"],
    });
    const shop = await serve(tellingShop(rule("/own/{name}")));
    const followed = await start({ users: users.port, shop: shop.port }, { schema: { reflectionRefresh: "20ms" } });
    shop.tell(tellingShop(rule("/same/{name}")));
    await expect.poll(() => of(followed.lines, /shop is refused, the one before stays/)).toHaveLength(1);
    expect((await followed.get("/own/a")).status).toBe(200);
    users.tell(tellingShop({ ...rule("/users/{name}"), package: "users" }));
    await expect.poll(async () => (await followed.get("/own/a")).status).toBe(404);
    expect((await followed.get("/same/a")).status).toBe(200);
    expect((await followed.get("/users/a")).status).toBe(200);
  });

  it("sends a service that two upstreams list to the one that names it, and to the first where neither does", async () => {
    const [one, two] = ["one", "two"].map((name) => ({ paths: get.paths, unary: () => item(name, "b") }));
    const first = await serve(tellingShop(rule("/shop/{name}")), one);
    const second = await serve(tellingShop(rule("/shop/{name}")), two);
    const config: ConfigInput = { openapi: { ui: false }, schema: { reflection: ["a", "b"] } };
    const a = { target: first.address, transport };
    const b = { target: second.address, transport };
    const named = await startFollowing({ ...config, upstreams: { a, b: { ...b, services: ["shop.*"] } } });
    gateways.push(named);
    expect((await named.get("/shop/x")).body).toEqual({ name: "two", note: "b" });
    const neither = await startFollowing({ ...config, upstreams: { a, b } });
    gateways.push(neither);
    expect(of(neither.lines, /refused/)).toEqual([
      expect.stringMatching(
        /^warn the schema of upstream [ab] is refused, none of it is served: shop\.Shop: the upstreams a and b both list this service: name it in `services` of one of them$/,
      ),
    ]);
  });

  it("has everything of the new schema: document, tag, streams over WebSocket, details of errors, repeatable methods", async () => {
    let failures = 0;
    const detail = { "@type": "type.googleapis.com/shop.Detail", why: "sold out" };
    const unary: NonNullable<ReflectingServerOptions["unary"]> = (path) => {
      if (path.endsWith("Get0")) return failureWith("shop.Detail", Buffer.from("\x0a\x08sold out"));
      failures++;
      return failures % 2 === 1 ? { ...failureWith("shop.Detail", new Uint8Array(0)), code: 14 } : item("a", "b");
    };
    const first = { rules: ["GET /shop/{name}", "POST /again/{name}"] };
    const server = await serve(tellingShop(first), { ...get, unary });
    const shop = { target: server.address, transport, retry: { backoff: "1ms" } };
    const followed = await startFollowing({
      schema: { reflection: ["shop"], reflectionRefresh: "20ms" },
      upstreams: { shop },
      openapi: { ui: false },
    });
    gateways.push(followed);
    const tag = String((await followed.get("/openapi.json")).headers.get("etag"));
    const details = async (): Promise<unknown> =>
      ((await followed.get("/shop/a")).body as { details: unknown }).details;
    expect(await details()).not.toContainEqual(detail);
    const again = async (): Promise<number> => (await fetch(`${followed.url}/again/a`, { method: "POST" })).status;
    expect([await again(), failures]).toEqual([503, 1]);
    failures = 0;
    expect(await handshake(`${followed.url}/watch`)).toBe(404);
    expect((await followed.get("/openapi.json", { "if-none-match": tag })).status).toBe(304);

    const second = { rules: ["GET /shop/{name}", "GET /again/{name}"], watcher: true };
    server.tell(tellingShop(second));
    await expect.poll(() => handshake(`${followed.url}/watch`)).toBe(101);
    expect(await details()).toContainEqual(detail);
    expect([(await followed.get("/again/a")).status, failures]).toEqual([200, 2]);
    const changed = await followed.get("/openapi.json", { "if-none-match": tag });
    expect([changed.status, Object.keys((changed.body as { paths: object }).paths)]).toEqual([
      200,
      ["/shop/{name}", "/again/{name}", "/watch"],
    ]);
  });
});

describe("a server that means ill", () => {
  it("ends nothing by a chain of imports too long to follow: the others' routes are served", async () => {
    const chain = Array.from({ length: 19_000 }, (_, i) => bareFile(`${i}.proto`, [`${i + 1}.proto`]));
    const files = filesAnswer([...chain, bareFile("19000.proto")]);
    const bad = await startReflectingServer(({ kind }) => (kind === "services" ? servicesAnswer(["x.A"]) : files));
    const good = await startReflectingServer(tellingShop(rule("/shop/{name}")), get);
    const followed = await startFollowing({
      openapi: { enabled: false },
      schema: { reflection: ["bad", "good"] },
      upstreams: { bad: { target: bad.address }, good: { target: good.address } },
    });
    await expect
      .poll(() => followed.lines.filter(({ message }) => message.startsWith("the schema of upstream bad is refused")))
      .toHaveLength(1);
    expect((await followed.get("/shop/a")).status).toBe(200);
    expect(followed.gateway.ready()).toMatchObject({ withoutSchema: ["bad"] });
    await followed.gateway.close(0);
    bad.kill();
    good.kill();
  });
});
