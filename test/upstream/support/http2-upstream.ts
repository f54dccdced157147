/**
 * Upstreams of the http2 transport and servers for them, closed after each test of the file that imports this.
 */
import { afterEach } from "vitest";
import { createHttp2Upstream, type Http2Seams } from "../../../src/upstream/http2/create-http2-upstream.js";
import type { Upstream, UpstreamOptions } from "../../../src/upstream/index.js";
import { startProxy, type TestProxy } from "./proxy.js";
import { type RawServer, startRawServer } from "./raw-server.js";
import { type EchoService, type RunningService, startService } from "./service.js";

const upstreams: Upstream[] = [];
const services: RunningService[] = [];
const raws: RawServer[] = [];
const proxies: TestProxy[] = [];

afterEach(async () => {
  await Promise.all(upstreams.splice(0).map((upstream) => upstream.close(0)));
  await Promise.all(proxies.splice(0).map((proxy) => proxy.close()));
  await Promise.all(services.splice(0).map((service) => service.stop()));
  await Promise.all(raws.splice(0).map((server) => server.close()));
});

/** An upstream of the http2 transport. */
export function upstream(target: string, more: Partial<UpstreamOptions> = {}, seams: Http2Seams = {}): Upstream {
  const options: UpstreamOptions = { target, transport: "http2", tls: null, maxReplyBytes: 1_000_000, ...more };
  const made = createHttp2Upstream("echo", options, seams);
  upstreams.push(made);
  return made;
}

/** A service of grpc-js. */
export async function service(echo: EchoService = {}, bind?: string): Promise<RunningService> {
  const started = await startService(echo, bind);
  services.push(started);
  return started;
}

/** A server of raw frames. */
export async function raw(script: Parameters<typeof startRawServer>[0]): Promise<RawServer> {
  const server = await startRawServer(script);
  raws.push(server);
  return server;
}

/** A proxy before a service. */
export async function proxyTo(port: number): Promise<TestProxy> {
  const proxy = await startProxy(port);
  proxies.push(proxy);
  return proxy;
}

/** A server of raw frames and an upstream of it. */
export async function serveRaw(
  script: Parameters<typeof startRawServer>[0],
): Promise<{ readonly server: RawServer; readonly upstream: Upstream }> {
  const server = await raw(script);
  return { server, upstream: upstream(server.target, { maxReplyBytes: 4 * 1024 * 1024 }) };
}
