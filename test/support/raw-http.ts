import { connect } from "node:net";
import { type Address, sendHttp2 } from "./http2-client.js";

/** One HTTP/1.1 request, sent as it is written here. */
export interface RawRequest {
  readonly method: string;
  /** The request target, sent byte for byte (as UTF-8). */
  readonly path: string;
  /** Sent in this order, values as UTF-8 bytes; a list is sent as several headers. */
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string | Uint8Array;
}

/** One HTTP/1.1 reply, as it came. */
export interface RawReply {
  readonly status: number;
  /** Names in lower case, in the order of the wire; a header that came twice is there twice. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Without the framing of chunks. */
  readonly body: Buffer;
  /** What came after the last chunk. */
  readonly trailers: readonly (readonly [name: string, value: string])[];
}

/** The first value of a header or trailer; null if there is none. */
export function headerValue(headers: RawReply["headers"], name: string): string | null {
  return headers.find(([candidate]) => candidate === name.toLowerCase())?.[1] ?? null;
}

/**
 * Sends one request on a connection of its own and reads to the connection's end. Nothing is normalised: no target is
 * resolved, no header is refused. `Host`, `Content-Length` and `Connection: close` are added unless given. To an address
 * that speaks HTTP/2 the request goes by node:http2.
 * @throws Error if the reply is no HTTP/1.1 or ends before it is whole
 */
export async function sendRaw(address: Address, request: RawRequest): Promise<RawReply> {
  if (address.speaks !== undefined && address.speaks !== "http/1.1") return sendHttp2(address, request);
  const socket = connect(address);
  socket.write(printRequest(request, `${address.host}:${address.port}`));
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of socket) chunks.push(chunk as Buffer);
  } catch (error) {
    // A server that refuses a body may reset the connection while it is still being sent; what came before counts.
    if (chunks.length === 0) throw error;
  }
  return parseReply(Buffer.concat(chunks), request.method);
}

function printRequest({ method, path, headers = {}, body }: RawRequest, host: string): Buffer {
  const bytes = typeof body === "string" ? Buffer.from(body) : (body ?? null);
  const given = new Set(Object.keys(headers).map((name) => name.toLowerCase()));
  const lines: string[] = [`${method} ${path} HTTP/1.1`];
  if (!given.has("host")) lines.push(`Host: ${host}`);
  for (const [name, value] of Object.entries(headers)) {
    for (const one of typeof value === "string" ? [value] : value) lines.push(`${name}: ${one}`);
  }
  // RFC 9110, 8.6: a client says 0 where the method gives a body a meaning and there is none.
  const length = bytes?.length ?? (["POST", "PUT", "PATCH"].includes(method) ? 0 : null);
  if (length !== null && !given.has("content-length") && !given.has("transfer-encoding")) {
    lines.push(`Content-Length: ${length}`);
  }
  if (!given.has("connection")) lines.push("Connection: close");
  return Buffer.concat([Buffer.from(`${lines.join("\r\n")}\r\n\r\n`), bytes ?? Buffer.alloc(0)]);
}

/** Reads a whole reply to a request of this method. @throws Error */
export function parseReply(bytes: Buffer, method: string): RawReply {
  const cursor = { bytes, at: 0 };
  const statusLine = readLine(cursor);
  const [, digits] = /^HTTP\/1\.1 (\d{3}) /.exec(`${statusLine} `) ?? [];
  if (digits === undefined) throw new Error(`expected the status line of HTTP/1.1, got ${JSON.stringify(statusLine)}`);
  const status = Number(digits);
  const headers = readHeaders(cursor);
  if (status < 200) return parseReply(bytes.subarray(cursor.at), method);

  // RFC 9112, 6.3: the length of a body.
  if (method === "HEAD" || status === 204 || status === 304) {
    if (cursor.at < bytes.length) throw new Error(`a reply to ${method} with status ${status} has a body`);
    return { status, headers, body: Buffer.alloc(0), trailers: [] };
  }
  if (headerValue(headers, "transfer-encoding") === "chunked") {
    const body = readChunks(cursor);
    return { status, headers, body, trailers: readHeaders(cursor) };
  }
  const length = headerValue(headers, "content-length");
  const body = bytes.subarray(cursor.at);
  if (length !== null && body.length !== Number(length)) {
    throw new Error(`Content-Length says ${length} bytes, ${body.length} came`);
  }
  return { status, headers, body, trailers: [] };
}

interface Cursor {
  readonly bytes: Buffer;
  at: number;
}

function readLine(cursor: Cursor): string {
  const end = cursor.bytes.indexOf("\r\n", cursor.at);
  if (end === -1) throw new Error(`the reply ends in the middle, after ${cursor.bytes.length} bytes`);
  const line = cursor.bytes.toString("utf8", cursor.at, end);
  cursor.at = end + 2;
  return line;
}

function readHeaders(cursor: Cursor): [string, string][] {
  const headers: [string, string][] = [];
  for (let line = readLine(cursor); line !== ""; line = readLine(cursor)) {
    const colon = line.indexOf(":");
    if (colon < 1) throw new Error(`expected a header, got ${JSON.stringify(line)}`);
    headers.push([line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()]);
  }
  return headers;
}

/** RFC 9112, 7.1. The trailers are still to come. */
function readChunks(cursor: Cursor): Buffer {
  const chunks: Buffer[] = [];
  for (;;) {
    const line = readLine(cursor);
    const size = /^[0-9a-f]+$/i.test(line) ? Number.parseInt(line, 16) : Number.NaN;
    if (Number.isNaN(size)) throw new Error(`expected the size of a chunk, got ${JSON.stringify(line)}`);
    if (size === 0) return Buffer.concat(chunks);
    const end = cursor.at + size;
    if (end > cursor.bytes.length) throw new Error("the reply ends in the middle of a chunk");
    chunks.push(cursor.bytes.subarray(cursor.at, end));
    cursor.at = end;
    if (readLine(cursor) !== "") throw new Error("a chunk is longer than it says");
  }
}
