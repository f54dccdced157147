import { once } from "node:events";
import { Metadata, type MethodDefinition, Server, ServerCredentials, type ServerDuplexStream } from "@grpc/grpc-js";
import type { Oracle } from "../../support/oracle.js";

/** A call that a test answers step by step. */
export interface LiveCall {
  /** "pkg.Service/Method". */
  readonly method: string;
  readonly metadata: Metadata;
  /** Milliseconds to the deadline that the upstream sees. */
  remaining(): number;
  /** The next message of the client as ProtoJSON; null once it has half-closed. Rejects when the call is cancelled. */
  next(): Promise<unknown>;
  /** Sends a message, ProtoJSON or bytes. False: nobody takes it yet; `drained` tells when. */
  send(message: unknown): boolean;
  drained(): Promise<unknown>;
  header(metadata: Readonly<Record<string, string>>): void;
  /** Ends the call, with status OK unless told otherwise. */
  end(
    status?: { readonly code: number; readonly message: string } | null,
    trailer?: Readonly<Record<string, string>>,
  ): void;
  /** Takes no message before `takeAgain`. */
  stopTaking(): void;
  takeAgain(): void;
  /** Messages taken so far. */
  readonly taken: number;
  readonly cancelled: Promise<void>;
  isCancelled(): boolean;
}

/** A gRPC server for all methods that an oracle knows, whose calls a test answers itself. */
export interface LiveUpstream {
  readonly address: string;
  /** The next call that comes in, or came in and was not asked for. */
  call(): Promise<LiveCall>;
  /** Nobody waits for a call any more. */
  forget(): void;
  /** Calls that nobody has asked for. */
  readonly waiting: number;
  /** Breaks every connection at once. */
  crash(): void;
  close(): void;
}

type Bytes = ServerDuplexStream<Buffer, Buffer>;

export async function startLiveUpstream(oracle: Oracle): Promise<LiveUpstream> {
  const calls = queue<LiveCall>();
  const server = new Server({ "grpc.max_receive_message_length": -1 });
  for (const { name, parent, input, output } of oracle.methods()) {
    const method = `${parent.typeName}/${name}`;
    const toJson = (bytes: Uint8Array): unknown => oracle.toJson(input, bytes);
    const toBytes = (message: unknown): Uint8Array =>
      message instanceof Uint8Array ? message : oracle.encode(output, message);
    server.addService(
      { [name]: bytesThrough(`/${method}`) },
      { [name]: (call: Bytes) => calls.push(liveCall(call, method, toJson, toBytes)) },
    );
  }
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });
  return {
    address: `127.0.0.1:${port}`,
    call: () => calls.shift(),
    forget: () => calls.forget(),
    get waiting() {
      return calls.length;
    },
    crash: () => server.forceShutdown(),
    close: () => server.forceShutdown(),
  };
}

function liveCall(
  call: Bytes,
  method: string,
  toJson: (bytes: Uint8Array) => unknown,
  toBytes: (message: unknown) => Uint8Array,
): LiveCall {
  const messages = queue<Buffer | null>();
  let taken = 0;
  let gone = false;
  call.on("data", (message: Buffer) => {
    taken++;
    messages.push(message);
  });
  call.on("end", () => messages.push(null));
  // What goes wrong with a call that is cancelled is what the test wants to see.
  call.on("error", () => call.destroy());
  const cancelled = new Promise<void>((resolve) => {
    call.on("cancelled", () => {
      gone = true;
      messages.fail(new Error("the call was cancelled"));
      resolve();
    });
  });
  return {
    method,
    metadata: call.metadata,
    remaining: () => Number(call.getDeadline()) - Date.now(),
    async next() {
      const message = await messages.shift();
      return message === null ? null : toJson(message);
    },
    send: (message) => call.write(Buffer.from(toBytes(message))),
    drained: () => once(call, "drain"),
    header(entries) {
      call.sendMetadata(toMetadata(entries));
    },
    end(status = null, trailer = {}) {
      const metadata = toMetadata(trailer);
      if (status === null) call.end(metadata);
      else call.emit("error", { code: status.code, details: status.message, metadata });
    },
    stopTaking: () => call.pause(),
    takeAgain: () => call.resume(),
    get taken() {
      return taken;
    },
    cancelled,
    isCancelled: () => gone,
  };
}

function toMetadata(entries: Readonly<Record<string, string>>): Metadata {
  const metadata = new Metadata();
  for (const [name, value] of Object.entries(entries)) metadata.set(name, value);
  return metadata;
}

function bytesThrough(path: string): MethodDefinition<Buffer, Buffer> {
  const same = (bytes: Buffer): Buffer => bytes;
  return {
    path,
    requestStream: true,
    responseStream: true,
    requestSerialize: same,
    requestDeserialize: same,
    responseSerialize: same,
    responseDeserialize: same,
  };
}

/** A queue whose taker waits. */
export interface Queue<T> {
  push(value: T): void;
  shift(): Promise<T>;
  /** Nobody waits any more. */
  forget(): void;
  /** Every taker, now and later, gets this error once the queue is empty. */
  fail(error: Error): void;
  readonly length: number;
}

export function queue<T>(): Queue<T> {
  const values: T[] = [];
  const takers: { resolve(value: T): void; reject(error: Error): void }[] = [];
  let failure: Error | null = null;
  return {
    push(value) {
      const taker = takers.shift();
      if (taker === undefined) values.push(value);
      else taker.resolve(value);
    },
    shift() {
      const value = values.shift();
      if (value !== undefined) return Promise.resolve(value);
      if (failure !== null) return Promise.reject(failure);
      return new Promise((resolve, reject) => takers.push({ resolve, reject }));
    },
    fail(error) {
      failure = error;
      for (const taker of takers.splice(0)) taker.reject(error);
    },
    forget() {
      takers.length = 0;
    },
    get length() {
      return values.length;
    },
  };
}
