import type { Codec } from "../../codec/index.js";
import { compileFieldText } from "../field-text.js";
import type { MethodFields } from "./method-fields.js";

/**
 * The lines of a server-sent event that go before its data, out of the message's bytes; empty for none.
 * @throws GatewayError GW_UPSTREAM_INVALID
 */
export type EventLines = (message: Uint8Array) => string;

/** Compiles `event`, `id` and `retry` (HTML, 9.2.6) of a method's messages; null where nothing is configured. */
export function compileEventLines(fields: MethodFields, codec: Codec): EventLines | null {
  const lines: ((message: Uint8Array) => string)[] = [];
  for (const key of ["event", "id"] as const) {
    const path = fields[key];
    if (path === null) continue;
    const read = compileFieldText(path, codec);
    lines.push((message) => {
      const value = read(message);
      // A value cannot have the ends of lines, and an id with a NUL is ignored by readers: such a line is left out.
      return value === null || value === "" || /[\r\n\0]/.test(value) ? "" : `${key}: ${value}\n`;
    });
  }
  if (fields.retry !== null) {
    const read = compileFieldText(fields.retry, codec);
    lines.push((message) => {
      const milliseconds = toMilliseconds(read(message));
      return milliseconds === null ? "" : `retry: ${milliseconds}\n`;
    });
  }
  if (lines.length === 0) return null;
  return (message) => lines.map((line) => line(message)).join("");
}

/** Digits alone count as `retry` (HTML, 9.2.6). */
function toMilliseconds(value: string | null): string | null {
  if (value === null) return null;
  const milliseconds = value.endsWith("s") ? Math.round(Number(value.slice(0, -1)) * 1_000) : Number(value);
  return milliseconds >= 0 && Number.isSafeInteger(milliseconds) ? String(milliseconds) : null;
}
