import { Code, GatewayError } from "../../core/index.js";
import { type ErrorReplies, failureOf } from "../errors/error-reply.js";
import type { CallPlan } from "../types.js";
import type { MessageClient, ReplySide } from "./types.js";

/** Replies to a client that takes message by message, whatever the kind of call; the end is told apart from them. */
export function messageReply(plan: CallPlan, client: MessageClient, errors: ErrorReplies): ReplySide {
  const single = plan.kind === "client-stream" || plan.kind === "unary";
  let count = 0;
  const fail = (error: GatewayError): void => client.end(errors.clientErrorOf(error), { grpcCode: error.code, error });
  return {
    header: () => undefined,
    message(bytes) {
      if (single && count > 0) {
        throw new GatewayError("GW_UPSTREAM_INVALID", "the upstream answered one call with more than one message");
      }
      count++;
      return client.message(plan.decodeReply(bytes).bytes) ? "more" : "hold";
    },
    end(status, _trailer, origin) {
      if (origin !== "upstream") fail(failureOf(status, origin));
      else if (status.code !== Code.OK) client.end(errors.clientError(status), { grpcCode: status.code, error: null });
      else if (single && count === 0) {
        throw new GatewayError("GW_UPSTREAM_INVALID", "the upstream answered OK without a message");
      } else client.end(null, { grpcCode: Code.OK, error: null });
    },
    fail,
    dispose: () => undefined,
  };
}
