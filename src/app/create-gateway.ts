import type { FastifyInstance } from "fastify";
import {
  createServer,
  type HttpLog,
  type MountOptions,
  mountDocs,
  mountGateway,
  type RouteTable,
} from "../http/index.js";
import { printOpenApi } from "../openapi/index.js";
import { createUpstream, type Upstream } from "../upstream/index.js";
import type { GatewayConfig } from "./config/index.js";
import { documentOf } from "./document-of.js";
import type { Gateway, ReadyState } from "./gateway.js";
import { listenError } from "./listen-on.js";
import { compileTable, type LoadedRoutes, loadRoutes } from "./routes/index.js";
import { type HealthBoard, logEvents, type UpstreamLog, upstreamOptions, watchUpstreams } from "./upstreams/index.js";

/**
 * Builds a gateway: schema, rules, upstreams, server. Nothing listens yet and no upstream need be there.
 * @throws FaultsError with all that is wrong
 */
export async function createGateway(config: GatewayConfig, log: HttpLog & Partial<UpstreamLog>): Promise<Gateway> {
  const serving = assemble(config, log);
  let phase: "starting" | "ready" | "draining" = "starting";
  const mount = mountOptions(config, serving, log, "answer", () => phase === "draining");
  const app = createServer(mount);
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
      const cutOff = setTimeout(() => app.server.closeAllConnections(), graceMs);
      await app.close();
      clearTimeout(cutOff);
      await closeUpstreams(serving.upstreams, deadline);
    },
  };
}

/** What a gateway serves and by whom, whatever server it stands on. */
export interface Serving {
  readonly loaded: LoadedRoutes;
  readonly table: RouteTable;
  readonly upstreams: ReadonlyMap<string, Upstream>;
}

/** Loads, connects by name and compiles. What becomes of upstreams is told to a log that has lines. @throws FaultsError */
export function assemble(config: GatewayConfig, { info, warn }: Partial<UpstreamLog> = {}): Serving {
  const loaded = loadRoutes(config);
  const upstreams = new Map<string, Upstream>();
  for (const [name, options] of upstreamOptions(config, loaded)) {
    const told = info === undefined || warn === undefined ? {} : { onEvent: logEvents(name, { info, warn }) };
    upstreams.set(name, createUpstream(name, { ...options, ...told }));
  }
  return { loaded, table: compileTable(config, loaded, upstreams), upstreams };
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
    table: () => serving.table,
    limits,
    forms,
    websocket: config.streams.websocket,
    log,
    requestId,
    unmatched,
    draining,
  };
}

/** Serves the OpenAPI document and its page where the configuration has them; where it has neither, nothing is built. */
export async function mountDocument(app: FastifyInstance, config: GatewayConfig, serving: Serving): Promise<void> {
  const { enabled, path, ui } = config.openapi;
  if (!enabled || (path === null && ui === null)) return;
  const document = documentOf(config, serving.loaded, app.prefix);
  await mountDocs(app, { document, print: (format) => printOpenApi(document, format), path, ui });
}

/** Ends the upstreams' connections once their calls are over, or at the deadline (ms since the epoch). */
export async function closeUpstreams(upstreams: Serving["upstreams"], deadline: number): Promise<void> {
  await Promise.all([...upstreams.values()].map((upstream) => upstream.close(deadline)));
}

function failing(upstreams: Serving["upstreams"]): string[] {
  return [...upstreams].filter(([, upstream]) => upstream.state() === "failing").map(([name]) => name);
}

async function listen(app: FastifyInstance, config: GatewayConfig): Promise<string> {
  const { host, port, socket } = config.server;
  const target = socket === null ? { host, port } : { socket };
  try {
    const address = await app.listen(socket === null ? { host, port } : { path: socket });
    return socket === null ? address : `unix:${socket}`;
  } catch (error) {
    throw listenError(error, target, { file: config.file, key: socket === null ? "server.port" : "server.socket" });
  }
}
