import { Code, type RpcStatus } from "../core/index.js";
import { NO_METADATA } from "./sendable.js";
import type { StatusOrigin, UnaryEnd } from "./types.js";

/** A status that this side of the connection makes; its message is for the log. */
export function localStatus(code: Code, message: string): RpcStatus {
  return { code, message, details: null };
}

/** The end of a unary call that did not come from the upstream. */
export function localEnd(status: RpcStatus, origin: StatusOrigin): UnaryEnd {
  return { status, message: null, header: NO_METADATA, trailer: NO_METADATA, origin };
}

export const CANCELLED: RpcStatus = localStatus(Code.CANCELLED, "cancelled by the caller");

/**
 * A unary reply with no message or with several: UNIMPLEMENTED, as gRPC's statuscodes.md has it for a "response
 * cardinality violation" found by the client.
 */
export function cardinalityStatus(count: "no message" | "more than one message"): RpcStatus {
  return localStatus(Code.UNIMPLEMENTED, `the upstream answered a unary call with ${count}`);
}

export function closedStatus(name: string): RpcStatus {
  return localStatus(Code.UNAVAILABLE, `upstream ${name} is closed`);
}
