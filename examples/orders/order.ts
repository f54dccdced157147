import type { WireTimestamp } from "../server/time.js";

/** portico.examples.v1.OrderState as proto-loader has it. */
export type OrderState =
  | "ORDER_STATE_UNSPECIFIED"
  | "ORDER_STATE_PLACED"
  | "ORDER_STATE_PAID"
  | "ORDER_STATE_SHIPPED"
  | "ORDER_STATE_DELIVERED"
  | "ORDER_STATE_CANCELLED";

/** portico.examples.v1.Money as proto-loader has it. */
export interface Money {
  readonly currencyCode: string;
  readonly units: string;
  readonly nanos: number;
}

/** portico.examples.v1.OrderLine as proto-loader has it. */
export interface OrderLine {
  readonly sku: string;
  readonly quantity: number;
  readonly unitPrice?: Money | null;
}

/** portico.examples.v1.Order as proto-loader has it. */
export interface Order {
  readonly name: string;
  readonly lines: readonly OrderLine[];
  readonly state: OrderState;
  readonly total?: Money | null;
  readonly note?: string;
  readonly createTime?: WireTimestamp | null;
  readonly etag: string;
}

/** The state after this one; null at the end of the way. */
export function nextState(state: OrderState): OrderState | null {
  switch (state) {
    case "ORDER_STATE_PLACED":
      return "ORDER_STATE_PAID";
    case "ORDER_STATE_PAID":
      return "ORDER_STATE_SHIPPED";
    case "ORDER_STATE_SHIPPED":
      return "ORDER_STATE_DELIVERED";
    case "ORDER_STATE_UNSPECIFIED":
    case "ORDER_STATE_DELIVERED":
    case "ORDER_STATE_CANCELLED":
      return null;
  }
}

/** What one piece costs, in cents. */
const cents: Readonly<Record<string, number>> = { apple: 45, bread: 320, cheese: 1250, olives: 499 };

/** What may be bought. */
export const articles: readonly string[] = Object.keys(cents);

/** Lines with their prices, and their sum. The articles must be known. */
export function priceLines(lines: readonly OrderLine[]): { lines: OrderLine[]; total: Money } {
  const sum = lines.reduce((total, line) => total + (cents[line.sku] ?? 0) * line.quantity, 0);
  return {
    lines: lines.map((line) => ({ ...line, unitPrice: toMoney(cents[line.sku] ?? 0) })),
    total: toMoney(sum),
  };
}

function toMoney(amount: number): Money {
  const units = Math.trunc(amount / 100);
  return { currencyCode: "EUR", units: String(units), nanos: (amount - units * 100) * 10_000_000 };
}
