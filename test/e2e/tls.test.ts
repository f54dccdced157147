import { once } from "node:events";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { request as httpsRequest } from "node:https";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ConnectionOptions, connect as connectTls, type TLSSocket } from "node:tls";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ConfigInput } from "../../src/app/index.js";
import { createGateway, resolveConfig } from "../../src/app/index.js";
import { openSocket } from "../streams/support/live-socket.js";
import { type FakeUpstream, startFakeUpstream } from "../support/fake-upstream.js";
import { openSession, sendOn, serverTls } from "../support/http2-client.js";
import { projectRoot } from "../support/project-root.js";
import { e2eOracle, stageConfig } from "./support/use-stage.js";

const pem = (name: string): string => `test/upstream/certs/${name}.pem`;
const ca = readFileSync(pem("ca-cert"));
const clientPair = { cert: readFileSync(pem("client-cert")), key: readFileSync(pem("client-key")) };

let upstream: FakeUpstream;
beforeAll(async () => {
  upstream = await startFakeUpstream(e2eOracle());
});
afterAll(() => upstream.close());

interface Running {
  readonly url: string;
  readonly host: string;
  readonly port: number;
  readonly warnings: string[];
  close(): Promise<void>;
}

async function start(server: NonNullable<ConfigInput["server"]>): Promise<Running> {
  const config = { ...stageConfig(upstream.address, "http2"), server: { ...server, port: 0 } };
  const warnings: string[] = [];
  const gateway = await createGateway(resolveConfig(config, projectRoot), {
    access: null,
    failure: () => undefined,
    info: () => undefined,
    warn: (message, fields) => warnings.push(`${message}: ${String(fields?.["cause"])}`),
  });
  const url = await gateway.listen();
  const { hostname: host, port } = new URL(url);
  return { url, host, port: Number(port), warnings, close: () => gateway.close(0) };
}

/** A GET over HTTP/1.1 and TLS on a connection of its own. */
async function get({ host, port }: Running, options: ConnectionOptions = {}): Promise<readonly [number, string]> {
  const request = httpsRequest({ host, port, path: "/c/a", agent: false, ca, ...options });
  request.end();
  const [response] = await once(request, "response");
  let body = "";
  for await (const chunk of response) body += String(chunk);
  return [response.statusCode, body];
}

/** The common name of the certificate that is shown, and what ALPN chose. */
async function shown({ host, port }: Running, options: ConnectionOptions = {}): Promise<readonly [unknown, unknown]> {
  const socket: TLSSocket = connectTls({ host, port, ca, rejectUnauthorized: false, ...options });
  await once(socket, "secureConnect");
  const found = [socket.getPeerCertificate().subject.CN, socket.alpnProtocol] as const;
  socket.destroy();
  return found;
}

