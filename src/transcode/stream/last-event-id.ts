import { type Codec, createWriter } from "../../codec/index.js";
import { coalesce, mergeTreeOf } from "../coalesce.js";
import type { Headers } from "../types.js";
import type { FieldPath } from "./method-fields.js";

/**
 * Puts the Last-Event-ID header of a client that reconnects (HTML, 9.2.3) into a request message, under whatever the
 * request itself says of that field.
 * @throws GatewayError GW_FIELD_INVALID
 */
export type AddLastEventId = (headers: Headers, message: Uint8Array) => Uint8Array;

/** Compiles it for the field that is configured; null for none. */
export function compileLastEventId(path: FieldPath | null, codec: Codec): AddLastEventId | null {
  if (path === null) return null;
  const write = codec.textToField(path);
  const tree = mergeTreeOf([path]);
  const out = createWriter();
  return (headers, message) => {
    const id = headers["last-event-id"];
    if (typeof id !== "string" || id === "") return message;
    out.reset();
    // The header's bytes are UTF-8 (HTML, 9.2.3), which node:http gives as one character each.
    write(Buffer.from(id, "latin1").toString(), out);
    return coalesce(Buffer.concat([out.view(), message]), tree);
  };
}
