import type { JsonValue, Message } from "@bufbuild/protobuf";
import { type Any, AnySchema } from "@bufbuild/protobuf/wkt";
import {
  type ClientDuplexStream,
  credentials,
  Client as GrpcJsClient,
  Metadata,
  type StatusObject,
  status,
} from "@grpc/grpc-js";
import type { Oracle } from "./oracle.js";

/** How a call went, as JSON. */
export interface CallResult {
  readonly messages: readonly JsonValue[];
  /** The name of the code: "OK", "NOT_FOUND". */
  readonly code: string;
  readonly message: string;
  /** google.rpc.Status.details in ProtoJSON, from grpc-status-details-bin; of an unknown type its bytes as `value`. */
  readonly details: readonly JsonValue[];
  /** Several values of a key are joined by ", ". */
  readonly header: Readonly<Record<string, string>>;
  readonly trailer: Readonly<Record<string, string>>;
}

/** What a call may have beside its messages. */
export interface CallSettings {
  readonly metadata?: Readonly<Record<string, string | Buffer>>;
  /** Milliseconds from now. */
  readonly timeout?: number;
}

/** A call in which the test speaks and listens in turns. */
export interface OpenCall {
  send(request: unknown): void;
  /** The next message; undefined when there are no more. */
  next(): Promise<JsonValue | undefined>;
  end(): void;
  cancel(): void;
  /** How it ended. Reads what is left. */
  result(): Promise<CallResult>;
}

/** Calls any method of the oracle's descriptors over real gRPC: ProtoJSON in, ProtoJSON out, the bytes by the oracle. */
export class GrpcClient {
  readonly #client: GrpcJsClient;
  readonly #oracle: Oracle;

  constructor(address: string, oracle: Oracle) {
    this.#client = new GrpcJsClient(address, credentials.createInsecure());
    this.#oracle = oracle;
  }

  /** Sends all requests, then reads to the end. One request makes it a unary call on the wire. */
  async call(method: string, requests: readonly unknown[], settings: CallSettings = {}): Promise<CallResult> {
    const call = this.open(method, settings);
    for (const request of requests) call.send(request);
    call.end();
    return call.result();
  }

  open(method: string, settings: CallSettings = {}): OpenCall {
    const { input, output } = this.#oracle.method(method);
    const metadata = new Metadata();
    for (const [key, value] of Object.entries(settings.metadata ?? {})) metadata.set(key, value);
    const stream = this.#client.makeBidiStreamRequest(
      `/${method}`,
      (request: unknown) => Buffer.from(this.#oracle.encode(input, request)),
      (bytes: Buffer) => this.#oracle.toJson(output, bytes),
      metadata,
      settings.timeout === undefined ? {} : { deadline: Date.now() + settings.timeout },
    );
    return openCall(stream, this.#oracle);
  }

  close(): void {
    this.#client.close();
  }
}

function openCall(stream: ClientDuplexStream<unknown, JsonValue>, oracle: Oracle): OpenCall {
  const messages: JsonValue[] = [];
  let header = new Metadata();
  stream.on("metadata", (received) => {
    header = received;
  });
  const ended = new Promise<StatusObject>((resolve) => {
    stream.on("status", resolve);
  });
  // A status that is not OK is also an error of the stream; `result` tells it.
  stream.on("error", () => undefined);
  const iterator = stream[Symbol.asyncIterator]() as AsyncIterator<JsonValue>;
  const next = async (): Promise<JsonValue | undefined> => {
    try {
      const { done, value } = await iterator.next();
      if (done === true) return undefined;
      messages.push(value);
      return value;
    } catch {
      // The stream's error, as above.
      return undefined;
    }
  };
  return {
    send: (request) => void stream.write(request),
    next,
    end: () => void stream.end(),
    cancel: () => stream.cancel(),
    async result() {
      while ((await next()) !== undefined);
      const end = await ended;
      return {
        messages,
        code: status[end.code] ?? String(end.code),
        message: end.details,
        details: readDetails(end.metadata, oracle),
        header: toRecord(header),
        trailer: toRecord(end.metadata),
      };
    },
  };
}

/** @throws Error if the bytes are no google.rpc.Status */
function readDetails(metadata: Metadata, oracle: Oracle): JsonValue[] {
  const [bytes] = metadata.get("grpc-status-details-bin");
  if (!Buffer.isBuffer(bytes)) return [];
  const read = oracle.decode(oracle.type("google.rpc.Status"), bytes) as Message & { details: Any[] };
  return read.details.map((any) =>
    oracle.registry.getMessage(any.typeUrl.slice(any.typeUrl.lastIndexOf("/") + 1)) === undefined
      ? { "@type": any.typeUrl, value: Buffer.from(any.value).toString("base64") }
      : oracle.printJson(AnySchema, any),
  );
}

function toRecord(metadata: Metadata): Record<string, string> {
  return Object.fromEntries(
    Object.keys(metadata.getMap()).map((key) => [
      key,
      metadata
        .get(key)
        .map((value) => (Buffer.isBuffer(value) ? value.toString("base64") : value))
        .join(", "),
    ]),
  );
}
