import { catalogue, type ErrorId } from "./catalogue.js";
import type { Code } from "./code.js";

/** One field of the request that was refused; becomes google.rpc.BadRequest.FieldViolation. */
export interface FieldViolation {
  /** The field's path in the request, in proto names, or the path into the JSON. */
  readonly field: string;
  readonly description: string;
}

/**
 * What every refusal and failure of the gateway becomes on its way to a reply. The message is for the client: one formed
 * sentence, nothing internal in it. `cause` is for the log; it never reaches the client.
 */
export class GatewayError extends Error {
  override readonly name = "GatewayError";
  readonly id: ErrorId;
  readonly code: Code;
  readonly httpStatus: number;
  readonly violation: FieldViolation | null;
  /** Further headers of the reply, such as Allow; null for none. */
  readonly headers: Readonly<Record<string, string>> | null;

  constructor(
    id: ErrorId,
    message: string,
    options: {
      readonly cause?: unknown;
      readonly violation?: FieldViolation;
      readonly headers?: Readonly<Record<string, string>>;
    } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.id = id;
    this.code = catalogue[id].code;
    this.httpStatus = catalogue[id].http;
    this.violation = options.violation ?? null;
    this.headers = options.headers ?? null;
  }

  /** A GatewayError as it is; anything else as GW_INTERNAL with a fixed text, kept as cause. */
  static from(reason: unknown): GatewayError {
    if (reason instanceof GatewayError) return reason;
    return new GatewayError("GW_INTERNAL", "internal error", { cause: reason });
  }
}