describe("A gateway with server.tls", () => {
  let gateway: Running;
  beforeAll(async () => {
    gateway = await start({ tls: serverTls });
    return () => gateway.close();
  });

  it("says https, and speaks what ALPN asks for on one port, HTTP/1.1 to who asks for nothing", async () => {
    expect(gateway.url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
    expect(await shown(gateway, { ALPNProtocols: ["h2", "http/1.1"] })).toEqual(["server", "h2"]);
    expect(await shown(gateway, { ALPNProtocols: ["http/1.1"] })).toEqual(["server", "http/1.1"]);
    expect(await shown(gateway)).toEqual(["server", false]);
    upstream.answer({ messages: [{ text: "a" }] });
    expect(await get(gateway)).toEqual([200, '{"text":"a"}']);
    const session = openSession({ ...gateway, speaks: "h2" });
    const reply = await sendOn(session, { method: "GET", path: "/c/a" });
    expect([reply.status, reply.body.toString()]).toEqual([200, '{"text":"a"}']);
    expect(upstream.calls[0]?.metadata.get("x-forwarded-proto")).toEqual(["https"]);
    session.destroy();
  });

  it("speaks WebSocket over it", async () => {
    const options = { ca, protocolVersion: 13 };
    const address = { ...gateway, secure: true };
    await expect(openSocket(address, "/nowhere", [], options)).rejects.toThrow(/^404 .*no rule has the path/);
  });

  it("closes connections that speak no TLS, and goes on", async () => {
    for (const bytes of [
      "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
      "\u0016\u0003\u0001\0\u0001x",
      "PRI * HTTP/2.0\r\n\r\n",
    ]) {
      const socket = connect(gateway);
      socket.on("error", () => undefined);
      socket.end(bytes, "latin1");
      socket.resume();
      await once(socket, "close");
    }
    upstream.answer({ messages: [{}] });
    expect((await get(gateway))[0]).toBe(200);
  });

  it("takes TLS 1.2, or 1.3 alone where it is told to", async () => {
    const strict = await start({ tls: { ...serverTls, minVersion: "TLSv1.3" } });
    expect((await shown(gateway, { maxVersion: "TLSv1.2" }))[0]).toBe("server");
    expect((await shown(strict))[0]).toBe("server");
    await expect(shown(strict, { maxVersion: "TLSv1.2" })).rejects.toThrow(/protocol version/);
    await strict.close();
  });

  it("without HTTP/2 offers HTTP/1.1 alone", async () => {
    const plain = await start({ tls: serverTls, http2: { enabled: false } });
    expect(await shown(plain, { ALPNProtocols: ["h2", "http/1.1"] })).toEqual(["server", "http/1.1"]);
    upstream.answer({ messages: [{}] });
    expect((await get(plain))[0]).toBe(200);
    await plain.close();
  });

  it("asks for a certificate of clientCa, and serves no one without", async () => {
    const mutual = await start({ tls: { ...serverTls, clientCa: pem("ca-cert") } });
    upstream.answer({ messages: [{}] });
    expect((await get(mutual, clientPair))[0]).toBe(200);
    await expect(get(mutual)).rejects.toThrow(/certificate required|ECONNRESET|hang up/);
    const stranger = await start({ tls: { ...serverTls, clientCa: pem("other-ca-cert") } });
    await expect(get(stranger, clientPair)).rejects.toThrow(/unknown ca|ECONNRESET|hang up/);
    await mutual.close();
    await stranger.close();
  });
});

describe("Files of server.tls that change", () => {
  const folder = mkdtempSync(join(tmpdir(), "portico-tls-"));
  const files = { cert: join(folder, "cert.pem"), key: join(folder, "key.pem") };
  const write = (name: "server" | "client"): void => {
    copyFileSync(pem(`${name}-cert`), files.cert);
    copyFileSync(pem(`${name}-key`), files.key);
  };
  afterAll(() => rmSync(folder, { recursive: true }));

  it("are in use for connections that come then, and those of no use leave the last good ones in place", async () => {
    write("server");
    const gateway = await start({ tls: files });
    const name = async () => (await shown(gateway, { ALPNProtocols: ["h2"] }))[0];
    expect(await name()).toBe("server");
    write("client");
    await expect.poll(name, { timeout: 10_000 }).toBe("client");
    writeFileSync(files.cert, "half a fi");
    const told = async () => {
      await name();
      return gateway.warnings;
    };
    await expect
      .poll(told, { timeout: 10_000 })
      .toEqual([expect.stringMatching(/^the files of server\.tls cannot be used, the certificate before is kept: /)]);
    expect(await name()).toBe("client");
    write("server");
    await expect.poll(name, { timeout: 10_000 }).toBe("server");
    await gateway.close();
  });
});

describe("Files of server.tls that are of no use are told at start", () => {
  it.each([
    [
      "a key of another certificate",
      { ...serverTls, key: pem("client-key") },
      /server\.tls\.cert: cannot use the certificate with its key/,
    ],
    [
      "a certificate that is none",
      { ...serverTls, cert: "package.json" },
      /server\.tls\.cert: cannot use the certificate/,
    ],
    [
      "authorities that are none",
      { ...serverTls, clientCa: "package.json" },
      /server\.tls\.clientCa: cannot find a certificate/,
    ],
    ["a file that is not there", { ...serverTls, key: "no/such.pem" }, /server\.tls\.key: cannot read the file/],
  ])("%s", async (_what, tls, says) => {
    await expect(start({ tls })).rejects.toThrow(says);
  });
});
