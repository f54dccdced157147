import { GatewayError, quoteValue } from "../core/index.js";
import type { RouteTable } from "./types.js";

/** Seconds. An upstream that has come back has its routes within about as much. */
const RETRY_AFTER = "1";

/** The refusal of a path that no rule of the table has. */
export function noRule(path: string, { complete }: RouteTable): GatewayError {
  if (complete) return new GatewayError("GW_PATH_NOT_FOUND", `no rule has the path ${quoteValue(path)}`);
  const message = `the gateway does not know all of its routes yet, and none that it knows has the path ${quoteValue(path)}`;
  return new GatewayError("GW_ROUTES_UNKNOWN", message, { headers: { "retry-after": RETRY_AFTER } });
}
