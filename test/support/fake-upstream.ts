import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import {
  status as Code,
  Metadata,
  type MethodDefinition,
  Server,
  ServerCredentials,
  type ServerDuplexStream,
} from "@grpc/grpc-js";
import type { Oracle } from "./oracle.js";
import { type AnswerReflection, addReflection } from "./reflecting-server.js";

/** A value of metadata: text, or bytes under a key that ends in -bin. Of several values all are sent, in order. */
export type MetadataValue = string | Uint8Array;
export type MetadataInput = Readonly<Record<string, MetadataValue | readonly MetadataValue[]>>;

/** What the fake answers a call with. */
export interface FakeReply {
  /** ProtoJSON, or the bytes themselves, which need not be a message at all. None by default. */
  readonly messages?: readonly unknown[];
  /** OK by default. With no message and no initial metadata a status that is not OK is sent as trailers-only. */
  readonly status?: FakeStatus;
  readonly initialMetadata?: MetadataInput;
  readonly trailingMetadata?: MetadataInput;
  /** How long the answer waits after the client's last message. */
  readonly delayMs?: number;
}

export interface FakeStatus {
  /** Any number, also one that gRPC does not define. */
  readonly code: number;
  readonly message: string;
  /** Any in ProtoJSON, sent in grpc-status-details-bin. `$raw_base64` beside "@type": the bytes of a type nobody knows. */
  readonly details?: readonly { readonly "@type": string; readonly $raw_base64?: string }[];
  /** Sent as grpc-status-details-bin as it is, instead of details. */
  readonly rawDetails?: Uint8Array;
}

/** A call as the fake saw it. */
export interface SeenCall {
  /** "pkg.Service/Method". */
  readonly method: string;
  /** The bytes of each message, in order. */
  readonly messages: readonly Uint8Array[];
  readonly metadata: Metadata;
  /** What was left of the deadline on arrival; null for none. */
  readonly deadlineMs: number | null;
  /** complete: the client has sent all; answered: so has the fake; cancelled: the client gave up before. */
  readonly state: "open" | "complete" | "answered" | "cancelled";
}

/** A gRPC server that answers as told and remembers what it saw. */
export interface FakeUpstream {
  /** "127.0.0.1:port". */
  readonly address: string;
  /** In the order of their arrival. */
  readonly calls: readonly SeenCall[];
  /** How every call is answered from now on; OK without a message until it is told. Forgets the calls so far. */
  answer(reply: FakeReply | ((call: SeenCall) => FakeReply)): void;
  /** How many connections are open. */
  connections(): number;
  /**
   * Ends the server once its clients have gone.
   * @throws Error if a client still holds a connection after `PATIENCE`
   */
  close(): Promise<void>;
}

type Seen = { -readonly [K in keyof SeenCall]: SeenCall[K] };

type ByteStream = ServerDuplexStream<Buffer, Buffer>;

/**
 * Starts a fake of all services that the oracle knows, on a free port of 127.0.0.1. `reflection` tells its schema; calls of it
 * are none that the fake has seen.
 */
export async function startFakeUpstream(oracle: Oracle, reflection?: AnswerReflection): Promise<FakeUpstream> {
  let calls: SeenCall[] = [];
  let replyTo: (call: SeenCall) => FakeReply = () => ({});
  const server = new Server({ "grpc.max_receive_message_length": -1 });
  if (reflection !== undefined) addReflection(server, ["v1"], reflection);
  for (const { name, parent, output } of oracle.methods()) {
    const method = `${parent.typeName}/${name}`;
    const encode = (message: unknown): Uint8Array =>
      message instanceof Uint8Array ? message : oracle.encode(output, message);
    server.addService(
      { [name]: bytesThrough(`/${method}`) },
      {
        [name]: (call: ByteStream) => {
          const seen = watch(call, method);
          calls.push(seen);
          call.on("end", () => reply(call, seen, replyTo(seen), encode, oracle));
        },
      },
    );
  }

  // A server of our own in front of grpc-js: it knows its connections.
  const injector = server.createConnectionInjector(ServerCredentials.createInsecure());
  const sockets = new Set<Socket>();
  const listener = createServer((socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    injector.injectConnection(socket);
  });
  listener.listen(0, "127.0.0.1");
  await once(listener, "listening");

  return {
    address: `127.0.0.1:${(listener.address() as AddressInfo).port}`,
    get calls() {
      return calls;
    },
    answer(reply) {
      calls = [];
      replyTo = typeof reply === "function" ? reply : () => reply;
    },
    connections: () => sockets.size,
    async close() {
      listener.close();
      await allClosed(sockets);
      injector.destroy();
      server.forceShutdown();
    },
  };
}

