import type { Codec } from "../codec/index.js";
import { GatewayError } from "../core/index.js";
import type { FieldPath } from "./stream/method-fields.js";
import { scanFields } from "./wire.js";

/**
 * Compiles what reads the text of a field out of a message's bytes: as ProtoJSON has it but without quotes; null where the
 * message does not have it. The compiled function throws GatewayError GW_UPSTREAM_INVALID for bytes that are no message.
 */
export function compileFieldText(path: FieldPath, codec: Codec): (message: Uint8Array) => string | null {
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
