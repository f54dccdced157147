import { event, orders, postedUser, requests, streamLength, user, users } from "./messages.js";

/** One thing that is asked of every server. */
export interface Case {
  readonly id: "get" | "query" | "post" | "large" | "stream";
  readonly name: string;
  readonly method: "GET" | "POST";
  readonly target: string;
  readonly body: string | null;
  readonly accept: string;
  /** What every server must answer; of a stream, each of its messages. */
  readonly expected: unknown;
  /** Messages in a reply; what is counted. */
  readonly messages: number;
}

const one = (value: Omit<Case, "messages" | "accept" | "body"> & { readonly body?: string }): Case => ({
  body: null,
  ...value,
  accept: "application/json",
  messages: 1,
});

export const cases: readonly Case[] = [
  one({ id: "get", name: "GET", method: "GET", target: "/v2/users/ada-lovelace", expected: user }),
  one({
    id: "query",
    name: "GET with query",
    method: "GET",
    target: `/v2/users/ada-lovelace/orders?pageSize=${requests.orders.pageSize}&states=ORDER_STATE_PAID&states=ORDER_STATE_SHIPPED`,
    expected: orders,
  }),
  one({
    id: "post",
    name: "POST of 400 B",
    method: "POST",
    target: "/v2/users",
    body: JSON.stringify(postedUser),
    expected: user,
  }),
  one({ id: "large", name: "reply of 100 KB", method: "GET", target: "/v2/users?pageSize=250", expected: users }),
  {
    id: "stream",
    name: "message of a stream",
    method: "GET",
    target: `/v2/users:watch?count=${streamLength}`,
    body: null,
    accept: "application/x-ndjson",
    expected: event,
    messages: streamLength,
  },
];

/** The bytes of a case's request, as a client of today sends them. */
export function requestOf({ method, target, body, accept }: Case): Buffer {
  const head = [`${method} ${target} HTTP/1.1`, "Host: api.example.com", "User-Agent: bench/1.0", `Accept: ${accept}`];
  if (body !== null) head.push("Content-Type: application/json", `Content-Length: ${Buffer.byteLength(body)}`);
  return Buffer.from(`${head.join("\r\n")}\r\n\r\n${body ?? ""}`);
}
