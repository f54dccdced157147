import { status } from "@grpc/grpc-js";
import {
  etagMismatch,
  failedPrecondition,
  notFound,
  refuse,
  StatusError,
  type Violation,
} from "../server/status-error.js";
import { toTimestamp } from "../server/time.js";
import { articles, type Order, type OrderLine, type OrderState, priceLines } from "./order.js";

const OPEN: readonly OrderState[] = ["ORDER_STATE_PLACED", "ORDER_STATE_PAID"];
const MOST_OPEN = 5;

/** The orders, in memory, sorted by name. What it gives away is not to be changed. */
export class OrderStore {
  readonly #orders = new Map<string, Order>();
  readonly #now: () => Date;
  #nextId = 1001;
  #revision = 0;

  constructor(now: () => Date) {
    this.#now = now;
    const start = new Date(Date.UTC(2024, 1, 1, 12));
    this.#add("users/ada", [{ sku: "apple", quantity: 3 }], "ORDER_STATE_PLACED", start, "Leave it at the door.");
    this.#add(
      "users/ada",
      [
        { sku: "bread", quantity: 1 },
        { sku: "cheese", quantity: 2 },
      ],
      "ORDER_STATE_DELIVERED",
      start,
    );
    this.#add("users/alan", [{ sku: "apple", quantity: 100 }], "ORDER_STATE_PAID", start);
    this.#add("users/alan", [{ sku: "olives", quantity: 4 }], "ORDER_STATE_SHIPPED", start);
  }

  /** @throws StatusError NOT_FOUND */
  get(name: string): Order {
    const order = this.#orders.get(name);
    if (order === undefined) throw notFound("portico.examples.v1.Order", name);
    return order;
  }

  /** The orders below "users/ada", or all below "users/-". No state stands for whatever state. */
  list(parent: string, states: readonly OrderState[]): Order[] {
    return [...this.#orders.values()]
      .filter((order) => parent === "users/-" || order.name.startsWith(`${parent}/`))
      .filter((order) => states.length === 0 || states.includes(order.state))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** Those that are neither shipped nor cancelled. */
  openOrders(parent: string): Order[] {
    return this.list(parent, OPEN);
  }

  /** @throws StatusError INVALID_ARGUMENT, RESOURCE_EXHAUSTED */
  create(parent: string, lines: readonly OrderLine[], note: string | undefined): Order {
    refuse(checkLines(lines));
    if (this.openOrders(parent).length >= MOST_OPEN) throw tooManyOrders(parent);
    return this.#add(parent, lines, "ORDER_STATE_PLACED", this.#now(), note);
  }

  /** @throws StatusError NOT_FOUND, ABORTED, FAILED_PRECONDITION */
  cancel(name: string, etag: string): Order {
    const order = this.get(name);
    if (etag !== "" && etag !== order.etag) throw etagMismatch(name);
    if (!OPEN.includes(order.state)) {
      throw failedPrecondition("NOT_SHIPPED", name, `${name} cannot be cancelled in ${order.state}`);
    }
    const cancelled: Order = { ...order, state: "ORDER_STATE_CANCELLED", etag: this.#nextEtag() };
    this.#orders.set(name, cancelled);
    return cancelled;
  }

  deleteAllOf(parent: string): void {
    for (const order of this.list(parent, [])) this.#orders.delete(order.name);
  }

  #add(parent: string, given: readonly OrderLine[], state: OrderState, time: Date, note?: string): Order {
    const { lines, total } = priceLines(given);
    const order: Order = {
      name: `${parent}/orders/${this.#nextId}`,
      lines,
      state,
      total,
      ...(note === undefined ? {} : { note }),
      createTime: toTimestamp(time),
      etag: this.#nextEtag(),
    };
    this.#nextId += 1;
    this.#orders.set(order.name, order);
    return order;
  }

  #nextEtag(): string {
    this.#revision += 1;
    return String(this.#revision);
  }
}

function checkLines(lines: readonly OrderLine[]): Violation[] {
  if (lines.length === 0) return [{ field: "order.lines", description: "must not be empty" }];
  const violations: Violation[] = [];
  for (const [index, line] of lines.entries()) {
    const field = `order.lines[${index}]`;
    if (!articles.includes(line.sku)) {
      violations.push({ field: `${field}.sku`, description: `must be one of ${articles.join(", ")}` });
    }
    if (line.quantity < 1 || line.quantity > 1000) {
      violations.push({ field: `${field}.quantity`, description: "must be between 1 and 1000" });
    }
  }
  return violations;
}

function tooManyOrders(parent: string): StatusError {
  const description = `${parent} has ${MOST_OPEN} open orders`;
  return new StatusError(status.RESOURCE_EXHAUSTED, `${description}: try again when one of them is on its way`, [
    { type: "google.rpc.RetryInfo", value: { retryDelay: { seconds: 30 } } },
    { type: "google.rpc.QuotaFailure", value: { violations: [{ subject: parent, description }] } },
  ]);
}
