/**
 * The messages of the side-by-side bench as ProtoJSON: what the upstream answers, and what its requests say. `user` has
 * some 400 bytes, `users` some 100 KB.
 */
import { postedUser, user } from "./user.js";

export { postedUser, user } from "./user.js";

/** One event of the stream. */
export const event = { kind: "ADDED", user };

const money = (units: string): object => ({ currencyCode: "EUR", units });

const order = {
  name: "users/ada-lovelace/orders/1001",
  lines: [
    { sku: "apple", quantity: 12, unitPrice: { currencyCode: "EUR", nanos: 450_000_000 } },
    { sku: "cheese", quantity: 1, unitPrice: money("9") },
  ],
  state: "ORDER_STATE_PAID",
  total: { currencyCode: "EUR", units: "14", nanos: 400_000_000 },
  createTime: "2026-01-02T03:04:05.678Z",
  etag: '"3"',
};

/** A page of one order. */
export const orders = { orders: [order], nextPageToken: "b3JkZXJzLzEwMDI" };

/** A page of 250 users. */
export const users = {
  users: Array.from({ length: 250 }, (_, i) => ({ ...user, name: `users/ada-${i}`, age: 20 + (i % 60) })),
  nextPageToken: "dXNlcnMvYWRhLTI1MA",
  totalSize: 1_000,
};

/** Messages of a stream in one request. */
export const streamLength = 200;

/** What each request says, by the case of the bench. */
export const requests = {
  get: { name: "users/ada-lovelace" },
  orders: { parent: "users/ada-lovelace", pageSize: 25, states: ["ORDER_STATE_PAID", "ORDER_STATE_SHIPPED"] },
  create: { user: postedUser },
  list: { pageSize: 250 },
  watch: { count: streamLength },
};
