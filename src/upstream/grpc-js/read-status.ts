import type { StatusObject } from "@grpc/grpc-js";
import type { RpcStatus } from "../../core/index.js";

/** The status of a call, with the bytes of grpc-status-details-bin. A status that is no number becomes UNKNOWN (2). */
export function readStatus(status: StatusObject): RpcStatus {
  const details = status.metadata.get("grpc-status-details-bin")[0];
  const code: number = status.code;
  return {
    code: Number.isInteger(code) ? code : 2,
    message: status.details,
    details: details === undefined || typeof details === "string" ? null : details,
  };
}
