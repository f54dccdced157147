import { type ClientRequest, type IncomingHttpHeaders, type IncomingMessage, request } from "node:http";
import { queue } from "./live-upstream.js";

/** A request whose body and reply a test handles piece by piece, on a connection of its own. */
export interface LiveRequest {
  readonly raw: ClientRequest;
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
  response(): Promise<IncomingMessage>;
  /** Breaks the connection. */
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

export function openRequest(
  address: { readonly host: string; readonly port: number },
  path: string,
  { method = "GET", headers = {}, upload = false, holdReply = false }: LiveOptions = {},
): LiveRequest {
  const raw = request({ ...address, path, method, headers, agent: false });
  const chunks = queue<Buffer | null>();
  const received: Buffer[] = [];
  let size = 0;
  let ended = false;
  // Told by `response` and `body`, to whoever asks.
  raw.on("error", (error) => chunks.fail(error));
  const response = new Promise<IncomingMessage>((resolve, reject) => {
    raw.on("response", (message) => {
      if (!holdReply) {
        message.on("data", (chunk: Buffer) => chunks.push(chunk));
        message.on("end", () => chunks.push(null));
        message.on("error", (error) => chunks.fail(error));
      }
      resolve(message);
    });
    raw.on("error", reject);
  });
  response.catch(() => undefined);
  if (upload) raw.flushHeaders();
  else raw.end();

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
    async head() {
      const { statusCode = 0, headers: fields } = await response;
      return { status: statusCode, headers: fields };
    },
    async until(length) {
      while (size < length && (await more()));
      return Buffer.concat(received).toString();
    },
    async body() {
      while (await more());
      return Buffer.concat(received);
    },
    trailers: () => ({ ...lastTrailers(raw) }),
    response: () => response,
    abort: () => raw.destroy(),
  };
}

function lastTrailers(raw: ClientRequest): NodeJS.Dict<string> {
  const { res } = raw as ClientRequest & { readonly res?: IncomingMessage };
  return res?.trailers ?? {};
}