/** All four kinds of methods look the same in HTTP/2, so one that streams both ways serves for all. */
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

function watch(call: ByteStream, method: string): Seen {
  const deadline = Number(call.getDeadline());
  const messages: Uint8Array[] = [];
  const seen: Seen = {
    method,
    messages,
    metadata: call.metadata,
    deadlineMs: Number.isFinite(deadline) ? deadline - Date.now() : null,
    state: "open",
  };
  call.on("data", (message: Buffer) => messages.push(message));
  call.on("end", () => {
    seen.state = "complete";
  });
  call.on("cancelled", () => {
    // grpc-js emits it after the end of a call as well.
    if (seen.state !== "answered") seen.state = "cancelled";
  });
  return seen;
}

function reply(
  call: ByteStream,
  seen: Seen,
  { messages = [], status, initialMetadata, trailingMetadata, delayMs = 0 }: FakeReply,
  encode: (message: unknown) => Uint8Array,
  oracle: Oracle,
): void {
  const send = (): void => {
    if (seen.state === "cancelled") return;
    seen.state = "answered";
    if (initialMetadata !== undefined) call.sendMetadata(toMetadata(initialMetadata));
    for (const message of messages) call.write(Buffer.from(encode(message)));
    const trailer = toMetadata(trailingMetadata ?? {});
    if (status === undefined || status.code === Code.OK) {
      call.end(trailer);
      return;
    }
    const details = status.rawDetails ?? encodeDetails(status, oracle);
    if (details !== null) trailer.set("grpc-status-details-bin", Buffer.from(details));
    call.emit("error", { code: status.code, details: status.message, metadata: trailer });
  };
  if (delayMs === 0) send();
  else {
    const timer = setTimeout(send, delayMs);
    call.on("cancelled", () => clearTimeout(timer));
  }
}

function encodeDetails({ code, message, details = [] }: FakeStatus, oracle: Oracle): Uint8Array | null {
  if (details.length === 0) return null;
  const unknown = details.filter((detail) => detail.$raw_base64 !== undefined);
  const known = details.filter((detail) => detail.$raw_base64 === undefined);
  const status = oracle.encode(oracle.type("google.rpc.Status"), { code, message, details: known });
  // google.rpc.Status.details is field 3; serialized messages that follow each other are merged, lists appended.
  const unread = new BinaryWriter();
  for (const { "@type": typeUrl, $raw_base64: value = "" } of unknown) {
    unread.tag(3, WireType.LengthDelimited).fork();
    unread.tag(1, WireType.LengthDelimited).string(typeUrl);
    unread.tag(2, WireType.LengthDelimited).bytes(Buffer.from(value, "base64")).join();
  }
  return Buffer.concat([status, unread.finish()]);
}

function toMetadata(input: MetadataInput): Metadata {
  const metadata = new Metadata();
  for (const [key, given] of Object.entries(input)) {
    for (const value of Array.isArray(given) ? (given as readonly MetadataValue[]) : [given as MetadataValue]) {
      metadata.add(key, typeof value === "string" ? value : Buffer.from(value));
    }
  }
  return metadata;
}

/** Milliseconds: much more than a client takes to close, on a machine that is busy with something else. */
const PATIENCE = 15_000;

async function allClosed(sockets: ReadonlySet<Socket>): Promise<void> {
  // A connection that is reset has an error before it closes: that it closes is what counts.
  const closed = [...sockets].map((socket) => new Promise<void>((resolve) => socket.once("close", () => resolve())));
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(
      () => reject(new Error(`${sockets.size} connections to the fake upstream are still open`)),
      PATIENCE,
    );
  });
  await Promise.race([Promise.all(closed), late]);
  clearTimeout(timer);
}
