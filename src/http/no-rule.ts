import { GatewayError, quoteValue } from "../core/index.js";
import type { RouteTable } from "./types.js";

/** Seconds. An upstream that has come back has its routes within about as much. */
const RETRY_AFTER = "1";

/** The refusal of a path that no rule of the table has. */
export function noRule(path: string, { complete }: RouteTable): GatewayError {
  if (!complete) return routesUnknown(`the path ${quoteValue(path)}`);
  return new GatewayError("GW_PATH_NOT_FOUND", `no rule has the path ${quoteValue(path)}`);
}

/** The refusal of a method that the rules of a path do not have; a rule that is not known yet may have it. */
export function noMethod(
  method: string,
  path: string,
  allow: readonly string[],
  { complete }: RouteTable,
): GatewayError {
  if (!complete) return routesUnknown(`${quoteValue(method)} at the path ${quoteValue(path)}`);
  return new GatewayError(
    "GW_METHOD_NOT_ALLOWED",
    `the path ${quoteValue(path)} takes ${allow.join(", ")}, not ${quoteValue(method)}`,
    { headers: { allow: allow.join(", ") } },
  );
}

/** The refusal of a path that has no stream; a rule that is not known yet may be one. */
export function noStream(path: string, { complete }: RouteTable): GatewayError {
  if (!complete) return routesUnknown(`a stream at the path ${quoteValue(path)}`);
  const message = `no method at the path ${quoteValue(path)} is a stream: call it over HTTP`;
  return new GatewayError("GW_UPGRADE_INVALID", message);
}

function routesUnknown(wanted: string): GatewayError {
  const message = `the gateway does not know all of its routes yet, and none that it knows has ${wanted}`;
  return new GatewayError("GW_ROUTES_UNKNOWN", message, { headers: { "retry-after": RETRY_AFTER } });
}
