import type { Codec } from "../../codec/index.js";
import { GatewayError } from "../../core/index.js";
import { scanFields } from "../wire.js";
import type { FieldPath, MethodFields } from "./method-fields.js";

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
    const read = compileValue(path, codec);
    lines.push((message) => {
      const value = read(message);
      // A value cannot have the ends of lines, and an id with a NUL is ignored by readers: such a line is left out.
      return value === null || value === "" || /[\r\n\0]/.test(value) ? "" : `${key}: ${value}\n`;
    });
  }
  if (fields.retry !== null) {
    const read = compileValue(fields.retry, codec);
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

/** The text of a field, as ProtoJSON has it but without quotes; null where the message does not have it. */
function compileValue(path: FieldPath, codec: Codec): (message: Uint8Array) => string | null {
  const leaf = path[path.length - 1];
  if (leaf === undefined) throw new Error("a field path is empty");
  const parents = path.slice(0, -1).map((field) => field.number);
  const decode = codec.fieldDecoder(leaf);
  return (message) => {
    let at: Uint8Array | null = message;
    for (const number of parents) {
      if (at !== null) at = lastField(at, number);
    }
    if (at === null || lastField(at, leaf.number) === null) return null;
    const json: unknown = JSON.parse(decode(at).toString());
    return json === null ? null : String(json);
  };
}

function lastField(message: Uint8Array, number: number): Uint8Array | null {
  let found: Uint8Array | null = null;
  try {
    for (const field of scanFields(message)) if (field.number === number) found = field.bytes;
  } catch (cause) {
    throw new GatewayError("GW_UPSTREAM_INVALID", "the upstream's answer is no protobuf message", { cause });
  }
  return found;
}
