import { EventEmitter } from "node:events";
import type { IncomingMessage, Server } from "node:http";
import type { Duplex } from "node:stream";

/**
 * Sorts the upgrades of a server: WebSocket handshakes are handed to the emitter that is returned, as `upgrade` events of
 * its own. Every other wish to upgrade is ignored, as RFC 9110, 7.8 lets a server do: with a listener for upgrades node:http
 * no longer reads such a request itself, but clients that offer h2c (Java's, curl --http2) mean a request all the same. So
 * it is read once more without its Upgrade.
 *
 * From Node 25 on it cannot be, as the socket of an upgrade has no body any more; but there the server can be told not to take
 * it for one. It then loses a request that came in one chunk with the end of it (Node 22.23 to 26.12), which is why older ones
 * are not told.
 */
export function webSocketUpgrades(server: Server & UpgradeChoice): EventEmitter {
  const upgrades = new EventEmitter();
  if (HIDES_BODY) server.shouldUpgradeCallback = isHandshake;
  server.on("upgrade", (request, socket, head) => {
    if (isHandshake(request)) upgrades.emit("upgrade", request, socket, head);
    else readAgain(server, request, socket, head);
  });
  return upgrades;
}

const HIDES_BODY = Number.parseInt(process.versions.node, 10) >= 25;

/** What servers of node:http have since Node 24.9. */
interface UpgradeChoice {
  shouldUpgradeCallback?: (request: IncomingMessage) => boolean;
}

function isHandshake({ method, headers }: IncomingMessage): boolean {
  return method === "GET" && headers.upgrade?.toLowerCase() === "websocket";
}

function readAgain(server: Server, request: IncomingMessage, socket: Duplex, head: Buffer): void {
  const lines = [`${request.method} ${request.url} HTTP/${request.httpVersion}`];
  const { rawHeaders } = request;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = (rawHeaders[i] ?? "").toLowerCase();
    if (name !== "upgrade" && name !== "connection" && name !== "http2-settings") {
      lines.push(`${rawHeaders[i]}: ${rawHeaders[i + 1]}`);
    }
  }
  const wantsClose = /(^|[,\s])close($|[,\s])/i.test(request.headers.connection ?? "");
  lines.push(`Connection: ${wantsClose ? "close" : "keep-alive"}`, "", "");
  socket.unshift(Buffer.concat([Buffer.from(lines.join("\r\n"), "latin1"), head]));
  // A server with TLS would take a "connection" for one that has yet to shake hands.
  server.emit("encrypted" in socket ? "secureConnection" : "connection", socket);
}
