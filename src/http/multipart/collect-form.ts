import type { IncomingMessage } from "node:http";
import { GatewayError } from "../../core/index.js";
import type { FormPart, PartHead } from "../../transcode/index.js";
import { type FormLimits, readForm } from "./read-form.js";

/** Reads a whole form of at most `maxBytes`, and calls `done` once, with its parts or with a refusal. */
export function collectForm(
  request: IncomingMessage,
  limits: FormLimits,
  maxBytes: number,
  done: (parts: readonly FormPart[] | null, refusal: GatewayError | null) => void,
): void {
  const parts: FormPart[] = [];
  let head: PartHead | null = null;
  let chunks: Buffer[] = [];
  let length = 0;
  readForm(request, limits, {
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
    finish: () => done(parts, null),
    fail: (refusal) => done(null, refusal),
  });
}
