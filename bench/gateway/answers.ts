import { createCodec } from "../../src/codec/index.js";
import { loadProtoFiles } from "../../src/schema/index.js";
import { event, orders, requests, user, users } from "./messages.js";

/** What the bench's upstream answers to one method. */
export interface Answer {
  readonly message: Uint8Array;
  /** Bytes of the smallest request that says what the client said: a gateway that drops some of it is found out. */
  readonly atLeast: number;
  /** Whether the message is sent as often as field 1 of the request says. */
  readonly streamed: boolean;
}

/** The protos that every server of the bench serves, and where they and the samples' are looked for. */
export const protoRoots = ["bench/gateway/protos", "proto"];
export const service = "portico.bench.v1.DirectoryService";
export const protoFiles = ["portico/bench/v1/directory.proto"];

/** The answers by gRPC path, encoded by Portico's codec; the servers' replies are compared with the JSON that they come of. */
export function createAnswers(): ReadonlyMap<string, Answer> {
  const schema = loadProtoFiles({ roots: protoRoots, files: protoFiles, cwd: process.cwd() });
  const codec = createCodec(schema, {});
  const encode = (type: string, json: unknown): Uint8Array => {
    const message = schema.messages.get(`portico.examples.v1.${type}`);
    if (message === undefined) throw new Error(`the samples have no ${type}`);
    // A copy: the codec has one buffer for all messages.
    return Buffer.from(codec.encoder(message)(Buffer.from(JSON.stringify(json))));
  };
  const answer = (request: string, asked: unknown, reply: string, json: unknown, streamed = false): Answer => ({
    message: encode(reply, json),
    atLeast: encode(request, asked).length,
    streamed,
  });
  return new Map([
    [`/${service}/GetUser`, answer("GetUserRequest", requests.get, "User", user)],
    [`/${service}/CreateUser`, answer("CreateUserRequest", requests.create, "User", user)],
    [`/${service}/ListUsers`, answer("ListUsersRequest", requests.list, "ListUsersResponse", users)],
    [`/${service}/ListOrders`, answer("ListOrdersRequest", requests.orders, "ListOrdersResponse", orders)],
    [`/${service}/WatchUsers`, answer("WatchUsersRequest", requests.watch, "UserEvent", event, true)],
  ]);
}
