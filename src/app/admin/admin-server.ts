import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from "node:http";
import type { GatewayConfig } from "../config/index.js";
import type { ReadyState } from "../gateway.js";
import { listenOn } from "../listen-on.js";
import { readiness } from "./readiness.js";

export interface AdminServer {
  /** `http://host:port`. */
  readonly address: string;
  close(): Promise<void>;
}

/** What a page answers: a status and JSON. */
export interface AdminReply {
  readonly status: number;
  readonly json: unknown;
}

/** A page of the admin port by its path. */
export type AdminPages = Readonly<Record<string, () => AdminReply | Promise<AdminReply>>>;

/** The pages that every gateway has. */
export function healthPages(rule: GatewayConfig["admin"]["readiness"], state: () => ReadyState): AdminPages {
  return {
    "/livez": () => ({ status: 200, json: { status: "live" } }),
    "/readyz": () => readiness(state(), rule),
  };
}

/**
 * Opens the admin port. node:http is enough for it: a handful of fixed paths, no bodies, no routing. `otherwise` serves all
 * other paths; null: they are 404.
 * @throws FaultsError where the port cannot be had
 */
export async function startAdminServer(
  config: GatewayConfig,
  pages: AdminPages,
  otherwise: RequestListener | null = null,
): Promise<AdminServer> {
  const { host, port } = config.admin;
  const table = new Map(Object.entries(pages));
  const server = createServer((request, response) => void answer(table, otherwise, request, response));
  const address = await listenOn(server, { host, port }, { file: config.file, key: "admin.port" });
  return {
    address,
    close() {
      return new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
}

async function answer(
  pages: ReadonlyMap<string, AdminPages[string]>,
  otherwise: RequestListener | null,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const path = (request.url ?? "").replace(/\?.*$/, "");
  const page = pages.get(path);
  if (page === undefined && otherwise !== null) {
    otherwise(request, response);
  } else if (page === undefined) {
    const known = [...pages.keys()].join(", ");
    send(response, 404, { error: `no such page; the admin port has ${known}` });
  } else if (request.method !== "GET" && request.method !== "HEAD") {
    response.setHeader("allow", "GET, HEAD");
    send(response, 405, { error: "the pages of the admin port are only read" });
  } else {
    const { status, json } = await page();
    send(response, status, json);
  }
}

function send(response: ServerResponse, status: number, json: unknown): void {
  const body = Buffer.from(`${JSON.stringify(json)}\n`);
  response.writeHead(status, {
    "content-type": "application/json",
    "content-length": body.length,
    "cache-control": "no-store",
  });
  response.end(body);
}
