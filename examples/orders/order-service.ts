import type { UntypedServiceImplementation } from "@grpc/grpc-js";
import { type CallContext, serverStream, unary } from "../server/handlers.js";
import { cutPage, type PageRequest } from "../server/page.js";
import { failedPrecondition } from "../server/status-error.js";
import type { WireDuration } from "../server/time.js";
import { readWait, wait } from "../server/wait.js";
import type { UserStore } from "../users/user-store.js";
import { nextState, type Order, type OrderState } from "./order.js";
import type { OrderStore } from "./order-store.js";

const LONGEST_INTERVAL = 10_000;

interface WatchOrderRequest {
  readonly name: string;
  readonly count: number;
  readonly interval: WireDuration | null;
}

interface OrderUpdate {
  readonly order: Order;
  readonly previousState: OrderState;
}

/** portico.examples.v1.OrderService over a store. */
export function orderService(users: UserStore, orders: OrderStore): UntypedServiceImplementation {
  const checkParent = (parent: string): void => {
    if (parent !== "users/-") users.get(parent);
  };
  return {
    GetOrder: unary((request: { name: string }) => orders.get(request.name)),

    GetOrderTotal: unary((request: { name: string }) => {
      const order = orders.get(request.name);
      return { total: order.total, pieces: order.lines.reduce((pieces, line) => pieces + line.quantity, 0) };
    }),

    ListOrders: unary((request: PageRequest & { parent: string; states: readonly OrderState[] }) => {
      checkParent(request.parent);
      const listed = orders.list(request.parent, request.states);
      const page = cutPage(listed, request, JSON.stringify([request.parent, request.states]));
      return { orders: page.items, nextPageToken: page.nextPageToken };
    }),

    StreamOrders: serverStream((request: { parent: string; states: readonly OrderState[]; count: number }) => {
      checkParent(request.parent);
      const listed = orders.list(request.parent, request.states);
      return request.count > 0 ? listed.slice(0, request.count) : listed;
    }),

    WatchOrder: serverStream((request: WatchOrderRequest, context) =>
      follow(orders.get(request.name), request, context),
    ),

    CreateOrder: unary((request: { parent: string; order: Order | null }) => {
      const buyer = users.get(request.parent);
      if (buyer.state === "ARCHIVED") throw failedPrecondition("ACTIVE", buyer.name, `${buyer.name} is archived`);
      return orders.create(buyer.name, request.order?.lines ?? [], request.order?.note);
    }),

    CancelOrder: unary((request: { name: string; etag: string }) => orders.cancel(request.name, request.etag)),
  };
}

/** Plays the order's way to its end. The stored order stays as it is, so that the same stream can be read again. */
async function* follow(order: Order, request: WatchOrderRequest, context: CallContext): AsyncGenerator<OrderUpdate> {
  const interval = readWait("interval", request.interval, LONGEST_INTERVAL);
  let update: OrderUpdate = { order, previousState: "ORDER_STATE_UNSPECIFIED" };
  for (let sent = 1; ; sent++) {
    yield update;
    const state = nextState(update.order.state);
    if (state === null || sent === request.count) return;
    await wait(interval, context.signal);
    update = { order: { ...update.order, state }, previousState: update.order.state };
  }
}
