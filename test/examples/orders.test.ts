import { describe, expect, it } from "vitest";
import { sampleTime, useSampleServices } from "../support/use-sample-services.js";

const services = useSampleServices();
const call = (method: string, ...requests: unknown[]) =>
  services.client.call(`portico.examples.v1.OrderService/${method}`, requests);

const first = {
  name: "users/ada/orders/1001",
  lines: [{ sku: "apple", quantity: 3, unitPrice: { currencyCode: "EUR", nanos: 450_000_000 } }],
  state: "ORDER_STATE_PLACED",
  total: { currencyCode: "EUR", units: "1", nanos: 350_000_000 },
  note: "Leave it at the door.",
  createTime: "2024-02-01T12:00:00Z",
  etag: "1",
};

describe("reading orders", () => {
  it("reads an order and its total", async () => {
    expect(await call("GetOrder", { name: first.name })).toMatchObject({ code: "OK", messages: [first] });
    expect(await call("GetOrderTotal", { name: first.name })).toMatchObject({
      messages: [{ total: first.total, pieces: 3 }],
    });
    expect((await call("GetOrder", { name: "users/ada/orders/1" })).code).toBe("NOT_FOUND");
  });

  it.each([
    ["of a user", { parent: "users/alan" }, ["users/alan/orders/1003", "users/alan/orders/1004"]],
    [
      "of everybody",
      { parent: "users/-", states: ["ORDER_STATE_PLACED", "ORDER_STATE_PAID"] },
      [first.name, "users/alan/orders/1003"],
    ],
    ["of nobody's liking", { parent: "users/dennis" }, []],
  ])("lists the orders %s, as pages and as a stream", async (_whose, request, names) => {
    const { messages } = await call("ListOrders", request);
    const { orders = [] } = messages[0] as { orders?: { name: string }[] };
    expect(orders.map((order) => order.name)).toEqual(names);
    expect(await call("StreamOrders", request)).toMatchObject({ code: "OK", messages: orders });
  });

  it("ends a stream after count", async () => {
    const { messages } = await call("StreamOrders", { parent: "users/-", count: 2 });
    expect(messages).toHaveLength(2);
  });

  it("answers NOT_FOUND for the orders of nobody", async () => {
    expect((await call("ListOrders", { parent: "users/nobody" })).code).toBe("NOT_FOUND");
    expect((await call("StreamOrders", { parent: "users/nobody" })).code).toBe("NOT_FOUND");
  });
});

describe("following an order", () => {
  it("plays its way to the end, the same each time", async () => {
    const states = [
      { order: { state: "ORDER_STATE_PLACED" } },
      { order: { state: "ORDER_STATE_PAID" }, previousState: "ORDER_STATE_PLACED" },
      { order: { state: "ORDER_STATE_SHIPPED" }, previousState: "ORDER_STATE_PAID" },
      { order: { state: "ORDER_STATE_DELIVERED" }, previousState: "ORDER_STATE_SHIPPED" },
    ];
    for (let time = 1; time <= 2; time++) {
      const { messages, code } = await call("WatchOrder", { name: first.name, interval: "0.001s" });
      expect(code).toBe("OK");
      expect(messages).toMatchObject(states);
      expect(messages).toHaveLength(4);
    }
    expect((await call("WatchOrder", { name: first.name, count: 2 })).messages).toHaveLength(2);
  });

  it.each([
    ["an interval above ten seconds", { name: first.name, interval: "11s" }, "INVALID_ARGUMENT"],
    ["a negative one", { name: first.name, interval: "-1s" }, "INVALID_ARGUMENT"],
    ["an order that is not there", { name: "users/ada/orders/1" }, "NOT_FOUND"],
  ])("refuses %s", async (_what, request, code) => {
    expect(await call("WatchOrder", request)).toMatchObject({ code, messages: [] });
  });

  it("stops when the caller's time is over", async () => {
    const answer = await services.client.call(
      "portico.examples.v1.OrderService/WatchOrder",
      [{ name: first.name, interval: "10s" }],
      { timeout: 200 },
    );
    expect(answer).toMatchObject({ code: "DEADLINE_EXCEEDED", messages: [{ order: first }] });
  });
});

describe("changing orders", () => {
  it("places an order with its prices", async () => {
    const order = {
      lines: [
        { sku: "bread", quantity: 2 },
        { sku: "olives", quantity: 1 },
      ],
    };
    expect(await call("CreateOrder", { parent: "users/barbara", order })).toMatchObject({
      code: "OK",
      messages: [
        {
          name: "users/barbara/orders/1005",
          state: "ORDER_STATE_PLACED",
          total: { currencyCode: "EUR", units: "11", nanos: 390_000_000 },
          createTime: sampleTime,
        },
      ],
    });
  });

  it("refuses lines that cannot be sold, each by its place", async () => {
    const order = {
      lines: [
        { sku: "apple", quantity: 1 },
        { sku: "gold", quantity: 0 },
      ],
    };
    expect(await call("CreateOrder", { parent: "users/ada", order })).toMatchObject({
      code: "INVALID_ARGUMENT",
      details: [
        {
          fieldViolations: [
            { field: "order.lines[1].sku", description: "must be one of apple, bread, cheese, olives" },
            { field: "order.lines[1].quantity", description: "must be between 1 and 1000" },
          ],
        },
      ],
    });
    expect((await call("CreateOrder", { parent: "users/ada" })).code).toBe("INVALID_ARGUMENT");
  });

  it("refuses the order of an archived user", async () => {
    const order = { lines: [{ sku: "apple", quantity: 1 }] };
    expect((await call("CreateOrder", { parent: "users/katherine", order })).code).toBe("FAILED_PRECONDITION");
  });

  it("answers RESOURCE_EXHAUSTED with the time to wait for a sixth open order", async () => {
    const request = { parent: "users/dennis", order: { lines: [{ sku: "apple", quantity: 1 }] } };
    for (let i = 1; i <= 5; i++) expect((await call("CreateOrder", request)).code).toBe("OK");
    expect(await call("CreateOrder", request)).toMatchObject({
      code: "RESOURCE_EXHAUSTED",
      details: [
        { "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: "30s" },
        { "@type": "type.googleapis.com/google.rpc.QuotaFailure", violations: [{ subject: "users/dennis" }] },
      ],
    });
  });

  it("cancels an order that is not yet on its way, with the right etag", async () => {
    expect(await call("CancelOrder", { name: first.name, etag: "99" })).toMatchObject({
      code: "ABORTED",
      details: [{ "@type": "type.googleapis.com/google.rpc.ErrorInfo", reason: "ETAG_MISMATCH" }],
    });
    expect(await call("CancelOrder", { name: first.name, etag: "1" })).toMatchObject({
      messages: [{ state: "ORDER_STATE_CANCELLED" }],
    });
    expect((await call("CancelOrder", { name: "users/alan/orders/1004" })).code).toBe("FAILED_PRECONDITION");
  });
});
