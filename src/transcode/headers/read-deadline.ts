import { GatewayError, quoteValue } from "../../core/index.js";
import type { DeadlineOptions, Headers } from "../types.js";

const MILLISECONDS: Readonly<Record<string, number>> = {
  H: 3_600_000,
  M: 60_000,
  S: 1_000,
  m: 1,
  u: 1e-3,
  n: 1e-6,
};

/**
 * When the call must have ended, in ms since the epoch: `grpc-timeout` (gRPC over HTTP/2, "Timeout") before
 * `x-server-timeout` (seconds, fractions allowed), capped by the upstream's maximum; else its default. Infinity: none.
 * @throws GatewayError GW_HEADER_INVALID
 */
export function readDeadline(headers: Headers, options: DeadlineOptions, now: number): number {
  const grpc = headers["grpc-timeout"];
  const server = headers["x-server-timeout"];
  if (grpc === undefined && server === undefined) return now + options.default;
  const timeout = grpc !== undefined ? parseGrpcTimeout(String(grpc)) : parseSeconds(String(server));
  return now + Math.min(timeout, options.max);
}

function parseGrpcTimeout(text: string): number {
  const unit = /^\d{1,8}[HMSmun]$/.test(text) ? MILLISECONDS[text.slice(-1)] : undefined;
  if (unit === undefined) {
    throw new GatewayError(
      "GW_HEADER_INVALID",
      `cannot read header grpc-timeout: expected up to 8 digits and one of H, M, S, m, u, n, got ${quoteValue(text)}`,
    );
  }
  return Number(text.slice(0, -1)) * unit;
}

function parseSeconds(text: string): number {
  if (!/^\d{1,9}(\.\d{1,9})?$/.test(text)) {
    throw new GatewayError(
      "GW_HEADER_INVALID",
      `cannot read header x-server-timeout: expected seconds such as 1.5, got ${quoteValue(text)}`,
    );
  }
  return Number(text) * 1_000;
}
