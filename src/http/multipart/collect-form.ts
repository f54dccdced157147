import type { IncomingMessage } from "node:http";
import { GatewayError } from "../../core/index.js";
import type { FormPart, PartHead } from "../../transcode/index.js";
import { type FormLimits, readForm } from "./read-form.js";

/**
 * Reads a whole form of at most `whole.body` bytes within `whole.requestTimeout` milliseconds, and calls `done` once, with its
 * parts or with a refusal.
 */
export function collectForm(
  request: IncomingMessage,
  limits: FormLimits,
  whole: { readonly body: number; readonly requestTimeout: number },
  done: (parts: readonly FormPart[] | null, refusal: GatewayError | null) => void,
): void {
  const parts: FormPart[] = [];
  let head: PartHead | null = null;
  let chunks: Buffer[] = [];
  let length = 0;
  const maxBytes = whole.body;
  const settle = (result: readonly FormPart[] | null, refusal: GatewayError | null): void => {
    clearTimeout(tooSlow);
    done(result, refusal);
  };
  const reading = readForm(request, limits, {
    begin(begun) {
      head = begun;
      chunks = [];
    },
    data(bytes) {
      length += bytes.length;
      if (length > maxBytes) {
        throw new GatewayError("GW_BODY_TOO_LARGE", `cannot take the body: it is larger than ${maxBytes} bytes`);
      }
      chunks.push(bytes);
      return true;
    },
    end() {
      if (head !== null) parts.push({ ...head, bytes: Buffer.concat(chunks) });
    },
    finish: () => settle(parts, null),
    fail: (refusal) => settle(null, refusal),
  });
  const tooSlow = setTimeout(
    () => reading.stop(new GatewayError("GW_REQUEST_TIMEOUT", "the request did not arrive in time")),
    whole.requestTimeout,
  ).unref();
}
