import { type ClientRequest, type IncomingHttpHeaders, type IncomingMessage, request } from "node:http";
import { constants } from "node:http2";
import type { Readable, Writable } from "node:stream";
import { type Address, headersOf, openSession } from "../../support/http2-client.js";
import { queue } from "./live-upstream.js";

/** A request whose body and reply a test handles piece by piece, on a connection of its own. */
export interface LiveRequest {
  readonly raw: Writable;
  /** Sends part of the body. False: the gateway does not take it yet. */
  write(part: string | Uint8Array): boolean;
  end(part?: string | Uint8Array): void;
  /** Once the status is there. */
  head(): Promise<{ readonly status: number; readonly headers: IncomingHttpHeaders }>;
  /** Reads on until the body so far is at least this long, and gives it. */
  until(length: number): Promise<string>;
  /** The rest of the body, all of it so far included. Rejects if the connection breaks off first. */
  body(): Promise<Buffer>;
  /** After `body`. */
  trailers(): Readonly<Record<string, string | undefined>>;
  /** The body, where nobody reads it here. */
  response(): Promise<Readable>;
  /** Goes away: breaks the connection, or in HTTP/2 resets the stream. */
  abort(): void;
}

export interface LiveOptions {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** The body is written by the test; else there is none. */
  readonly upload?: boolean;
  /** Leaves the reply's body unread. */
  readonly holdReply?: boolean;
}

/** A request as its protocol has it. */
interface Sent {
  readonly raw: Writable;
  /** Resolves with the status. */
  readonly reply: Promise<{ readonly status: number; readonly headers: IncomingHttpHeaders; readonly body: Readable }>;
  trailers(): Readonly<Record<string, string | undefined>>;
  abort(): void;
}

export function openRequest(address: Address, path: string, options: LiveOptions = {}): LiveRequest {
  const { speaks = "http/1.1" } = address;
  const sent = speaks === "http/1.1" ? sendHttp1(address, path, options) : sendHttp2(address, path, options);
  const { raw, reply } = sent;
  const chunks = queue<Buffer | null>();
  const received: Buffer[] = [];
  let size = 0;
  let ended = false;
  // Told by `reply` and `body`, to whoever asks.
  raw.on("error", (error) => chunks.fail(error));
  reply.then(
    ({ body }) => {
      if (options.holdReply === true) return;
      body.on("data", (chunk: Buffer) => chunks.push(chunk));
      body.on("end", () => chunks.push(null));
      body.on("error", (error) => chunks.fail(error));
    },
    () => undefined,
  );

  const more = async (): Promise<boolean> => {
    if (ended) return false;
    const chunk = await chunks.shift();
    if (chunk === null) {
      ended = true;
      return false;
    }
    received.push(chunk);
    size += chunk.length;
    return true;
  };

  return {
    raw,
    write: (part) => raw.write(part),
    end: (part) => raw.end(part),
    head: () => reply,
    async until(length) {
      while (size < length && (await more()));
      return Buffer.concat(received).toString();
    },
    async body() {
      while (await more());
      return Buffer.concat(received);
    },
    trailers: sent.trailers,
    response: async () => (await reply).body,
    abort: sent.abort,
  };
}

function sendHttp1(
  { host, port }: Address,
  path: string,
  { method = "GET", headers = {}, upload = false }: LiveOptions,
): Sent {
  const raw = request({ host, port, path, method, headers, agent: false });
  if (upload) raw.flushHeaders();
  else raw.end();
  return {
    raw,
    reply: new Promise((resolve, reject) => {
      raw.on("response", (body) => resolve({ status: body.statusCode ?? 0, headers: body.headers, body }));
      raw.on("error", reject);
    }),
    trailers: () => ({ ...lastTrailers(raw) }),
    abort: () => raw.destroy(),
  };
}

function lastTrailers(raw: ClientRequest): NodeJS.Dict<string> {
  const { res } = raw as ClientRequest & { readonly res?: IncomingMessage };
  return res?.trailers ?? {};
}

function sendHttp2(
  address: Address,
  path: string,
  { method = "GET", headers = {}, upload = false }: LiveOptions,
): Sent {
  const session = openSession(address);
  const raw = session.request(headersOf({ method, path, headers }), { endStream: !upload });
  raw.on("close", () => session.close());
  let trailers: Readonly<Record<string, string | undefined>> = {};
  raw.on("trailers", (given: Readonly<Record<string, string>>) => {
    trailers = Object.fromEntries(Object.entries(given));
  });
  return {
    raw,
    reply: new Promise((resolve, reject) => {
      raw.on("response", ({ ":status": status = 0, ...fields }) =>
        resolve({ status, headers: fields as IncomingHttpHeaders, body: raw }),
      );
      raw.on("error", reject);
      session.on("error", reject);
    }),
    trailers: () => trailers,
    abort: () => raw.close(constants.NGHTTP2_CANCEL),
  };
}
