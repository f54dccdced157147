import type { FastifyInstance } from "fastify";
import {
  createDocsListener,
  createHome,
  createServer,
  type DocsOptions,
  type HttpLog,
  type ListenerOptions,
  type MountOptions,
  mountDocs,
  mountGateway,
} from "../http/index.js";
import type { Overlay } from "../openapi/index.js";
import type { GatewayConfig } from "./config/index.js";
import { createServing } from "./create-serving.js";
import { checkOverlays, docsOptions, loadOverlays } from "./docs/index.js";
import type { Gateway, ReadyState } from "./gateway.js";
import { listenError } from "./listen-on.js";
import type { Serving } from "./serving.js";
import { together } from "./together.js";
import { type HealthBoard, type UpstreamLog, watchUpstreams } from "./upstreams/index.js";

/**
 * Builds a gateway: schema, rules, upstreams, server. Nothing listens yet and no upstream need be there.
 * @throws FaultsError with all that is wrong
 */
export async function createGateway(config: GatewayConfig, log: HttpLog & Partial<UpstreamLog>): Promise<Gateway> {
  const { serving, overlays } = await prepare(config, log);
  let phase: "starting" | "ready" | "draining" = "starting";
  let health: HealthBoard | null = null;
  const notServing = (): readonly string[] => health?.notServing() ?? [];
  const docs = docsOptions(config, { serving, overlays, prefix: "", notServing, warn: log.warn });
  const publicDocs = config.openapi.port === "public" ? docs : null;
  const mount = {
    ...mountOptions(config, serving, log, "answer", () => phase === "draining"),
    page: homePage(publicDocs, ""),
  };
  const server = createServer(mount, listenerOptions(config, log));
  const { app } = server;
  if (publicDocs !== null) await mountDocs(app, publicDocs);
  mountGateway(app, mount);
  const adminListener =
    docs === null || publicDocs !== null
      ? null
      : await createDocsListener(docs, (request, response) => app.routing(request, response));

  const ready = (): ReadyState =>
    phase === "ready"
      ? {
          kind: "ready",
          failing: failing(serving.upstreams),
          notServing: notServing(),
          withoutSchema: serving.missing(),
        }
      : { kind: phase };

  return {
    ready,
    adminListener,
    async listen() {
      await app.ready();
      await serving.start();
      const address = await listen(app, config);
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

/**
 * Loads what is served and what is laid over its document.
 * @throws FaultsError with all that is wrong in both
 */
export async function prepare(
  config: GatewayConfig,
  log: Partial<UpstreamLog>,
): Promise<{ readonly serving: Serving; readonly overlays: readonly Overlay[] }> {
  const created = createServing(config, upstreamLog(log));
  const [serving, overlays] = await together(created, loadOverlays(config.openapi.overlay));
  try {
    checkOverlays(config, serving.current.loaded, overlays);
  } catch (error) {
    await serving.close(0);
    throw error;
  }
  return { serving, overlays };
}

/** How the gateway is mounted on a Fastify instance. */
export function mountOptions(
  config: GatewayConfig,
  serving: Serving,
  log: HttpLog,
  unmatched: MountOptions["unmatched"],
  draining: () => boolean,
): Omit<MountOptions, "page"> {
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
    changes: config.schema.reflection.length > 0,
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

/** The page to start from, for paths that no rule has. */
export function homePage(docs: DocsOptions | null, prefix: string): MountOptions["page"] {
  return docs === null || docs.home === null ? null : { path: docs.home, serve: createHome(docs, prefix) };
}

function upstreamLog({ info, warn }: Partial<UpstreamLog>): UpstreamLog | undefined {
  return info === undefined || warn === undefined ? undefined : { info, warn };
}

function failing(upstreams: Serving["upstreams"]): string[] {
  return [...upstreams].filter(([, upstream]) => upstream.state() === "failing").map(([name]) => name);
}

/**
 * Connections that wait for a turn of the event loop; the system has a limit of its own (Linux: net.core.somaxconn, 4096).
 * Beyond Node's 511 a client that comes in a crowd would be told nothing and try again after a second.
 */
const backlog = 4096;

async function listen(app: FastifyInstance, config: GatewayConfig): Promise<string> {
  const { host, port, socket } = config.server;
  const target = socket === null ? { host, port } : { socket };
  try {
    const address = await app.listen(socket === null ? { host, port, backlog } : { path: socket, backlog });
    if (socket !== null) return `unix:${socket}`;
    // Fastify does not know what its server speaks.
    return config.server.tls === null ? address : address.replace(/^http:/, "https:");
  } catch (error) {
    throw listenError(error, target, { file: config.file, key: socket === null ? "server.port" : "server.socket" });
  }
}
