import { catalogue, type GatewayError } from "../core/index.js";

/**
 * Whether the log is told of an error with its cause. Not of a request, nor of routes that are not known yet, which have no
 * cause of their own: the log says once that they are not, and every reply is in the access log.
 */
export function isFailure({ id }: GatewayError): boolean {
  return catalogue[id].http >= 500 && id !== "GW_ROUTES_UNKNOWN";
}
