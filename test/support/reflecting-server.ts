import { type AddressInfo, createServer as createListener, type Socket } from "node:net";
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { BinaryReader, BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { FileDescriptorProtoSchema, FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import {
  type Metadata,
  type MethodDefinition,
  Server,
  ServerCredentials,
  type ServerDuplexStream,
  type ServerErrorResponse,
  type ServerUnaryCall,
  type sendUnaryData,
} from "@grpc/grpc-js";
import { buildSet, copyGoogleFiles, inFolder, writeFiles } from "../schema/support/build-set.js";
import { demandMetadata } from "./demand-metadata.js";

/** FileDescriptorProtos by name, as a server tells them. */
export type ToldFiles = ReadonlyMap<string, Uint8Array>;

/** What buf makes of protos written out; what they import of google/ comes along. */
export function filesOf(protos: Readonly<Record<string, string>>): ToldFiles {
  return filesOfSet(
    inFolder((folder) => {
      writeFiles(folder, protos);
      copyGoogleFiles(folder, ["google/api/annotations.proto", "google/api/http.proto"]);
      return buildSet(folder, "descriptor set");
    }),
  );
}

/** The files of a FileDescriptorSet. */
export function filesOfSet(bytes: Uint8Array): ToldFiles {
  const { file } = fromBinary(FileDescriptorSetSchema, bytes);
  return new Map(file.map((each) => [each.name, toBinary(FileDescriptorProtoSchema, each)]));
}

/** A FileDescriptorProto of nothing but its name and imports. */
export function bareFile(name: string, dependency: readonly string[] = []): Uint8Array {
  return toBinary(FileDescriptorProtoSchema, create(FileDescriptorProtoSchema, { name, dependency: [...dependency] }));
}

/** A question as a server reads it. */
export interface Asked {
  readonly kind: "services" | "symbol" | "file";
  readonly text: string;
}

/** How a server answers: with the bytes of a ServerReflectionResponse, or not at all. */
export type AnswerReflection = (asked: Asked) => Uint8Array | null;

export interface ReflectingServerOptions {
  /** The versions that it has; both by default. */
  readonly versions?: readonly ("v1" | "v1alpha")[];
  /** Its other methods ("/pkg.Service/Method"), all of them unary. */
  readonly paths?: readonly string[];
  /** Answers those: with a message or a failure, at once or later; an empty message by default. */
  readonly unary?: (path: string, request: Buffer) => UnaryAnswer | Promise<UnaryAnswer>;
  /** Whether it answers a call with such metadata; every one by default. */
  readonly admits?: (metadata: Metadata) => boolean;
  /** Cleartext by default. */
  readonly credentials?: ServerCredentials;
}

export type UnaryAnswer = Uint8Array | ServerErrorResponse;

/** A gRPC server on loopback that tells its schema as a test wants it told. */
export interface ReflectingServer {
  readonly address: string;
  readonly port: number;
  /** The questions so far, with the version that each came by. */
  readonly asked: readonly (Asked & { readonly version: string })[];
  /** Answers otherwise from now on, on connections that are open as well. */
  tell(answer: AnswerReflection): void;
  /**
   * Another server takes its place, as in a rolling deployment: connections are told to go (GOAWAY) and finish their calls,
   * new ones are the successor's.
   */
  replace(answer: AnswerReflection, options?: ReflectingServerOptions): void;
  /** Drops every connection and takes no more. */
  kill(): void;
}

/** Starts one on a port, any free one by default. */
export async function startReflectingServer(
  answer: AnswerReflection,
  options: ReflectingServerOptions = {},
  port = 0,
): Promise<ReflectingServer> {
  const asked: (Asked & { readonly version: string })[] = [];
  const told = { answer };
  const behind = (more: ReflectingServerOptions): { server: Server; injector: ConnectionInjector } => {
    const server = createServer(told, asked, more);
    const { credentials = ServerCredentials.createInsecure() } = more;
    return { server, injector: server.createConnectionInjector(credentials) };
  };
  let current = behind(options);
  const sockets = new Set<Socket>();
  const listener = createListener((socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    current.injector.injectConnection(socket);
  });
  await new Promise<void>((resolve) => listener.listen(port, "127.0.0.1", resolve));
  const bound = (listener.address() as AddressInfo).port;
  return {
    address: `127.0.0.1:${bound}`,
    port: bound,
    asked,
    tell(next) {
      told.answer = next;
    },
    replace(next, more = options) {
      const former = current;
      told.answer = next;
      current = behind(more);
      former.injector.drain(60_000);
    },
    kill() {
      listener.close();
      for (const socket of sockets) socket.destroy();
      current.server.forceShutdown();
    },
  };
}

type ConnectionInjector = ReturnType<Server["createConnectionInjector"]>;

function createServer(
  told: { readonly answer: AnswerReflection },
  asked: (Asked & { readonly version: string })[],
  { versions = ["v1", "v1alpha"], paths = [], unary = () => new Uint8Array(0), admits }: ReflectingServerOptions,
): Server {
  const interceptors = admits === undefined ? [] : [demandMetadata(admits)];
  const server = new Server({ "grpc.max_send_message_length": -1, interceptors });
  addReflection(server, versions, (question, version) => {
    asked.push({ ...question, version });
    return told.answer(question);
  });
  for (const path of paths) {
    server.addService(
      { Call: bytesThrough(path, false) },
      {
        async Call(call: ServerUnaryCall<Buffer, Buffer>, callback: sendUnaryData<Buffer>) {
          const answer = await unary(path, call.request);
          if (answer instanceof Uint8Array) callback(null, Buffer.from(answer));
          else callback(answer);
        },
      },
    );
  }
  return server;
}

/** Adds server reflection to a server, answered by `answer`. */
export function addReflection(
  server: Server,
  versions: readonly string[],
  answer: (asked: Asked, version: string) => Uint8Array | null,
): void {
  for (const version of versions) {
    server.addService(
      { Info: bytesThrough(`/grpc.reflection.${version}.ServerReflection/ServerReflectionInfo`, true) },
      {
        Info(call: ServerDuplexStream<Buffer, Buffer>) {
          call.on("data", (bytes: Buffer) => {
            const reply = answer(readQuestion(bytes), version);
            if (reply !== null) call.write(Buffer.from(reply));
          });
          call.on("end", () => call.end());
          // A caller that goes away while it is answered.
          call.on("error", () => undefined);
        },
      },
    );
  }
}

/**
 * Tells files as servers do. `withImports`: all that a file imports in the same answer; `alone`: just the file that was asked
 * for. Services are those of the list, with the file of each.
 */
export function telling(
  files: ToldFiles,
  services: Readonly<Record<string, string>>,
  style: "withImports" | "alone" = "withImports",
): AnswerReflection {
  const importsOf = new Map(
    [...files].map(([name, bytes]) => [name, fromBinary(FileDescriptorProtoSchema, bytes).dependency]),
  );
  const closure = (name: string, into = new Set<string>()): Set<string> => {
    if (into.has(name) || !files.has(name)) return into;
    into.add(name);
    for (const each of importsOf.get(name) ?? []) closure(each, into);
    return into;
  };
  return ({ kind, text }) => {
    if (kind === "services") return servicesAnswer([...Object.keys(services), ...OWN]);
    const name = kind === "symbol" ? services[text] : text;
    if (name === undefined || !files.has(name)) return errorAnswer(5, `not found: ${text}`);
    const names = style === "alone" ? [name] : [...closure(name)];
    return filesAnswer(names.map((each) => files.get(each) ?? new Uint8Array(0)));
  };
}

/** What every server lists beside its services. */
const OWN = ["grpc.health.v1.Health", "grpc.reflection.v1.ServerReflection", "grpc.channelz.v1.Channelz"];

export function filesAnswer(files: readonly Uint8Array[]): Uint8Array {
  const writer = new BinaryWriter().tag(4, WireType.LengthDelimited).fork();
  for (const bytes of files) writer.tag(1, WireType.LengthDelimited).bytes(bytes);
  return writer.join().finish();
}

export function servicesAnswer(names: readonly string[]): Uint8Array {
  const writer = new BinaryWriter().tag(6, WireType.LengthDelimited).fork();
  for (const name of names) {
    writer.tag(1, WireType.LengthDelimited).fork().tag(1, WireType.LengthDelimited).string(name).join();
  }
  return writer.join().finish();
}

export function errorAnswer(code: number, message: string): Uint8Array {
  const writer = new BinaryWriter().tag(7, WireType.LengthDelimited).fork();
  return writer.tag(1, WireType.Varint).int32(code).tag(2, WireType.LengthDelimited).string(message).join().finish();
}

const kinds: Readonly<Record<number, Asked["kind"]>> = { 3: "file", 4: "symbol", 7: "services" };

function readQuestion(bytes: Uint8Array): Asked {
  const reader = new BinaryReader(bytes);
  let asked: Asked | null = null;
  while (reader.pos < reader.len) {
    const [number, type] = reader.tag();
    const kind = kinds[number];
    if (kind === undefined) reader.skip(type);
    else asked = { kind, text: reader.string() };
  }
  if (asked === null) throw new Error("nothing was asked");
  return asked;
}

function bytesThrough(path: string, streams: boolean): MethodDefinition<Buffer, Buffer> {
  const same = (bytes: Buffer): Buffer => bytes;
  return {
    path,
    requestStream: streams,
    responseStream: streams,
    requestSerialize: same,
    requestDeserialize: same,
    responseSerialize: same,
    responseDeserialize: same,
  };
}
