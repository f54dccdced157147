import type { ServerResponse } from "node:http";
import { isFieldValue } from "./field-value.js";
import { http2StreamOf } from "./http2-stream.js";

/**
 * Adds trailers (name, value, …) to a reply, but for values that no header can have. node:http takes pairs, in which a name
 * may come twice; node:http2 an object.
 */
export function addTrailers(raw: ServerResponse, flat: readonly string[]): void {
  const fields: [string, string][] = [];
  for (let i = 0; i < flat.length; i += 2) {
    const value = flat[i + 1] ?? "";
    if (isFieldValue(value)) fields.push([flat[i] ?? "", value]);
  }
  if (http2StreamOf(raw) === null) {
    raw.addTrailers(fields);
    return;
  }
  const byName: Record<string, string[]> = {};
  for (const [name, value] of fields) byName[name] = [...(byName[name] ?? []), value];
  raw.addTrailers(byName as unknown as Parameters<ServerResponse["addTrailers"]>[0]);
}
