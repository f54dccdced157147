import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type ServerHttp2Session } from "node:http2";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ServerCredentials } from "@grpc/grpc-js";
import { afterEach, describe, expect, it } from "vitest";
import type { Upstream, UpstreamEvent, UpstreamOptions, UpstreamTls } from "../../src/upstream/index.js";
import { closedPort } from "../support/closed-port.js";
import { eventually, type Transport, transports, unary, upstreamTo } from "./support/client.js";
import { type RunningService, startService } from "./support/service.js";

const upstreams: Upstream[] = [];
const services: RunningService[] = [];

afterEach(async () => {
  await Promise.all(upstreams.splice(0).map((upstream) => upstream.close(0)));
  for (const service of services.splice(0)) service.kill();
});

async function told(
  target: string,
  transport: Transport,
  more: Partial<UpstreamOptions> = {},
): Promise<{ readonly events: UpstreamEvent[]; readonly upstream: Upstream }> {
  const events: UpstreamEvent[] = [];
  const upstream = await upstreamTo(target, transport, { ...more, onEvent: (event) => events.push(event) });
  upstreams.push(upstream);
  upstream.connect();
  return { events, upstream };
}

async function serve(bind = "127.0.0.1:0", credentials?: ServerCredentials): Promise<RunningService> {
  const service = await startService({}, bind, credentials);
  services.push(service);
  return service;
}

/** Events without the transport's own words around the cause. */
const kinds = (events: readonly UpstreamEvent[]): string[] => events.map(({ kind }) => kind);

const certificates = "test/upstream/certs";
const tls = (more: Partial<UpstreamTls> = {}): UpstreamTls => ({
  ca: join(certificates, "ca-cert.pem"),
  cert: null,
  key: null,
  serverName: null,
  ...more,
});
const pem = (name: string): Buffer => readFileSync(join(certificates, name));
const secure = (): ServerCredentials =>
  ServerCredentials.createSsl(null, [{ private_key: pem("server-key.pem"), cert_chain: pem("server-cert.pem") }]);

describe.each(transports)("what becomes of an upstream on %s", (transport) => {
  it("is told when it is lost and when it comes back, once each, whatever calls are made", async () => {
    const service = await serve();
    const { events, upstream } = await told(service.target, transport);
    await eventually(() => events.length === 1, "it is connected");
    for (let i = 0; i < 5; i++) expect((await unary(upstream, "x")).status.code).toBe(0);
    service.kill();
    await eventually(() => events.length === 2, "it is lost");
    for (let i = 0; i < 20; i++) await unary(upstream, "x", { deadline: Date.now() + 50 });
    expect(kinds(events)).toEqual(["connected", "failing"]);
    await serve(service.target);
    await eventually(() => events.length === 3, "it is back");
    expect(kinds(events)).toEqual(["connected", "failing", "connected"]);
    const address = transport === "http2" ? service.target : null;
    expect(events.map((event) => ("address" in event ? event.address : undefined))).toEqual([
      address,
      address,
      address,
    ]);
  });

  it("is told when a connection takes the place of one that the upstream ended", async () => {
    const sessions: ServerHttp2Session[] = [];
    const server = createServer();
    server.on("session", (session) => {
      session.on("error", () => undefined);
      sessions.push(session);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { events, upstream } = await told(`127.0.0.1:${(server.address() as AddressInfo).port}`, transport);
    await eventually(() => events.length === 1, "it is connected");
    for (const count of [2, 3]) {
      sessions.at(-1)?.close();
      await eventually(() => events.length === count, `event ${count} is told`);
    }
    expect(kinds(events)).toEqual(["connected", "renewed", "renewed"]);
    await upstream.close(0);
    await new Promise((resolve) => server.close(resolve));
  });

  it.each<[title: string, cause: RegExp, start: () => Promise<[target: string, tls: UpstreamTls | null]>]>([
    [
      "a refused connection",
      /^(?:127\.0\.0\.1:\d+: )?connect ECONNREFUSED 127\.0\.0\.1:\d+$/,
      async () => [`127.0.0.1:${await closedPort()}`, null],
    ],
    // RFC 6761: no resolver knows a name under "invalid".
    [
      "a name that does not resolve",
      /^cannot resolve nowhere\.invalid: .*nowhere\.invalid$/,
      async () => ["dns:///nowhere.invalid:1", null],
    ],
    [
      "a certificate of an authority that is not trusted",
      /certificate/,
      async () => [(await serve("127.0.0.1:0", secure())).target, tls({ ca: join(certificates, "other-ca-cert.pem") })],
    ],
    [
      "a certificate for another name",
      /altnames/,
      async () => [(await serve("127.0.0.1:0", secure())).target, tls({ serverName: "other.example" })],
    ],
    ["cleartext where TLS is expected", /./, async () => [(await serve()).target, tls()]],
  ])("is told with its cause: %s", async (_title, cause, start) => {
    const [target, files] = await start();
    const { events, upstream } = await told(target, transport, { tls: files });
    await eventually(() => events.length > 0, "it is told");
    for (let i = 0; i < 3; i++) await unary(upstream, "x", { deadline: Date.now() + 400 });
    const [event] = events;
    expect(events).toHaveLength(1);
    expect(event?.kind === "failing" ? event.cause : event).toMatch(cause);
  });

  it("is told to nobody where nobody asks", async () => {
    const upstream = await upstreamTo(`127.0.0.1:${await closedPort()}`, transport);
    upstreams.push(upstream);
    expect((await unary(upstream, "x")).status.code).toBe(14);
  });
});

describe("what only the http2 transport tells", () => {
  it("is that an address is left out and taken back", async () => {
    const good = await serve();
    const bad = await startService({ unary: (_call, callback) => callback({ code: 14, details: "no" }) });
    services.push(bad);
    const { events, upstream } = await told(`ipv4:${good.target},${bad.target}`, "http2", {
      balancing: "round_robin",
      outliers: { consecutiveFailures: 2, ejection: 100, maxShare: 0.5 },
    });
    await eventually(() => events.length === 2, "both are connected");
    for (let i = 0; i < 10; i++) await unary(upstream, "x");
    await eventually(() => events.length === 4, "it is taken back");
    expect(events.slice(2)).toEqual([
      { kind: "ejected", address: bad.target },
      { kind: "returned", address: bad.target },
    ]);
  });

  it("is that TLS files cannot be read any more, once, while those read before stay in use", async () => {
    const folder = mkdtempSync(join(tmpdir(), "portico-tls-"));
    const ca = join(folder, "ca.pem");
    copyFileSync(join(certificates, "ca-cert.pem"), ca);
    let service = await serve("127.0.0.1:0", secure());
    const { events, upstream } = await told(service.target, "http2", { tls: tls({ ca, serverName: "localhost" }) });
    await eventually(() => events.length === 1, "it is connected");
    writeFileSync(ca, "no certificate");
    for (let restart = 0; restart < 2; restart++) {
      const from = events.length;
      service.kill();
      await eventually(() => events.length > from, "it is lost");
      service = await serve(service.target, secure());
      await eventually(() => events.at(-1)?.kind === "connected", "it is back");
      expect((await unary(upstream, "x")).status.code).toBe(0);
    }
    expect(kinds(events)).toEqual(["connected", "tls_unreadable", "failing", "connected", "failing", "connected"]);
    expect(events[1]?.kind === "tls_unreadable" ? events[1].cause : null).toContain("upstreams.echo.tls");
    rmSync(folder, { recursive: true });
  });
});
