import type { JsonValue } from "../../../src/openapi/index.js";
import type { RawRequest } from "../../support/raw-http.js";
import { asList, asObject, type Operation } from "./read-document.js";

/** A call that the sample services answer as they should, in the order of what they do to each other. */
export interface SampleCall {
  readonly id: string;
  readonly target: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON; of a client stream the messages. */
  readonly json?: JsonValue;
  /** 200 by default. */
  readonly status?: number;
  /** Bytes, for what is no JSON. */
  readonly bytes?: string;
}

const ada = { displayName: "Ada King", email: "ada@example.com" };

export const sampleCalls: readonly SampleCall[] = [
  { id: "ChatService_CreateMessage", target: "/v1/rooms/lobby/messages", json: { author: "users/ada", text: "hello" } },
  { id: "ChatService_ListMessages", target: "/v1/rooms/lobby/messages?pageSize=10" },
  { id: "ChatService_WatchMessages", target: "/v1/rooms/lobby/messages:watch?count=2" },
  {
    id: "ChatService_JoinRoom",
    target: "/v1/rooms/attic:join",
    json: [{ author: "users/ada", text: "anybody here?" }],
  },
  {
    id: "EchoService_Echo",
    target: "/v1/echo",
    json: {
      doubleValue: "-Infinity",
      floatValue: 1.5,
      int64Value: "9007199254740993",
      bytesValue: "AAEC",
      color: "ULTRAVIOLET",
      note: { text: "a", reply: { weight: 1 } },
      int32ToString: { "-1": "a" },
      boolToString: { true: "a" },
      choiceNull: null,
      optionalInt32: 0,
      value: null,
      listValue: [1, null],
      any: { "@type": "type.googleapis.com/portico.examples.v1.Note", text: "x" },
      wrappedInt64: "0",
      wrappedDouble: "NaN",
      calledOtherwise: "yes",
      fieldMask: "a.b,cD",
    },
  },
  { id: "EchoService_Echo_2", target: "/v1/echo?repeatedInt32=1&repeatedInt32=2&stringToString[k]=v&note.text=n" },
  {
    id: "EchoService_DescribeCall",
    target: "/v1/echo:call",
    headers: { "grpc-metadata-tenant": "blue", "x-server-timeout": "5" },
  },
  { id: "EchoService_Fail", target: "/v1/echo:fail?code=OK" },
  { id: "EchoService_Wait", target: "/v1/echo:wait?time=0.001s" },
  { id: "MonitoringService_GetMetric", target: "/v1/metrics/cpu" },
  { id: "MonitoringService_WatchMetrics", target: "/v1/metrics:watch?names=metrics/cpu&count=3" },
  {
    id: "MonitoringService_ReportSamples",
    target: "/v1/metrics:report",
    json: [
      { name: "metrics/cpu", value: 0.5 },
      { name: "metrics/cpu", value: 1 },
    ],
  },
  {
    id: "MonitoringService_Monitor",
    target: "/v1/metrics:monitor",
    json: [{ name: "metrics/cpu", count: 2 }, { name: "metrics/memory" }],
  },
  { id: "OrderService_CreateOrder", target: "/v1/users/ada/orders", json: { lines: [{ sku: "apple", quantity: 3 }] } },
  { id: "OrderService_GetOrder", target: "/v1/users/ada/orders/1001" },
  { id: "OrderService_GetOrderTotal", target: "/v1/users/ada/orders/1001/total" },
  { id: "OrderService_ListOrders", target: "/v1/users/-/orders?pageSize=2" },
  { id: "OrderService_StreamOrders", target: "/v1/users/-/orders:stream?count=2" },
  { id: "OrderService_WatchOrder", target: "/v1/users/ada/orders/1001:watch?count=2" },
  { id: "OrderService_CancelOrder", target: "/v1/users/ada/orders/1001:cancel", json: {} },
  {
    id: "UploadService_PutFile",
    target: "/v1/files/a/b.txt",
    headers: { "content-type": "text/plain" },
    bytes: "bytes",
  },
  {
    id: "UploadService_PutFile",
    target: "/v1/files/form.txt",
    headers: { "content-type": "multipart/form-data; boundary=b" },
    bytes: [
      "--b",
      'Content-Disposition: form-data; name="file"; filename="f.txt"',
      "Content-Type: text/plain",
      "",
      "bytes",
      "--b",
      'Content-Disposition: form-data; name="createOnly"',
      "",
      "true",
      "--b--",
      "",
    ].join("\r\n"),
  },
  { id: "UploadService_GetFile", target: "/v1/files/a/b.txt" },
  { id: "UploadService_GetFile", target: "/v1/files/a/b.txt", headers: { range: "bytes=1-2" }, status: 206 },
  { id: "UploadService_GetFile", target: "/v1/files/a/b.txt", headers: { range: "bytes=99-" }, status: 416 },
  { id: "UploadService_StatFile", target: "/v1/files/a/b.txt" },
  { id: "UploadService_GetFileContent", target: "/v1/files/docs/readme.md:content" },
  { id: "UploadService_ListFiles", target: "/v1/files?prefix=files/a/" },
  { id: "UploadService_DownloadFile", target: "/v1/files/a/b.txt:download?chunkSize=2" },
  { id: "UploadService_DeleteFile", target: "/v1/files/a/b.txt" },
  {
    id: "UploadService_DigestFile",
    target: "/v1/files:digest",
    headers: { "content-type": "text/plain" },
    bytes: "bytes",
  },
  {
    id: "UploadService_UploadFile",
    target: "/v1/files/big.bin:upload",
    headers: { "content-type": "text/plain" },
    bytes: "bytes",
  },
  {
    id: "UploadService_UploadChunks",
    target: "/v1/files:chunks",
    json: [{ header: { name: "files/c.bin", contentType: "text/plain" } }, { data: "AAEC" }],
  },
  { id: "UserService_GetUser", target: "/v1/users/ada" },
  { id: "UserService_GetUser_2", target: "/v1/users/by-email/alan@example.com" },
  { id: "UserService_GetCurrentUser", target: "/v1/users/me", headers: { authorization: "Bearer token-of-ada" } },
  { id: "UserService_ListUsers", target: "/v1/users?pageSize=3&readMask=name,createTime&where.labels[team]=engine" },
  { id: "UserService_CountUsers", target: "/v1/users:count?where.roles=ADMIN" },
  { id: "UserService_BatchGetUsers", target: "/v1/users:batchGet?names=users/ada&names=users/alan" },
  { id: "UserService_WatchUsers", target: "/v1/users:watch?count=2" },
  {
    id: "UserService_CreateUser",
    target: "/v1/users?userId=ken",
    json: { displayName: "Ken", email: "ken@example.com" },
  },
  { id: "UserService_UpdateUser", target: "/v1/users/ken", json: { address: { city: "Murray Hill" } } },
  { id: "UserService_UpdateUser_2", target: "/v1/users/ada", json: { ...ada, chat: { network: "n", nick: "ada" } } },
  { id: "UserService_ArchiveUser", target: "/v1/users/ken:archive", json: { reason: "left" } },
  { id: "UserService_DeleteUser", target: "/v1/users/ken?force=true" },
  {
    id: "UserService_BatchCreateUsers",
    target: "/v1/users:batchCreate",
    json: { users: [{ displayName: "Rob", email: "rob@example.com" }] },
  },
  {
    id: "UserService_BulkCreateUsers",
    target: "/v1/users:bulkCreate",
    json: [
      { user: { displayName: "Joe", email: "joe@example.com" } },
      { user: { displayName: "", email: "joe@example.com" } },
    ],
  },
  { id: "UserService_ChatWithUsers", target: "/v1/users:chat", json: [{ to: "users/ada", text: "hello" }] },
];

