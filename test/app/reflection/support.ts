import { create, toBinary } from "@bufbuild/protobuf";
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import {
  FileDescriptorProtoSchema,
  FieldDescriptorProto_Label as Label,
  type MethodOptions,
  MethodOptionsSchema,
  FieldDescriptorProto_Type as Type,
} from "@bufbuild/protobuf/wkt";
import { Metadata, type ServerErrorResponse } from "@grpc/grpc-js";
import { WebSocket } from "ws";
import { type ConfigInput, createGateway, type Gateway, resolveConfig } from "../../../src/app/index.js";
import { type AnswerReflection, telling } from "../../support/reflecting-server.js";

export type Transport = "http2" | "grpc-js";

/** A service as a test writes it. */
export interface ShopVersion {
  /** Of its methods Get0(Item), Get1, … in this order: "GET /shop/{name}". */
  readonly rules: readonly string[];
  /** The name of Item's field 2, beside `name`. */
  readonly note?: string;
  readonly package?: string;
  /** Whether there are a message Detail and a service Watcher, whose method streams, too. */
  readonly watcher?: boolean;
}

/** What a server with such a service tells of itself; google/api is left to the gateway. */
export function tellingShop({
  rules,
  note = "note",
  package: name = "shop",
  watcher = false,
}: ShopVersion): AnswerReflection {
  const item = { inputType: `.${name}.Item`, outputType: `.${name}.Item` };
  const methodOf = (rule: string, method: string, serverStreaming: boolean) => {
    return { name: method, ...item, serverStreaming, options: withRule(rule) };
  };
  const fieldsOf = (...names: readonly string[]) =>
    names.map((each, i) => ({ name: each, number: i + 1, label: Label.OPTIONAL, type: Type.STRING }));
  const shop = { name: "Shop", method: rules.map((rule, i) => methodOf(rule, `Get${i}`, false)) };
  const file = create(FileDescriptorProtoSchema, {
    name: `${name}/shop.proto`,
    package: name,
    syntax: "proto3",
    dependency: ["google/api/annotations.proto"],
    messageType: [
      { name: "Item", field: fieldsOf("name", note) },
      ...(watcher ? [{ name: "Detail", field: fieldsOf("why") }] : []),
    ],
    service: [shop, ...(watcher ? [{ name: "Watcher", method: [methodOf("GET /watch", "Watch", true)] }] : [])],
  });
  const services = [`${name}.Shop`, ...(watcher ? [`${name}.Watcher`] : [])];
  return telling(
    new Map([[file.name, toBinary(FileDescriptorProtoSchema, file)]]),
    Object.fromEntries(services.map((service) => [service, file.name])),
  );
}

/** The fields of google.api.HttpRule. */
const patterns: Readonly<Record<string, number>> = { GET: 2, PUT: 3, POST: 4, DELETE: 5, PATCH: 6 };

/** MethodOptions with (google.api.http), extension 72295728, by its bytes. */
function withRule(rule: string): MethodOptions {
  const [method = "", path = ""] = rule.split(" ");
  const http = new BinaryWriter();
  const pattern = patterns[method];
  if (pattern !== undefined) http.tag(pattern, WireType.LengthDelimited).string(path);
  // custom = 8 { kind = 1, path = 2 }
  else {
    http.tag(8, WireType.LengthDelimited).fork().tag(1, WireType.LengthDelimited).string(method);
    http.tag(2, WireType.LengthDelimited).string(path).join();
  }
  const options = create(MethodOptionsSchema);
  const data = new BinaryWriter().bytes(http.finish()).finish();
  options.$unknown = [{ no: 72_295_728, wireType: WireType.LengthDelimited, data }];
  return options;
}

/** Item { name = 1, note = 2 }. */
export function item(name: string, note: string): Uint8Array {
  const writer = new BinaryWriter().tag(1, WireType.LengthDelimited).string(name);
  return writer.tag(2, WireType.LengthDelimited).string(note).finish();
}

/** A failure whose google.rpc.Status has one detail: its type's full name and the bytes of the message. */
export function failureWith(type: string, message: Uint8Array): ServerErrorResponse {
  const metadata = new Metadata();
  const detail = new BinaryWriter().tag(1, WireType.LengthDelimited).string(`type.googleapis.com/${type}`);
  const any = detail.tag(2, WireType.LengthDelimited).bytes(message).finish();
  const status = new BinaryWriter().tag(1, WireType.Varint).int32(9).tag(3, WireType.LengthDelimited).bytes(any);
  metadata.set("grpc-status-details-bin", Buffer.from(status.finish()));
  return { name: "failure", message: "no", code: 9, details: "no", metadata };
}

/** The HTTP status that a WebSocket handshake is answered with: 101 where it succeeds. */
export function handshake(url: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url.replace("http:", "ws:"));
    socket.on("open", () => {
      socket.terminate();
      resolve(101);
    });
    socket.on("unexpected-response", (_request, response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    // The refusal of a handshake is told above; what follows it is an error for ws.
    socket.on("error", reject);
  });
}

/** A line of the log. */
export interface Line {
  readonly level: "info" | "warn";
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** A gateway with what it has logged. */
export interface Followed {
  readonly gateway: Gateway;
  readonly url: string;
  readonly lines: readonly Line[];
  /** The errors that the log was told of. */
  readonly failures: readonly string[];
  /** Status and JSON. */
  get(
    path: string,
    headers?: Readonly<Record<string, string>>,
    method?: string,
  ): Promise<{ status: number; body: unknown; headers: Headers }>;
}

export async function startFollowing(config: ConfigInput): Promise<Followed> {
  const lines: Line[] = [];
  const failures: string[] = [];
  const note =
    (level: Line["level"]) =>
    (message: string, fields: Line["fields"] = {}): void =>
      void lines.push({ level, message, fields });
  const complete = resolveConfig({ admin: { enabled: false }, ...config, server: { ...config.server, port: 0 } });
  const gateway = await createGateway(complete, {
    access: null,
    failure: (_requestId, { id }) => void failures.push(id),
    info: note("info"),
    warn: note("warn"),
  });
  const url = await gateway.listen();
  return {
    gateway,
    url,
    lines,
    failures,
    async get(path, headers = {}, method = "GET") {
      const reply = await fetch(`${url}${path}`, { headers, method });
      const text = await reply.text();
      return { status: reply.status, body: text === "" ? null : JSON.parse(text), headers: reply.headers };
    },
  };
}
