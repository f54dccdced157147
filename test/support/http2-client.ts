import { once } from "node:events";
import { readFileSync } from "node:fs";
import {
  type ClientHttp2Session,
  connect,
  constants,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
  type SecureClientSessionOptions,
} from "node:http2";
import type { RawReply, RawRequest } from "./raw-http.js";

/** A protocol between a test's client and the gateway: HTTP/1.1, HTTP/2 in cleartext by prior knowledge, HTTP/2 over TLS. */
export type Speaks = "http/1.1" | "h2c" | "h2";

export interface Address {
  readonly host: string;
  readonly port: number;
  readonly speaks?: Speaks;
}

const pem = (name: string): string => `test/upstream/certs/${name}.pem`;
/** A certificate for 127.0.0.1, as `server.tls` takes it. */
export const serverTls = { cert: pem("server-cert"), key: pem("server-key") };

/** A connection of HTTP/2. */
export function openSession(
  { host, port, speaks }: Address,
  options: SecureClientSessionOptions = {},
): ClientHttp2Session {
  const session =
    speaks === "h2"
      ? connect(`https://${host}:${port}`, { ca: readFileSync(pem("ca-cert")), ...options })
      : connect(`http://${host}:${port}`, options);
  // Told to whoever waits for a stream.
  session.on("error", () => undefined);
  return session;
}

/** The headers of a request; a list stays several fields. */
export function headersOf({ method, path, headers = {} }: Omit<RawRequest, "body">): OutgoingHttpHeaders {
  const fields: OutgoingHttpHeaders = { ":method": method, ":path": path };
  for (const [name, value] of Object.entries(headers)) {
    // A connection's own, which HTTP/2 does not have (RFC 9113, 8.2.2).
    if (/^(connection|transfer-encoding|keep-alive)$/i.test(name)) continue;
    fields[name.toLowerCase()] = typeof value === "string" ? value : [...value];
  }
  return fields;
}

/** The request of `sendRaw` over HTTP/2, on a connection of its own. @throws Error where the stream is reset before its end */
export async function sendHttp2(address: Address, request: RawRequest): Promise<RawReply> {
  const session = openSession(address);
  try {
    return await sendOn(session, request);
  } finally {
    session.destroy();
  }
}

/** One request on a connection that is there. @throws Error where the stream is reset before its end */
export async function sendOn(session: ClientHttp2Session, request: RawRequest): Promise<RawReply> {
  const { body } = request;
  const fields = headersOf(request);
  const stream = session.request(fields, { endStream: body === undefined || body.length === 0 });
  if (body !== undefined && body.length > 0) stream.end(body);
  const chunks: Buffer[] = [];
  let trailers: RawReply["trailers"] = [];
  stream.on("trailers", (_trailers, _flags, raw: string[]) => {
    trailers = pairs(raw);
  });
  let head: { readonly status: number; readonly headers: RawReply["headers"] } | null = null;
  stream.on(
    "response",
    (given: IncomingHttpHeaders & { readonly ":status"?: number }, _flags: number, raw: string[]) => {
      head = { status: given[":status"] ?? 0, headers: pairs(raw).filter(([name]) => !name.startsWith(":")) };
    },
  );
  stream.on("data", (chunk: Buffer) => chunks.push(chunk));
  // An answer that is whole counts, also where the server then wants no more of the body (RFC 9113, 8.1).
  await once(stream, "close");
  if (head === null || (stream.rstCode ?? 0) !== constants.NGHTTP2_NO_ERROR) {
    throw new Error(`the stream was reset with code ${stream.rstCode}`);
  }
  const { status, headers } = head as { readonly status: number; readonly headers: RawReply["headers"] };
  return { status, headers, body: Buffer.concat(chunks), trailers };
}

/** node:http2 gives strings in latin1, as node:http does; a raw reply has UTF-8. */
function pairs(raw: readonly string[]): [string, string][] {
  const list: [string, string][] = [];
  for (let i = 0; i < raw.length; i += 2) {
    list.push([raw[i] ?? "", Buffer.from(raw[i + 1] ?? "", "latin1").toString()]);
  }
  return list;
}
