import type { FastifyInstance } from "fastify";
import { madeOf } from "../core/index.js";
import {
  createServer,
  type Documentation,
  type HttpLog,
  type ListenerOptions,
  type MountOptions,
  mountDocs,
  mountGateway,
} from "../http/index.js";
import { printOpenApi } from "../openapi/index.js";
import type { GatewayConfig } from "./config/index.js";
import { createServing } from "./create-serving.js";
import { documentOf } from "./document-of.js";
import type { Gateway, ReadyState } from "./gateway.js";
import { listenError } from "./listen-on.js";
import type { Serving } from "./serving.js";
import { type HealthBoard, type UpstreamLog, watchUpstreams } from "./upstreams/index.js";

/**
 * Builds a gateway: schema, rules, upstreams, server. Nothing listens yet and no upstream need be there.
 * @throws FaultsError with all that is wrong
 */
export async function createGateway(config: GatewayConfig, log: HttpLog & Partial<UpstreamLog>): Promise<Gateway> {
  const serving = createServing(config, log);
  let phase: "starting" | "ready" | "draining" = "starting";
  const mount = mountOptions(config, serving, log, "answer", () => phase === "draining");
  const server = createServer(mount, listenerOptions(config, log));
  const { app } = server;
  await mountDocument(app, config, serving);
  mountGateway(app, mount);

  let health: HealthBoard | null = null;
  const ready = (): ReadyState =>
    phase === "ready"
      ? { kind: "ready", failing: failing(serving.upstreams), notServing: health?.notServing() ?? [] }
      : { kind: phase };

  return {
    ready,
    async listen() {
      await app.ready();
      const address = await listen(app, config);
      for (const upstream of serving.upstreams.values()) upstream.connect();
      if (config.admin.readiness === "upstreams") health = watchUpstreams(serving.upstreams);
      phase = "ready";
      return address;
    },
    async close(graceMs) {
      phase = "draining";
      health?.stop();
      const deadline = Date.now() + graceMs;
      const cutOff = setTimeout(() => server.cutOff(), graceMs);
      await app.close();
      clearTimeout(cutOff);
      await serving.close(deadline);
    },
  };
}

/** How the gateway is mounted on a Fastify instance. */
export function mountOptions(
  config: GatewayConfig,
  serving: Serving,
  log: HttpLog,
  unmatched: MountOptions["unmatched"],
  draining: () => boolean,
): MountOptions {
  const { limits, requestId } = config.server;
  const { parts, files, field, file } = config.requests.forms;
  const forms = { parts, files, fieldBytes: field, fileBytes: file };
  return {
    table: () => serving.current.table,
    limits,
    forms,
    websocket: config.streams.websocket,
    log,
    requestId,
    unmatched,
    draining,
  };
}

function listenerOptions({ server }: GatewayConfig, { warn }: Partial<UpstreamLog>): ListenerOptions {
  return {
    tls: server.tls,
    http2: server.http2,
    onTlsUnreadable: (cause) =>
      warn?.("the files of server.tls cannot be used, the certificate before is kept", { cause }),
  };
}

/** Serves the OpenAPI document and its page where the configuration has them; it is made when it is first asked for. */
export async function mountDocument(app: FastifyInstance, config: GatewayConfig, serving: Serving): Promise<void> {
  const { enabled, path, ui } = config.openapi;
  if (!enabled || (path === null && ui === null)) return;
  const current = madeOf(
    () => serving.current,
    ({ loaded }): Documentation => {
      const document = documentOf(config, loaded, app.prefix);
      return { document, print: (format) => printOpenApi(document, format) };
    },
  );
  await mountDocs(app, { current, path, ui });
}

function failing(upstreams: Serving["upstreams"]): string[] {
  return [...upstreams].filter(([, upstream]) => upstream.state() === "failing").map(([name]) => name);
}

async function listen(app: FastifyInstance, config: GatewayConfig): Promise<string> {
  const { host, port, socket } = config.server;
  const target = socket === null ? { host, port } : { socket };
  try {
    const address = await app.listen(socket === null ? { host, port } : { path: socket });
    if (socket !== null) return `unix:${socket}`;
    // Fastify does not know what its server speaks.
    return config.server.tls === null ? address : address.replace(/^http:/, "https:");
  } catch (error) {
    throw listenError(error, target, { file: config.file, key: socket === null ? "server.port" : "server.socket" });
  }
}