const framings = ["application/json", "application/x-ndjson", "text/event-stream"];

/** The requests of a call: one for each way to lay out a stream that the document tells of. */
export function requestsOf(call: SampleCall, operation: Operation): readonly RawRequest[] {
  const replies = Object.keys(asObject(asObject(asObject(operation.members["responses"])["200"])["content"]));
  const bodies = Object.keys(asObject(asObject(operation.members["requestBody"])["content"]));
  const accepts = replies.includes("text/event-stream") ? framings : ["*/*"];
  const types = bodies.includes("application/x-ndjson") ? ["application/json", "application/x-ndjson"] : [null];
  return accepts.flatMap((accept) =>
    types.map((type) => ({
      method: operation.httpMethod,
      path: call.target,
      headers: {
        accept,
        ...call.headers,
        ...(call.json === undefined ? {} : { "content-type": type ?? "application/json" }),
      },
      ...bodyOf(call, type),
    })),
  );
}

function bodyOf({ json, bytes }: SampleCall, type: string | null): { readonly body?: string } {
  if (bytes !== undefined) return { body: bytes };
  if (json === undefined) return {};
  const lines = type === "application/x-ndjson" ? asList(json) : null;
  return { body: lines === null ? JSON.stringify(json) : lines.map((line) => `${JSON.stringify(line)}\n`).join("") };
}
