import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { Metadata, type ServerErrorResponse } from "@grpc/grpc-js";
import { WebSocket } from "ws";
import { type ConfigInput, createGateway, type Gateway, resolveConfig } from "../../../src/app/index.js";
import { type AnswerReflection, filesOf, type ToldFiles, telling } from "../../support/reflecting-server.js";

export type Transport = "http2" | "grpc-js";

/** A service as a test writes it: `rules` of its method Get(Item), which has the fields `name` and `note`. */
export interface ShopVersion {
  readonly rules: readonly string[];
  /** The name of the field 2. */
  readonly note?: string;
  readonly package?: string;
  /** Further declarations, and the services among them. */
  readonly more?: string;
  readonly moreServices?: readonly string[];
}

const built = new Map<string, ToldFiles>();

/** Files of a package with the service Shop, whose methods Get0, Get1, … have these rules. */
export function shopFiles(version: ShopVersion): ToldFiles {
  const { rules, note = "note", package: name = "shop", more = "" } = version;
  const methods = rules.map(
    (rule, i) => `rpc Get${i}(Item) returns (Item) { option (google.api.http) = { ${rule} }; }`,
  );
  const text = `
    syntax = "proto3"; package ${name};
    import "google/api/annotations.proto";
    message Item { string name = 1; string ${note} = 2; }
    ${more}
    service Shop { ${methods.join("\n")} }
  `;
  const files = built.get(text) ?? filesOf({ [`${name}/shop.proto`]: text });
  built.set(text, files);
  return files;
}

/** What a server with such a service tells of itself. */
export function tellingShop(version: ShopVersion): AnswerReflection {
  const { package: name = "shop", moreServices = [] } = version;
  const services = ["Shop", ...moreServices].map((service) => [`${name}.${service}`, `${name}/shop.proto`]);
  return telling(shopFiles(version), Object.fromEntries(services));
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
  /** Status and JSON. */
  get(
    path: string,
    headers?: Readonly<Record<string, string>>,
  ): Promise<{ status: number; body: unknown; headers: Headers }>;
}

export async function startFollowing(config: ConfigInput): Promise<Followed> {
  const lines: Line[] = [];
  const note =
    (level: Line["level"]) =>
    (message: string, fields: Line["fields"] = {}): void =>
      void lines.push({ level, message, fields });
  const complete = resolveConfig({ admin: { enabled: false }, ...config, server: { ...config.server, port: 0 } });
  const gateway = await createGateway(complete, {
    access: null,
    failure: () => undefined,
    info: note("info"),
    warn: note("warn"),
  });
  const url = await gateway.listen();
  return {
    gateway,
    url,
    lines,
    async get(path, headers = {}) {
      const reply = await fetch(`${url}${path}`, { headers });
      const text = await reply.text();
      return { status: reply.status, body: text === "" ? null : JSON.parse(text), headers: reply.headers };
    },
  };
}
