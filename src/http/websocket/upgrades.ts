import { EventEmitter } from "node:events";
import type { IncomingMessage, Server } from "node:http";
import type { Duplex } from "node:stream";

/**
 * Sorts the upgrades of a server: WebSocket handshakes are handed to the emitter that is returned, as `upgrade` events of
 * its own. Every other wish to upgrade is ignored, as RFC 9110, 7.8 lets a server do: with a listener for upgrades node:http
 * no longer reads such a request itself, but clients that offer h2c (Java's, curl --http2) mean a request all the same. So
 * it is read once more without its Upgrade.
 */
export function webSocketUpgrades(server: Server): EventEmitter {
  const upgrades = new EventEmitter();
  server.on("upgrade", (request, socket, head) => {
    const isHandshake = request.method === "GET" && request.headers.upgrade?.toLowerCase() === "websocket";
    if (isHandshake) upgrades.emit("upgrade", request, socket, head);
    else readAgain(server, request, socket, head);
  });
  return upgrades;
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
