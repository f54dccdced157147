import { once } from "node:events";
import { type ClientOptions, WebSocket } from "ws";
import { queue } from "./live-upstream.js";

/** A WebSocket of a client that no one here wrote. */
export interface LiveSocket {
  readonly raw: WebSocket;
  /** The next frame: text, or bytes as a Buffer. */
  next(): Promise<string | Buffer>;
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
}

/** Opens a WebSocket. Rejects with the HTTP status and body where the handshake is refused. */
export async function openSocket(
  address: { readonly host: string; readonly port: number; readonly secure?: boolean },
  path: string,
  protocols: readonly string[] = [],
  options: ClientOptions = {},
): Promise<LiveSocket> {
  const raw = new WebSocket(
    `${address.secure === true ? "wss" : "ws"}://${address.host}:${address.port}${path}`,
    [...protocols],
    options,
  );
  const frames = queue<string | Buffer>();
  raw.on("message", (data: Buffer, binary) => frames.push(binary ? data : data.toString()));
  const closed = once(raw, "close").then(([code, reason]) => ({ code: Number(code), reason: String(reason) }));
  closed.catch(() => undefined);
  const refused = new Promise<never>((_resolve, reject) => {
    raw.on("unexpected-response", (_request, response) => {
      let body = "";
      response.on("data", (chunk: Buffer) => {
        body += chunk.toString();
      });
      response.on("end", () => reject(new Error(`${response.statusCode} ${body}`)));
    });
    raw.on("error", reject);
  });
  refused.catch(() => undefined);
  await Promise.race([once(raw, "open"), refused]);
  return { raw, next: () => frames.shift(), closed };
}
