/**
 * http: the gateway on Fastify.
 *
 *   request ── find the rule ── read the body (413) ──> transcode ──> send the reply, or cancel if the client is gone
 *
 *   server/      the gateway's own: HTTP/1.1 and HTTP/2 on one port, TLS, drain
 *   websocket/   the same streams over WebSocket, by the hooks of the app            multipart/   forms, part by part
 *
 * One route takes every method and path and asks the rules' matcher; 404 and 405, OPTIONS and HEAD answer here. The room
 * knows no protobuf and makes no gRPC call; what a request means is transcode's business.
 */
export {
  createDocsListener,
  createHome,
  type DocsOptions,
  type DocumentedService,
  type Documents,
  mountDocs,
  type PlainDocument,
  type TextRequest,
  type UpstreamHealth,
} from "./docs/index.js";
export { type Found, findRoute, type Route } from "./find-route.js";
export { mountGateway } from "./mount.js";
export type { ListenerOptions } from "./server/create-listener.js";
export { createServer, type GatewayServer } from "./server/create-server.js";
export { readTls, type TlsFiles } from "./server/server-tls.js";
export { splitTarget, type Target } from "./target.js";
export type { AccessEntry, HttpLimits, HttpLog, MountOptions, RouteTable } from "./types.js";
